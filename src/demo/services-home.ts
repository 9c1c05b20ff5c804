import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where this package is: a checkout, or a folder in somebody's `node_modules`. */
export const PACKAGE_ROOT: string = fileURLToPath(new URL('../..', import.meta.url))

/**
 * The folder for programs that are installed on demand: `LAKEFERRY_SERVICES_DIR`, else `.services/` of a checkout, else
 * the user's cache folder, since a package in `node_modules` is not ours to write into.
 */
export function servicesHome(env: NodeJS.ProcessEnv = process.env, root: string = PACKAGE_ROOT): string {
  const chosen = env['LAKEFERRY_SERVICES_DIR']
  if (chosen !== undefined && chosen !== '') return chosen
  if (existsSync(join(root, 'scripts', 'services.mjs'))) return join(root, '.services')
  return join(userCache(env), 'lakeferry')
}

function userCache(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_CACHE_HOME']
  if (xdg !== undefined && xdg !== '') return xdg
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches')
  if (process.platform === 'win32') return env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local')
  return join(homedir(), '.cache')
}
