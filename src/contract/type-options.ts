import type { ColumnType } from '../model/column.js'
import type { ColumnPath } from '../model/rule.js'
import { contradict, readBound } from './bound.js'
import { portablePattern } from './pattern/portable.js'
import { PatternError } from './pattern/tree.js'
import type { RuleList } from './rule-list.js'
import type { PropertyNotes } from './rule-notes.js'
import { flag, mapping, refuse, refuseType, text, whole, type YamlMapping, type YamlValue } from './yaml-file.js'

const TEXT_OPTIONS = ['pattern', 'minLength', 'maxLength', 'format']
const RANGE_OPTIONS = ['minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum', 'format']
const OPTIONS: Readonly<Record<ColumnType['kind'], readonly string[]>> = {
  string: TEXT_OPTIONS,
  objectId: TEXT_OPTIONS,
  int32: RANGE_OPTIONS,
  int64: RANGE_OPTIONS,
  double: RANGE_OPTIONS,
  decimal: RANGE_OPTIONS,
  timestamp: [...RANGE_OPTIONS, 'timezone', 'defaultTimezone'],
  boolean: [],
  list: ['minItems', 'maxItems'],
  struct: [],
  json: [],
}

/** Options of the standard that are not checked, and what to write instead. */
const REFUSED: Readonly<Record<string, string>> = {
  multipleOf: 'Leave it out, or list the values with quality metric invalidValues.',
  uniqueItems: 'Leave it out: members of a list are not compared yet.',
  minProperties: 'Write required: true on the properties that must be there.',
  maxProperties: 'Leave it out: fields that the contract does not name are in _extra.',
  required: 'Write required: true on each of those properties.',
}

export const TYPE_OPTIONS: readonly string[] = [...new Set([...Object.values(OPTIONS).flat(), ...Object.keys(REFUSED)])]

/** Reads `logicalTypeOptions`, refusing what the type of the column has no use for. */
export function readOptions(value: YamlValue, kind: ColumnType['kind'] | 'object' | 'array'): YamlMapping {
  const columnKind = kind === 'object' ? 'struct' : kind === 'array' ? 'list' : kind
  const known = OPTIONS[columnKind]
  const options = mapping(value, TYPE_OPTIONS)
  for (const key of options.keys()) {
    if (known.includes(key)) continue
    const option = options.get(key)!
    const instead = REFUSED[key]
    if (instead !== undefined) refuse(option, `${key} is not checked`, instead)
    refuse(
      option,
      `${key} says nothing about ${kind}`,
      known.length > 0 ? `Known for it: ${known.join(', ')}.` : 'Leave it out.',
    )
  }
  return options
}

/** Adds the rules that the options of one column make, always in the same order. */
export function addOptionRules(
  options: YamlMapping,
  column: ColumnPath,
  type: ColumnType,
  rules: RuleList,
  notes: PropertyNotes,
): void {
  checkTimezone(options)
  const pattern = options.get('pattern')
  if (pattern) rules.add(pattern, { kind: 'pattern', column, pattern: readPattern(pattern) }, notes.take('pattern'))
  addCounts(options, column, ['minLength', 'maxLength'], rules, notes)
  addRange(options, column, type, rules, notes)
  addCounts(options, column, ['minItems', 'maxItems'], rules, notes)
}

/** A pattern within the portable subset, as it was written. */
export function readPattern(value: YamlValue): string {
  const written = text(value, 'a regular expression')
  try {
    portablePattern(written)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    refuse(
      value,
      `pattern ${written}: ${error.message} (at character ${[...written.slice(0, error.offset)].length + 1})`,
      error.next,
    )
  }
  return written
}

function addCounts(
  options: YamlMapping,
  column: ColumnPath,
  kinds: readonly ['minLength', 'maxLength'] | readonly ['minItems', 'maxItems'],
  rules: RuleList,
  notes: PropertyNotes,
): void {
  const [min, max] = kinds.map(kind => options.get(kind))
  if (min && max && whole(min) > whole(max))
    refuse(
      min,
      `${kinds[0]} ${whole(min)} is above ${kinds[1]} ${whole(max)}`,
      'Nothing could be valid: change one of them.',
    )
  for (const kind of kinds) {
    const value = options.get(kind)
    if (value) rules.add(value, { kind, column, bound: whole(value) }, notes.take(kind))
  }
}

function addRange(
  options: YamlMapping,
  column: ColumnPath,
  type: ColumnType,
  rules: RuleList,
  notes: PropertyNotes,
): void {
  const [min, max] = [side(options, 'minimum', 'exclusiveMinimum'), side(options, 'maximum', 'exclusiveMaximum')]
  const [from, until] = [min && readBound(min.value, type), max && readBound(max.value, type)]
  if (min && max && contradict(from!, min.exclusive, until!, max.exclusive))
    refuse(
      min.value,
      `${min.value.key} ${from} and ${max.value.key} ${until} leave nothing between them`,
      'Change one of them.',
    )
  if (min)
    rules.add(min.value, { kind: 'minimum', column, bound: from!, exclusive: min.exclusive }, notes.take(min.value.key))
  if (max)
    rules.add(
      max.value,
      { kind: 'maximum', column, bound: until!, exclusive: max.exclusive },
      notes.take(max.value.key),
    )
}

function side(options: YamlMapping, inclusive: string, exclusive: string) {
  const [within, beyond] = [options.get(inclusive), options.get(exclusive)]
  if (within && beyond) refuse(beyond, `${inclusive} and ${exclusive} at once`, 'Keep the narrower one.')
  const value = within ?? beyond
  return value && { value, exclusive: beyond !== undefined }
}

/** BSON dates are instants: a time zone can only be UTC. */
function checkTimezone(options: YamlMapping): void {
  const timezone = options.get('timezone')
  if (timezone && !flag(timezone)) refuse(timezone, 'timezone: false, but BSON dates are instants', 'Leave it out.')
  const zone = options.get('defaultTimezone')
  if (zone && !['UTC', 'Etc/UTC', 'Z'].includes(text(zone)))
    refuseType(zone, 'UTC', 'BSON dates are instants in UTC: leave it out.')
}
