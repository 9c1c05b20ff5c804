import { parseDuration } from '../model/duration.js'
import { invalidSetting } from './invalid-setting.js'
import type { Laid } from './overlay.js'
import { schemaAt } from './settings.js'

/**
 * The duration at a path of the configuration, in seconds; that of the schema's default when none was given.
 *
 * @throws `CONFIG_INVALID`
 */
export function durationSeconds(laid: Laid, path: readonly string[], given: string | undefined): number {
  const text = given ?? String(schemaAt(path)?.default)
  const seconds = parseDuration(text)
  if (seconds !== undefined) return seconds
  throw invalidSetting(laid, path, schemaAt(path)?.title ?? 'a duration', text)
}
