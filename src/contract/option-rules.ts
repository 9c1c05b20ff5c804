import { type ColumnType, typeText } from '../model/column.js'
import { type ColumnPath, columnName, EACH } from '../model/rule.js'
import { contradict, readBound } from './bound.js'
import { readPattern } from './pattern-value.js'
import type { RuleBody, RuleList, RuleNotes } from './rule-list.js'
import type { PropertyNotes } from './rule-notes.js'
import { readTextFormat } from './text-format.js'
import { checkTimezone, RANGE_OPTIONS } from './type-options.js'
import { flag, number, refuse, refuseType, whole, type YamlMapping, type YamlValue } from './yaml-file.js'

/** Adds the rules that the options of one column make, always in the same order. */
export function addOptionRules(
  options: YamlMapping,
  column: ColumnPath,
  type: ColumnType,
  rules: RuleList,
  notes: PropertyNotes,
): void {
  const { file } = options.value
  file.part(() => checkTimezone(options))
  const pattern = options.get('pattern')
  if (pattern)
    addRule(rules, pattern, notes.take('pattern'), () => ({ kind: 'pattern', column, pattern: readPattern(pattern) }))
  const format = type.kind === 'string' || type.kind === 'objectId' ? options.get('format') : undefined
  if (format) addFormat(format, column, rules, notes)
  addCounts(options, column, ['minLength', 'maxLength'], rules, notes)
  addRange(options, column, type, rules, notes)
  const multiple = options.get('multipleOf')
  if (multiple)
    addRule(rules, multiple, notes.take('multipleOf'), () => ({
      kind: 'multipleOf',
      column,
      bound: readMultiple(multiple, type),
    }))
  addCounts(options, column, ['minItems', 'maxItems'], rules, notes)
  const uniqueItems = options.get('uniqueItems')
  if (uniqueItems) addUniqueItems(uniqueItems, column, type, rules, notes)
}

/** Adds a rule that stands by itself: the others are read when it cannot be. */
function addRule(rules: RuleList, at: YamlValue, notes: RuleNotes, body: () => RuleBody): void {
  at.file.part(() => rules.add(at, body(), notes))
}

function addFormat(value: YamlValue, column: ColumnPath, rules: RuleList, notes: PropertyNotes): void {
  const told = notes.take('format')
  value.file.part(() => {
    const { name, pattern } = readTextFormat(value)
    const message = `${columnName(column)} is no ${name}`
    rules.add(value, { kind: 'pattern', column, pattern }, { name: `${columnName(column)}.format`, message, ...told })
  })
}

function readMultiple(value: YamlValue, type: ColumnType): number {
  const bound = number(value)
  if (bound <= 0) refuseType(value, 'a number above 0')
  if (type.kind === 'decimal') {
    if (Number(bound.toFixed(Math.min(type.scale, 100))) !== bound)
      refuse(
        value,
        `multipleOf: ${bound} has more digits behind the point than decimal(${type.precision},${type.scale})`,
        'Give the decimal more digits, or the bound fewer.',
      )
    return readBound(value, type) as number
  }
  if (type.kind === 'double')
    refuse(
      value,
      'multipleOf: a double holds no exact fractions, so engines differ on it',
      'Use physicalType: decimal(p,s), or logicalType: integer.',
    )
  return Number.isInteger(bound) ? bound : refuseType(value, 'a whole number')
}

/** Engines compare lists, objects and NaN differently. */
function addUniqueItems(
  value: YamlValue,
  column: ColumnPath,
  type: ColumnType,
  rules: RuleList,
  notes: PropertyNotes,
): void {
  const told = notes.take('uniqueItems')
  value.file.part(() => {
    if (!flag(value)) return
    if (type.kind === 'list') refuseUnlikeItems(value, column, type.element)
    rules.add(value, { kind: 'uniqueItems', column }, told)
  })
}

/** Refuses items that engines do not tell apart alike. */
function refuseUnlikeItems(at: YamlValue, list: ColumnPath, element: ColumnType): void {
  if (['list', 'struct', 'json', 'double'].includes(element.kind))
    refuse(
      at,
      `equal items of ${columnName(list)} (${typeText(element)}) cannot be told`,
      'Only texts, whole numbers, decimals, booleans and instants are compared.',
    )
}

/** Of items, unique means that no list has two that are equal. @returns the path of the list */
export function itemList(at: YamlValue, path: ColumnPath, type: ColumnType): ColumnPath {
  if (path.at(-1) !== EACH)
    refuse(
      at,
      `duplicates of ${columnName(path)} cannot be told`,
      'Only whole items are compared: unique at items, or uniqueItems.',
    )
  const array = path.slice(0, -1)
  refuseUnlikeItems(at, array, type)
  return array
}

function addCounts(
  options: YamlMapping,
  column: ColumnPath,
  kinds: readonly ['minLength', 'maxLength'] | readonly ['minItems', 'maxItems'],
  rules: RuleList,
  notes: PropertyNotes,
): void {
  const [min, max] = kinds.map(kind => options.get(kind))
  const told = kinds.map(kind => (options.get(kind) ? notes.take(kind) : {}))
  if (min && max)
    options.value.file.part(() => {
      if (whole(min) > whole(max))
        refuse(
          min,
          `${kinds[0]} ${whole(min)} is above ${kinds[1]} ${whole(max)}`,
          'Nothing could be valid: change one of them.',
        )
    })
  for (const [at, kind] of kinds.entries()) {
    const value = options.get(kind)
    if (value) addRule(rules, value, told[at]!, () => ({ kind, column, bound: whole(value) }))
  }
}

function addRange(
  options: YamlMapping,
  column: ColumnPath,
  type: ColumnType,
  rules: RuleList,
  notes: PropertyNotes,
): void {
  const told = Object.fromEntries(
    RANGE_OPTIONS.filter(key => key !== 'format' && options.get(key)).map(key => [key, notes.take(key)]),
  )
  options.value.file.part(() => {
    const [min, max] = [side(options, 'minimum', 'exclusiveMinimum'), side(options, 'maximum', 'exclusiveMaximum')]
    const [from, until] = [min && readBound(min.value, type), max && readBound(max.value, type)]
    if (min && max && contradict(from!, min.exclusive, until!, max.exclusive))
      refuse(
        min.value,
        `${min.value.key} ${from} and ${max.value.key} ${until} leave nothing between them`,
        'Change one of them.',
      )
    if (min)
      rules.add(min.value, { kind: 'minimum', column, bound: from!, exclusive: min.exclusive }, told[min.value.key])
    if (max)
      rules.add(max.value, { kind: 'maximum', column, bound: until!, exclusive: max.exclusive }, told[max.value.key])
  })
}

function side(options: YamlMapping, inclusive: string, exclusive: string) {
  const [within, beyond] = [options.get(inclusive), options.get(exclusive)]
  if (within && beyond) refuse(beyond, `${inclusive} and ${exclusive} at once`, 'Keep the narrower one.')
  const value = within ?? beyond
  return value && { value, exclusive: beyond !== undefined }
}
