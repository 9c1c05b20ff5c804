import { ID_COLUMN } from '../model/column.js'
import { columnName } from '../model/rule.js'
import { refuseIncomparable } from './column-lookup.js'
import type { Property } from './property-type.js'
import { flag, refuse, whole } from './yaml-file.js'

/**
 * The properties of the primary key, in the order of `primaryKeyPosition` or of the file. `_id` is the key of every
 * collection: declaring it so says nothing new, and it is not among them.
 */
export function readPrimaryKey(properties: readonly Property[]): readonly Property[] {
  const keys = properties.flatMap(keysWithin)
  const id = keys.find(({ property }) => property.path.length === 1 && property.path[0] === ID_COLUMN)
  if (id && keys.length > 1)
    refuse(
      id.property.entry.get('primaryKey')!,
      '_id is a key by itself',
      'Take primaryKey from it, or from the others.',
    )
  if (id) return []
  for (const { property } of keys) refuseIncomparable(property.entry.get('primaryKey')!, property)
  const placed = keys.filter(key => key.position !== undefined)
  if (placed.length > 0) {
    const sorted = keys.toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0))
    const wrong = sorted.findIndex((key, at) => key.position !== at + 1)
    if (wrong >= 0) {
      const { property } = sorted[wrong]!
      refuse(
        property.entry.get('primaryKeyPosition') ?? property.entry.get('primaryKey')!,
        `primaryKeyPosition of ${columnName(property.path)}: the positions of a key run from 1 to ${keys.length}, each once`,
        'Number them so, or leave all of them out.',
      )
    }
    return sorted.map(key => key.property)
  }
  return keys.map(key => key.property)
}

function keysWithin(property: Property): { property: Property; position: number | undefined }[] {
  // What stands within an array is refused where it stands.
  const within = property.type.kind === 'struct' ? property.within.flatMap(keysWithin) : []
  const key = property.entry.get('primaryKey')
  const at = property.entry.get('primaryKeyPosition')
  // The standard's own default, -1, is "none".
  const position = at && whole(at, -1) !== -1 ? whole(at, 1) : undefined
  if (!key || !flag(key)) {
    if (position !== undefined)
      refuse(at!, 'primaryKeyPosition without primaryKey: true', 'Add primaryKey: true, or leave it out.')
    return within
  }
  return [{ property, position }, ...within]
}
