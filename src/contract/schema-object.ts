import { type Column, columnText } from '../model/column.js'
import { type ColumnPath, columnName, type Rule } from '../model/rule.js'
import { readPrimaryKey } from './primary-key.js'
import { addPropertyRules } from './property-rules.js'
import { columnsOf, type Property, readProperties } from './property-type.js'
import { addQuality } from './quality.js'
import { addRelationships } from './relationship.js'
import { RuleList } from './rule-list.js'
import { refuseOurs } from './rule-notes.js'
import { addFreshness, type ServiceLevel } from './service-level.js'
import { mapping, oneOf, refuse, text, type YamlMapping, type YamlValue } from './yaml-file.js'

const KEYS = [
  'id',
  'name',
  'physicalName',
  'physicalType',
  'logicalType',
  'businessName',
  'description',
  'dataGranularityDescription',
  'tags',
  'authoritativeDefinitions',
  'customProperties',
  'relationships',
  'properties',
  'quality',
  'deprecated',
  'synonyms',
  'context',
]

/** One object of `schema` as far as its columns; its rules come when those of all objects are known. */
export interface OpenedObject {
  readonly name: string
  readonly entry: YamlMapping
  readonly properties: readonly Property[]
  readonly columns: readonly Column[]
}

/** One object of `schema`: what a collection's documents look like. */
export interface SchemaObject {
  readonly name: string
  readonly columns: readonly Column[]
  readonly rules: readonly Rule[]
  readonly keyColumns: readonly ColumnPath[]
  readonly notes: Readonly<Record<string, string>>
}

export function openObject(value: YamlValue): OpenedObject {
  const entry = mapping(value, KEYS)
  const name = text(entry.need('name', 'Write name: and the name of the data set.'))
  const logical = entry.get('logicalType')
  if (logical) value.file.part(() => oneOf(logical, ['object']))
  value.file.part(() => refuseOurs(entry))
  const properties = readProperties(entry.need('properties', 'List the fields of the documents.'), [])
  const columns = columnsOf(properties).filter((_, at) => properties[at]!.path[0] !== '_id')
  if (columns.length === 0)
    refuse(entry.get('properties')!, `${name} has no properties`, 'List the fields of the documents.')
  return { name, entry, properties, columns }
}

/** @param all - every object of the file that could be read, this one among them */
export function readRules(
  object: OpenedObject,
  all: readonly OpenedObject[],
  levels: readonly ServiceLevel[],
): SchemaObject {
  const { name, entry, properties, columns } = object
  const { file } = entry.value
  file.part(() => refuseStatusTwin(properties, columns))
  const rules = new RuleList()
  const key = file.part(() => readPrimaryKey(properties)) ?? []
  const physical = entry.get('physicalName')
  const physicalName = physical && file.part(() => text(physical))
  const objects = [...new Set([name, ...(physicalName === undefined ? [] : [physicalName])])]
  const datasets = { own: name, columnsOf: (other: string) => all.find(({ name: found }) => found === other)?.columns }
  const isKey = (asked: Property) => (key.includes(asked) ? (key.length === 1 ? 'sole' : 'part') : undefined)
  for (const property of properties) addPropertyRules(property, { columns, rules, datasets, objects, isKey })
  if (key.length > 1)
    rules.add(key[0]!.entry.get('primaryKey')!, { kind: 'unique', columns: key.map(part => part.path) })
  const here = { at: 'schema', columns, rules, objects } as const
  addQuality(entry.get('quality'), here)
  const relationships = entry.get('relationships')
  if (relationships) addRelationships(relationships, here, datasets)
  const others = all.map(({ name: found }) => found).filter(found => found !== name)
  addFreshness(levels, { name, columns, rules }, others)
  return { name, columns, rules: rules.rules, keyColumns: key.map(part => part.path), notes: notesOf(properties) }
}

/** With `--rows`, a line has the key's columns beside `<column>_status` of each column. */
function refuseStatusTwin(properties: readonly Property[], columns: readonly Column[]): void {
  for (const { path, entry } of properties) {
    const primary = entry.get('primaryKey')
    const twin = columns.find(column => `${column.name}_status` === columnName(path))
    if (primary && twin)
      refuse(
        primary,
        `a key called ${columnName(path)} beside ${columnText(twin)}`,
        'Rows tell the state of a column by that name: choose another key.',
      )
  }
}

function notesOf(properties: readonly Property[]): Record<string, string> {
  const notes: Record<string, string> = Object.create(null)
  const add = ({ path, entry, within }: Property): void => {
    const value = entry.get('description') ?? entry.get('businessName')
    const told = value?.file.part(() => text(value).trim())
    if (told !== undefined) notes[columnName(path)] = told
    within.forEach(add)
  }
  properties.forEach(add)
  return { ...notes }
}
