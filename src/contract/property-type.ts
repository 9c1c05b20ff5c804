import { type Column, type ColumnType, EXTRA_COLUMN, ID_COLUMN, MISFIT_COLUMN } from '../model/column.js'
import { type ColumnPath, columnName, EACH } from '../model/rule.js'
import { outerType } from './column-type.js'
import { PROPERTY_KEYS } from './property-keys.js'
import { readOptions, TYPE_OPTIONS } from './type-options.js'
import { list, mapping, refuse, text, type YamlMapping, type YamlValue } from './yaml-file.js'

/** A property as far as its type: the rules come in a second round, when every column is known. */
export interface Property {
  readonly path: ColumnPath
  readonly type: ColumnType
  readonly entry: YamlMapping
  /** Of an object its properties; of an array what its items are, one property of the path with `EACH` at its end. */
  readonly within: readonly Property[]
}

/** BSON itself stops here. Source: https://www.mongodb.com/docs/manual/reference/limits/ */
const MAX_DEPTH = 100

/** Far beyond any sensible document, and a bound to what a small file can ask for. */
const MAX_COLUMNS = 10_000

/** Reads a list of properties, at the top (`around` empty) or within an object. */
export function readProperties(value: YamlValue, around: ColumnPath): readonly Property[] {
  const items = list(value)
  if (items.length > MAX_COLUMNS) refuse(value, `more than ${MAX_COLUMNS} properties`, 'Use physicalType: json.')
  const seen = new Map<string, string>()
  const properties = items.flatMap(item => {
    let name: string | undefined
    const property = value.file.part(() => {
      const entry = mapping(item, PROPERTY_KEYS)
      name = readName(entry, around)
      refuseTwin(entry, name, seen)
      return readProperty(entry, [...around, name])
    })
    if (property) return [property]
    const lost = around[0] ?? name
    if (lost !== undefined) value.file.giveUp(lost)
    return []
  })
  if (items.length > 0 && properties.length === 0) value.file.alreadyTold()
  return properties
}

export function columnsOf(properties: readonly Property[]): readonly Column[] {
  return properties.map(({ path, type }) => ({ name: path.at(-1)!, type }))
}

function readName(entry: YamlMapping, around: ColumnPath): string {
  const value = entry.need('name', 'Write name: and the name of the field.')
  const name = text(value, 'the name of a field')
  const reserved = [ID_COLUMN, EXTRA_COLUMN, MISFIT_COLUMN].find(word => word === name.toLowerCase())
  if (around.length === 0 && reserved !== undefined && name !== ID_COLUMN)
    refuse(
      value,
      `${name}: every export has a column ${reserved} of its own`,
      'Leave it out: a field of that name is kept in _extra.',
    )
  // Paths are written with points, address.city, and the names in a result have to say which is meant.
  if (name.includes('.'))
    refuse(
      value,
      `${name}: a name with a point`,
      'For a field within an object, use properties. A field with a point in its name is kept in _extra.',
    )
  if (name.includes(EACH))
    refuse(
      value,
      `${name}: a name with ${EACH}`,
      `Results write ${EACH} for the items of an array: use logicalType: array with items. A field of that name is kept in _extra.`,
    )
  if (name.includes('\0')) refuse(value, 'a name with a NUL character', 'BSON has no such names.')
  const physical = entry.get('physicalName')
  if (physical && text(physical) !== name)
    refuse(
      physical,
      `physicalName ${text(physical)} differs from name ${name}`,
      'Fields are not renamed: write name as it is in the documents.',
    )
  return name
}

function refuseTwin(entry: YamlMapping, name: string, seen: Map<string, string>): void {
  const twin = seen.get(name.toLowerCase())
  const at = entry.get('name')!
  if (twin === name) refuse(at, `${name} is declared twice`, 'Leave one of them out.')
  if (twin !== undefined)
    refuse(
      at,
      `${twin} and ${name} differ in case only`,
      'Engines cannot tell them apart: leave one of them out, it is kept in _extra.',
    )
  seen.set(name.toLowerCase(), name)
}

function readProperty(entry: YamlMapping, path: ColumnPath): Property {
  const name = columnName(path)
  if (path.length > MAX_DEPTH)
    refuse(entry.value, `objects and arrays nested more than ${MAX_DEPTH} deep`, 'Use physicalType: json.')
  const optionsValue = entry.get('logicalTypeOptions')
  const outer = outerType(entry, optionsValue && mapping(optionsValue, TYPE_OPTIONS).get('format'))
  // Told even where there are no rules to be made of them.
  if (optionsValue) readOptions(optionsValue, outer.kind)
  const [properties, items, map, semantic] = ['properties', 'items', 'map', 'semanticType'].map(key => entry.get(key))
  if (map) refuse(map, `${name}: a column has to know the names within it`, 'Use physicalType: json in place of map.')
  if (semantic && text(semantic) === 'measure')
    refuse(semantic, `${name}: a measure is computed, and is no field of a document`, 'Leave the property out.')
  if (items && outer.kind !== 'array')
    refuse(items, `${name}: items, but it is no array`, 'Write logicalType: array, or leave them out.')
  if (properties && outer.kind !== 'object')
    refuse(properties, `${name}: properties, but it is no object`, 'Write logicalType: object, or leave them out.')
  if (path.length === 1 && name === ID_COLUMN && outer.kind !== 'string' && outer.kind !== 'objectId')
    refuse(
      entry.get('logicalType') ?? entry.value,
      `_id is text in every export, not ${outer.kind}`,
      'Write logicalType: string, or leave _id out.',
    )
  if (outer.kind === 'array') {
    if (!items)
      refuse(
        entry.value,
        `${name}: an array without items`,
        'Write items: {logicalType: string}, say; or physicalType: json.',
      )
    // An item has no name to be checked by; ODCS lets it have one.
    const item = readProperty(mapping(items, PROPERTY_KEYS), [...path, EACH])
    return { path, entry, within: [item], type: { kind: 'list', element: item.type } }
  }
  if (outer.kind !== 'object') return { path, entry, within: [], type: outer }
  const within = properties ? readProperties(properties, path) : []
  if (within.length === 0)
    refuse(
      properties ?? entry.value,
      `${name}: an object without properties`,
      'Name those it has, or write physicalType: json to keep it whole.',
    )
  return { path, entry, within, type: { kind: 'struct', fields: columnsOf(within) } }
}
