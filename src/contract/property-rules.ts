import { type ColumnType, ID_COLUMN, typeText } from '../model/column.js'
import { columnName } from '../model/rule.js'
import { refuseIncomparable } from './column-lookup.js'
import { NOTED_RULES } from './property-keys.js'
import type { Property } from './property-type.js'
import { addQuality } from './quality.js'
import type { RuleList } from './rule-list.js'
import { ourProperty, PropertyNotes } from './rule-notes.js'
import { addOptionRules, readOptions } from './type-options.js'
import { flag, refuse } from './yaml-file.js'

/**
 * Adds the rules of one property: type, required, options, unique, quality, then those of the properties within. The
 * order decides which reason `<column>_status` tells first.
 *
 * @param isKey - whether a property is the primary key by itself, or part of it
 */
export function addPropertyRules(
  property: Property,
  isKey: (property: Property) => 'sole' | 'part' | undefined,
  rules: RuleList,
): void {
  const { path, type, entry } = property
  const isId = path.length === 1 && path[0] === ID_COLUMN
  const notes = new PropertyNotes(ourProperty(entry), NOTED_RULES)
  const key = isId ? undefined : isKey(property)

  // JSON text holds anything, and _id is text of anything: neither can be of a wrong type. Within an object, the
  // top-level column tells.
  if (path.length === 1 && !isId && type.kind !== 'json')
    rules.add(entry.value, { kind: 'type', column: path, expected: expectedText(type) }, notes.take('type'))

  const required = entry.get('required')
  if (((required && flag(required)) || key) && !isId)
    rules.add(required ?? entry.value, { kind: 'required', column: path }, notes.take('required'))

  const options = entry.get('logicalTypeOptions')
  if (options) addOptionRules(readOptions(options, type.kind), path, type, rules, notes)

  const unique = entry.get('unique')
  if ((unique && flag(unique)) || key === 'sole') {
    const at = unique ?? entry.get('primaryKey')!
    refuseIncomparable(at, property)
    rules.add(at, { kind: 'unique', columns: [path] }, notes.take('unique'))
  }
  notes.refuseUnused(columnName(path))

  addQuality(entry.get('quality'), { at: 'property', column: property, rules })
  const relationships = entry.get('relationships')
  if (relationships)
    refuse(relationships, 'relationships are not checked', 'Leave them out, or tell them in the description.')
  for (const nested of property.properties) addPropertyRules(nested, isKey, rules)
}

function expectedText(type: ColumnType): string {
  return type.kind === 'struct' ? 'object' : typeText(type)
}
