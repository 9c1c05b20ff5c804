import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PACKAGE_ROOT } from '../../src/demo/services-home.js'

/**
 * Compiles `dist/`, which the tests of the command line and of the workers run, when a source is newer than it.
 * `npm test` has compiled it already; this is for who runs vitest by hand.
 */
export async function buildWhenStale(): Promise<void> {
  const sources = Math.max(...['src', 'assembly'].map(folder => newest(join(PACKAGE_ROOT, folder), '.ts')))
  const pages = Math.max(...['.ts', '.tsx', '.css', '.html'].map(end => newest(join(PACKAGE_ROOT, 'web'), end)))
  const built = join(PACKAGE_ROOT, 'dist')
  if (newest(built, '.js') >= sources && newest(join(built, 'web'), '.html') >= pages) return
  try {
    await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: PACKAGE_ROOT })
  } catch (error) {
    // Compiled all the same, and half of the tests need no dist/: so tell, and let them run.
    const { stdout } = error as { stdout?: string }
    console.error(`dist/ was compiled with errors:\n${stdout ?? error}`)
  }
}

/** Milliseconds since 1970 of the last change; 0 when there is nothing. */
function newest(directory: string, extension: string): number {
  let last = 0
  try {
    for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      if (entry.endsWith(extension)) last = Math.max(last, statSync(join(directory, entry)).mtimeMs)
    }
  } catch {
    // Nothing there, or somebody is just building.
  }
  return last
}
