import { type Column, type ColumnType, ID_COLUMN, typeText } from '../model/column.js'
import { type ColumnPath, columnName, EACH } from '../model/rule.js'
import { refuseIncomparable } from './column-lookup.js'
import { physicalLength } from './column-type.js'
import { addOptionRules, itemList } from './option-rules.js'
import { NOTED_RULES } from './property-keys.js'
import type { Property } from './property-type.js'
import { addQuality } from './quality.js'
import { addRelationships, type Datasets } from './relationship.js'
import type { RuleList } from './rule-list.js'
import { ourProperty, PropertyNotes } from './rule-notes.js'
import { readOptions } from './type-options.js'
import { readValues } from './valid-values.js'
import {
  flag,
  gotText,
  isMapping,
  list,
  mapping,
  refuse,
  refuseType,
  type YamlMapping,
  type YamlValue,
} from './yaml-file.js'

/** The object of `schema` whose properties they are. */
export interface RuleScope {
  readonly columns: readonly Column[]
  readonly rules: RuleList
  readonly datasets: Datasets
  /** What the object is called, `name` and `physicalName`. */
  readonly objects: readonly string[]
  /** Whether a property is the primary key by itself, or part of it. */
  isKey(property: Property): 'sole' | 'part' | undefined
}

/**
 * Adds the rules of one property: type, required, enum, options, unique, quality, relationships, then those of the
 * properties or items within. The order decides which reason `<column>_status` tells first.
 */
export function addPropertyRules(property: Property, scope: RuleScope): void {
  const { path, type, entry } = property
  const { file } = entry.value
  const { rules, columns } = scope
  const isId = path.length === 1 && path[0] === ID_COLUMN
  const notes = file.part(() => new PropertyNotes(ourProperty(entry), NOTED_RULES, columns))
  if (notes) {
    // JSON text holds anything, and _id is text of anything: neither can be of a wrong type. Within an object, the
    // top-level column tells.
    if (path.length === 1 && !isId && type.kind !== 'json')
      file.part(() =>
        rules.add(entry.value, { kind: 'type', column: path, expected: expectedText(type) }, notes.take('type')),
      )
    addRequired(property, scope, notes)
    const allowed = entry.get('enum')
    if (allowed) addEnum(allowed, path, type, rules, notes)
    const options = entry.get('logicalTypeOptions')
    const read = options && file.part(() => readOptions(options, type.kind))
    if (read) addOptionRules(read, path, type, rules, notes)
    addPhysicalLength(entry, path, rules, notes, read)
    addUnique(property, scope, notes)
    notes.refuseUnused(columnName(path))
  }
  const here = { at: 'property', column: property, columns, rules, objects: scope.objects } as const
  addQuality(entry.get('quality'), here)
  const relationships = entry.get('relationships')
  if (relationships) addRelationships(relationships, here, scope.datasets)
  for (const nested of property.within) addPropertyRules(nested, scope)
}

function addRequired(property: Property, scope: RuleScope, notes: PropertyNotes): void {
  const { path, entry } = property
  const required = entry.get('required')
  // MongoDB sees to it that every document has an _id.
  const isId = path.length === 1 && path[0] === ID_COLUMN
  const asked = required && asksFor(required, 'required', notes)
  if (isId || (!asked && !scope.isKey(property))) return
  scope.rules.add(required ?? entry.value, { kind: 'required', column: path }, notes.take('required'))
}

/** Whether a key is true; what is no flag has no second problem with the notes on it. */
function asksFor(value: YamlValue, key: string, notes: PropertyNotes): boolean {
  const asked = value.file.part(() => flag(value))
  if (asked === undefined) notes.take(key)
  return asked === true
}

const ENUM_KEYS = ['id', 'value', 'label', 'description', 'tags', 'customProperties', 'authoritativeDefinitions']

/** ODCS 3.2: `enum: [{value: Active, label: …}]`. */
function addEnum(value: YamlValue, column: ColumnPath, type: ColumnType, rules: RuleList, notes: PropertyNotes): void {
  const told = notes.take('enum')
  value.file.part(() => {
    const items = list(value).map(item => {
      if (!isMapping(item)) refuseType(item, 'a mapping', `Write {value: ${gotText(item)}}.`)
      return mapping(item, ENUM_KEYS).need('value', 'Write {value: Active}, say.')
    })
    const { values } = readValues(items, type)
    if (values.length === 0) refuse(value, 'enum is empty', 'List what is valid.')
    rules.add(value, { kind: 'enum', column, values }, told)
  })
}

/** `varchar(20)` holds no text that is longer; what `maxLength` says goes before it. */
function addPhysicalLength(
  entry: YamlMapping,
  column: ColumnPath,
  rules: RuleList,
  notes: PropertyNotes,
  options: YamlMapping | undefined,
): void {
  const length = physicalLength(entry)
  if (!length || options?.get('maxLength')) return
  rules.add(length, { kind: 'maxLength', column, bound: length.length }, notes.take('maxLength'))
}

function addUnique(property: Property, scope: RuleScope, notes: PropertyNotes): void {
  const { path, type, entry } = property
  const [unique, primary] = [entry.get('unique'), entry.get('primaryKey')]
  const asked = unique !== undefined && asksFor(unique, 'unique', notes)
  const isId = path.length === 1 && path[0] === ID_COLUMN
  const each = path.includes(EACH)
  entry.value.file.part(() => {
    if (each && primary && flag(primary))
      refuse(primary, 'a primary key within an array', 'A key is one value of a document: leave it out.')
    if (!asked && (isId || scope.isKey(property) !== 'sole')) return
    const at = unique ?? primary!
    const told = notes.take('unique')
    if (each) return scope.rules.add(at, { kind: 'uniqueItems', column: itemList(at, path, type) }, told)
    refuseIncomparable(at, property)
    scope.rules.add(at, { kind: 'unique', columns: [path] }, told)
  })
}

function expectedText(type: ColumnType): string {
  return type.kind === 'struct' ? 'object' : typeText(type)
}
