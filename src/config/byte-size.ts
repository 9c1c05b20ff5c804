import { parseByteSize } from '../model/byte-size.js'
import { invalidSetting } from './invalid-setting.js'
import type { Laid } from './overlay.js'
import { schemaAt } from './settings.js'

/**
 * The size at a path of the configuration, in bytes; that of the schema's default when none was given. Bounds are
 * inclusive.
 *
 * @throws {@link LakeferryError} `CONFIG_INVALID`
 */
export function byteSize(
  laid: Laid,
  path: readonly string[],
  given: string | undefined,
  { least, most }: { least: number; most: number },
): number {
  const text = given ?? String(schemaAt(path)?.default)
  const bytes = parseByteSize(text)
  if (bytes !== undefined && bytes >= least && bytes <= most) return bytes
  throw invalidSetting(laid, path, schemaAt(path)?.title ?? 'a size', text)
}
