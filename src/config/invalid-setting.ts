import { LakeferryError } from '../errors.js'
import { whereIn } from './check-tree.js'
import type { Laid } from './overlay.js'
import { shown } from './schema-errors.js'
import { schemaAt } from './settings.js'

/**
 * What is wrong with the value at a path of the configuration, with its place. What its schema calls a secret is not shown.
 *
 * @param mask - told in place of the value, where it looks like a secret
 */
export function invalidSetting(
  laid: Laid,
  path: readonly string[],
  wanted: string,
  got: unknown,
  mask?: string,
): LakeferryError {
  const told = mask ?? shown(got, schemaAt(path))
  return new LakeferryError('CONFIG_INVALID', { ...whereIn(laid)(path), key: path.join('.'), wanted, got: told })
}
