import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { LakeferryError, reasonOf } from '../errors.js'
import { checkTree } from './check-tree.js'
import type { Config } from './config.js'
import { CONFIG_FILE, namedConfig } from './config-file.js'
import { type Origins, originsOf } from './origin.js'
import { type FlagSetting, overlay } from './overlay.js'
import { shapeConfig } from './shape-config.js'
import { readYamlTree } from './yaml-tree.js'

export interface LoadOptions {
  /** As given with --config, relative to `cwd`. Without it: `LAKEFERRY_CONFIG`, then `lakeferry.yaml` in `cwd`. */
  readonly file?: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Settings from the command line, which beat everything else. */
  readonly flags?: readonly FlagSetting[]
  readonly cwd: string
}

export interface LoadedConfig {
  readonly config: Config
  /** Absolute path of the file that was read. */
  readonly file: string
  /** Where each value came from; defaults, too. */
  readonly origin: Origins
  /** Sentences about what was found and has no effect. */
  readonly warnings: readonly string[]
}

/**
 * Reads `lakeferry.yaml` and lays the environment (`LAKEFERRY_…`) and then the flags over it.
 *
 * @throws {@link LakeferryError} of the CONFIG_ family
 */
export async function loadConfig({ file, env, flags = [], cwd }: LoadOptions): Promise<LoadedConfig> {
  const found = await readConfigFile(file, env, cwd)
  const tree = readYamlTree(found.text, found.shown, env)
  const laid = overlay(tree, { env, flags, file: found.shown })
  checkTree(laid)
  return {
    config: await shapeConfig(laid, { cwd, file: found.path }),
    file: found.path,
    origin: originsOf(laid),
    warnings: laid.warnings,
  }
}

async function readConfigFile(
  flag: string | undefined,
  env: LoadOptions['env'],
  cwd: string,
): Promise<{ path: string; shown: string; text: string }> {
  const named = namedConfig(flag, env)
  const shown = named ?? CONFIG_FILE
  const path = resolve(cwd, shown)
  try {
    return { path, shown, text: await readFile(path, 'utf8') }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code !== 'ENOENT') {
      throw new LakeferryError(
        'USAGE',
        { problem: `cannot read ${path}: ${reasonOf(error)}`, next: 'Check --config.' },
        { cause: error },
      )
    }
    const tried =
      flag !== undefined
        ? [`${path} (--config)`]
        : named !== undefined
          ? ['--config (not given)', `${path} (LAKEFERRY_CONFIG)`]
          : ['--config (not given)', 'LAKEFERRY_CONFIG (not set)', path]
    throw new LakeferryError('CONFIG_MISSING', { tried }, { cause: error })
  }
}
