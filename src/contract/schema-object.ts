import { type Column, columnText } from '../model/column.js'
import { type ColumnPath, columnName, type Rule } from '../model/rule.js'
import { readPrimaryKey } from './primary-key.js'
import { addPropertyRules } from './property-rules.js'
import { columnsOf, type Property, readProperties } from './property-type.js'
import { addQuality } from './quality.js'
import { RuleList } from './rule-list.js'
import { refuseOurs } from './rule-notes.js'
import { mapping, oneOf, refuse, text, type YamlValue } from './yaml-file.js'

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
]

/** One object of `schema`: what a collection's documents look like. */
export interface SchemaObject {
  readonly name: string
  readonly columns: readonly Column[]
  readonly rules: readonly Rule[]
  readonly keyColumns: readonly ColumnPath[]
  readonly notes: Readonly<Record<string, string>>
}

export function readSchemaObject(value: YamlValue): SchemaObject {
  const entry = mapping(value, KEYS)
  const name = text(entry.need('name', 'Write name: and the name of the data set.'))
  const logical = entry.get('logicalType')
  if (logical) oneOf(logical, ['object'])
  refuseOurs(entry)
  const relationships = entry.get('relationships')
  if (relationships)
    refuse(relationships, 'relationships are not checked', 'Leave them out, or tell them in the description.')

  const properties = readProperties(entry.need('properties', 'List the fields of the documents.'), [])
  const all = columnsOf(properties)
  const columns = all.filter((_, at) => properties[at]!.path[0] !== '_id')
  if (columns.length === 0)
    refuse(entry.get('properties')!, `${name} has no properties`, 'List the fields of the documents.')
  refuseStatusTwin(properties, columns)

  const rules = new RuleList()
  const key = readPrimaryKey(properties)
  for (const property of properties)
    addPropertyRules(property, asked => (key.includes(asked) ? (key.length === 1 ? 'sole' : 'part') : undefined), rules)
  if (key.length > 1)
    rules.add(key[0]!.entry.get('primaryKey')!, { kind: 'unique', columns: key.map(part => part.path) })
  addQuality(entry.get('quality'), { at: 'schema', columns, rules })

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
  const add = ({ path, entry, properties: within }: Property): void => {
    const value = entry.get('description') ?? entry.get('businessName')
    if (value) notes[columnName(path)] = text(value).trim()
    within.forEach(add)
  }
  properties.forEach(add)
  return { ...notes }
}
