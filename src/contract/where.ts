import type { Column, ColumnType } from '../model/column.js'
import type { Condition, ConditionTest } from '../model/condition.js'
import type { ColumnPath } from '../model/rule.js'
import { contradict, readBound } from './bound.js'
import { type FoundColumn, findColumn } from './column-lookup.js'
import { readPattern } from './pattern-value.js'
import { readValues } from './valid-values.js'
import { flag, isList, isMapping, isNull, list, mapping, members, refuse, whole, type YamlValue } from './yaml-file.js'

const MAX_DEPTH = 20

const EMPTY = 'Say which documents are meant: {status: Active}, {year: {minimum: 2024}} or {any: [ … ]}.'

/**
 * Reads which documents a rule is about: `{status: Active, year: {minimum: 2024}, decision: {present: true}}`. All of it
 * must hold. A single value is "equals", a list "one of these", null "not there"; `any`, `all` and `not` hold further
 * conditions.
 */
export function readWhere(value: YamlValue, columns: readonly Column[]): Condition {
  return readCondition(value, columns, 0)
}

function readCondition(value: YamlValue, columns: readonly Column[], depth: number): Condition {
  if (depth > MAX_DEPTH) refuse(value, `conditions nested more than ${MAX_DEPTH} deep`, 'Make two rules of it.')
  const parts = members(value)
  if (parts.length === 0) refuse(value, `${value.key}: a condition without anything in it`, EMPTY)
  return all(parts.map(({ name, value: member }) => readMember(name, member, columns, depth + 1)))
}

function readMember(name: YamlValue, value: YamlValue, columns: readonly Column[], depth: number): Condition {
  switch (value.key) {
    case 'any':
    case 'all': {
      const parts = list(value).map(item => readCondition(item, columns, depth))
      if (parts.length === 0) refuse(value, `${value.key}: a condition without anything in it`, EMPTY)
      return value.key === 'all' ? all(parts) : parts.length === 1 ? parts[0]! : { any: parts }
    }
    case 'not':
      return { not: readCondition(value, columns, depth) }
    default:
      return readTests(value, findColumn(name, value.key, columns), depth)
  }
}

/** What is said of one column: a value, a list of values, null, or a mapping of tests. */
function readTests(value: YamlValue, found: FoundColumn, depth: number): Condition {
  if (depth > MAX_DEPTH) refuse(value, `conditions nested more than ${MAX_DEPTH} deep`, 'Make two rules of it.')
  if (isNull(value)) return { not: present(found.path) }
  if (isList(value)) return oneOf(value, found)
  if (!isMapping(value)) return equal(value, found)
  const tests = mapping(value, testsOf(found.type))
  if (tests.isEmpty()) refuse(value, `${value.key}: nothing said of it`, EMPTY)
  const [min, max] = [
    tests.get('minimum') ?? tests.get('exclusiveMinimum'),
    tests.get('maximum') ?? tests.get('exclusiveMaximum'),
  ]
  for (const [within, beyond] of [
    ['minimum', 'exclusiveMinimum'],
    ['maximum', 'exclusiveMaximum'],
  ] as const)
    if (tests.get(within) && tests.get(beyond))
      refuse(tests.get(beyond)!, `${within} and ${beyond} at once`, 'Keep the narrower one.')
  if (
    min &&
    max &&
    contradict(readBound(min, found.type), min.key !== 'minimum', readBound(max, found.type), max.key !== 'maximum')
  )
    refuse(min, `${min.key} and ${max.key} leave nothing between them`, 'Change one of them.')
  return all(tests.keys().map(key => readTest(tests.get(key)!, found, depth)))
}

const PRESENCE = ['present', 'not']
const VALUES = ['equals', 'oneOf']
const RANGE = ['minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum']
const LISTED = ['notEmpty', 'minItems', 'maxItems']

function testsOf(type: ColumnType): readonly string[] {
  switch (type.kind) {
    case 'string':
    case 'objectId':
      return [...PRESENCE, ...VALUES, 'notEmpty', 'pattern', 'minLength', 'maxLength']
    case 'boolean':
      return [...PRESENCE, ...VALUES]
    case 'timestamp':
      return [...PRESENCE, 'equals', ...RANGE]
    case 'list':
      return [...PRESENCE, ...LISTED]
    case 'struct':
      return PRESENCE
    case 'json':
      return [...PRESENCE, 'notEmpty']
    default:
      return [...PRESENCE, ...VALUES, ...RANGE]
  }
}

function readTest(value: YamlValue, found: FoundColumn, depth: number): Condition {
  const { path: column, type } = found
  switch (value.key) {
    case 'present':
      return flag(value) ? present(column) : { not: present(column) }
    case 'notEmpty':
      return flag(value) ? { test: { kind: 'notEmpty', column } } : { not: { test: { kind: 'notEmpty', column } } }
    case 'equals':
      return equal(value, found)
    case 'oneOf':
      return oneOf(value, found)
    case 'not':
      return { not: readTests(value, found, depth + 1) }
    case 'pattern':
      return { test: { kind: 'pattern', column, pattern: readPattern(value) } }
    case 'minimum':
    case 'exclusiveMinimum':
      return bound('minimum', value, column, type)
    case 'maximum':
    case 'exclusiveMaximum':
      return bound('maximum', value, column, type)
    default: {
      const kind = value.key as 'minLength' | 'maxLength' | 'minItems' | 'maxItems'
      return { test: { kind, column, bound: whole(value) } }
    }
  }
}

function bound(kind: 'minimum' | 'maximum', value: YamlValue, column: ColumnPath, type: ColumnType): Condition {
  return { test: { kind, column, bound: readBound(value, type), exclusive: value.key.startsWith('exclusive') } }
}

function present(column: ColumnPath): Condition {
  return { test: { kind: 'present', column } }
}

/** An instant is compared as a range of one instant: it has more than one way to be written. */
function equal(value: YamlValue, found: FoundColumn): Condition {
  const { path: column, type } = found
  if (isNull(value)) return { not: present(column) }
  if (type.kind === 'timestamp') {
    const instant = readBound(value, type)
    return {
      all: [
        { test: { kind: 'minimum', column, bound: instant, exclusive: false } },
        { test: { kind: 'maximum', column, bound: instant, exclusive: false } },
      ],
    }
  }
  return values(readValues([value], type).values, column)
}

function oneOf(value: YamlValue, found: FoundColumn): Condition {
  const items = list(value)
  if (items.length === 0) refuse(value, `${value.key}: a list of no values`, 'List those that are meant.')
  const { values: listed, nulls } = readValues(items, found.type)
  const absent: Condition = { not: present(found.path) }
  if (listed.length === 0) return absent
  return nulls ? { any: [values(listed, found.path), absent] } : values(listed, found.path)
}

function values(listed: Extract<ConditionTest, { kind: 'enum' }>['values'], column: ColumnPath): Condition {
  return { test: { kind: 'enum', column, values: listed } }
}

function all(parts: readonly Condition[]): Condition {
  return parts.length === 1 ? parts[0]! : { all: parts }
}
