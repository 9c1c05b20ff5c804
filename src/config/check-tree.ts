import { LakeferryError } from '../errors.js'
import type { Laid } from './overlay.js'
import { keepsSchema } from './schema-check.js'
import { schemaError, type WhereIs } from './schema-errors.js'
import { pointerOf } from './yaml-tree.js'

/**
 * Holds the values to `schema/lakeferry.schema.json`.
 *
 * @throws {@link LakeferryError} `CONFIG_UNKNOWN_KEY`, `CONFIG_INVALID`
 */
export function checkTree(laid: Laid): void {
  const errors = keepsSchema(laid.value)
  if (errors.length > 0) throw schemaError(errors, whereIn(laid))
  refuseTwins(laid)
}

/** Where the value at a path came from; the nearest section of the file that there is, for one that is missing. */
export function whereIn({ file, places, outside }: Laid): WhereIs {
  return path => {
    for (let length = path.length; length >= 0; length--) {
      const pointer = pointerOf(path.slice(0, length))
      const source = outside.get(pointer)
      if (source) return { file: source.from === 'flag' ? source.name : `environment variable ${source.name}` }
      const place = places.get(pointer)
      if (place) return { file, line: place.line }
    }
    return { file }
  }
}

/** Two names that differ in case only would share one directory on many file systems. */
function refuseTwins(laid: Laid): void {
  const { datasets = {} } = laid.value as { datasets?: Record<string, unknown> }
  const seen = new Map<string, string>()
  for (const name of Object.keys(datasets)) {
    const twin = seen.get(name.toLowerCase())
    if (twin !== undefined) {
      const where = whereIn(laid)(['datasets', name])
      throw new LakeferryError('CONFIG_INVALID', {
        ...where,
        key: `datasets.${name}`,
        wanted: 'names that differ in more than case',
        got: `${twin} and ${name}`,
      })
    }
    seen.set(name.toLowerCase(), name)
  }
}
