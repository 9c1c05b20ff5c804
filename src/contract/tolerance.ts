import type { NumberBound } from '../model/rule.js'
import type { RuleNotes, Tolerance } from './rule-list.js'
import { list, number, oneOf, refuse, refuseType, text, whole, type YamlMapping, type YamlValue } from './yaml-file.js'

export const OPERATORS = [
  'mustBe',
  'mustNotBe',
  'mustBeGreaterThan',
  'mustBeGreaterOrEqualTo',
  'mustBeLessThan',
  'mustBeLessOrEqualTo',
  'mustBeBetween',
  'mustNotBeBetween',
] as const

type Operator = (typeof OPERATORS)[number]

const NONE: Tolerance = { threshold: 1 }

function operatorsOf(entry: YamlMapping): readonly Operator[] {
  return OPERATORS.filter(operator => entry.get(operator))
}

/**
 * How many bad documents the operator of a library metric allows, or `mostly` in its place. Metrics count what is wrong,
 * so only an upper end makes sense.
 */
export function readTolerance(entry: YamlMapping, operatorNeeded: boolean, { mostly }: RuleNotes): Tolerance {
  const operators = operatorsOf(entry)
  const unit = readUnit(entry)
  if (mostly && operators[0])
    refuse(
      mostly.at,
      `mostly and ${operators[0]} at once`,
      'Both say how many may be wrong: keep mostly, or write mustBeLessOrEqualTo: 5 with unit: percent.',
    )
  if (mostly) return { threshold: mostly.threshold }
  if (operators.length > 1) refuse(entry.get(operators[1]!)!, `${operators.join(' and ')} at once`, 'Keep one of them.')
  const operator = operators[0]
  if (!operator) {
    if (operatorNeeded) refuse(entry.value, 'a metric without the number it must be', 'Write mustBe: 0.')
    return NONE
  }
  const value = entry.get(operator)!
  switch (operator) {
    case 'mustBe':
      if (number(value) !== 0) refuseDemand(value)
      return NONE
    case 'mustBeLessThan':
      return unit === 'percent' ? percent(value, number(value), true) : rows(whole(value, 1) - 1)
    case 'mustBeLessOrEqualTo':
      return unit === 'percent' ? percent(value, number(value), false) : rows(whole(value))
    case 'mustBeBetween': {
      const [from, until] = pair(value)
      if (number(from) !== 0) refuseDemand(value)
      return unit === 'percent' ? percent(until, number(until), false) : rows(whole(until))
    }
    default:
      return refuseDemand(value)
  }
}

function refuseDemand(value: YamlValue): never {
  refuse(
    value,
    `${value.key} would ask for bad documents`,
    'Metrics count what is wrong: write mustBe: 0, or mustBeLessThan.',
  )
}

function readUnit(entry: YamlMapping): 'rows' | 'percent' {
  const unit = entry.get('unit')
  if (!unit || text(unit) === 'row') return 'rows'
  return ['percentage', '%'].includes(text(unit)) ? 'percent' : oneOf(unit, ['rows', 'percent'])
}

function rows(most: number): Tolerance {
  return most === 0 ? NONE : { threshold: 0, maxViolated: most }
}

function percent(value: YamlValue, share: number, exclusive: boolean): Tolerance {
  if (share > 100 || share < 0 || (exclusive && share === 0)) refuseType(value, `a share between 0 and 100 percent`)
  // Rounded to the decimal that was meant, so that a quotient of counts can be compared with it exactly.
  const threshold = Number(((100 - share) / 100).toFixed(12))
  return exclusive ? { threshold, thresholdExclusive: true } : { threshold }
}

/** The bounds, both inclusive, that operators put on a number of documents. */
export function readRowCount(entry: YamlMapping): { readonly min?: number; readonly max?: number } {
  const unit = entry.get('unit')
  if (unit && readUnit(entry) === 'percent') refuse(unit, 'rowCount in percent', 'Write unit: rows.')
  let [min, max]: [number | undefined, number | undefined] = [undefined, undefined]
  const operators = operatorsOf(entry)
  if (operators.length === 0)
    refuse(entry.value, 'rowCount without the number it must be', 'Write mustBeGreaterThan: 0.')
  for (const operator of operators) {
    const value = entry.get(operator)!
    const [from, until] = rowBounds(operator, value)
    if ((from !== undefined && min !== undefined) || (until !== undefined && max !== undefined))
      refuse(value, `${operators.join(' and ')} at once`, 'Keep one lower and one upper end.')
    min ??= from
    max ??= until
  }
  if (min !== undefined && max !== undefined && min > max)
    refuse(entry.value, `rowCount of at least ${min} and at most ${max}`, 'Change one of them.')
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }
}

function rowBounds(operator: Operator, value: YamlValue): readonly [min: number | undefined, max: number | undefined] {
  switch (operator) {
    case 'mustBe':
      return [whole(value), whole(value)]
    case 'mustBeGreaterThan':
      return [whole(value) + 1, undefined]
    case 'mustBeGreaterOrEqualTo':
      return [whole(value), undefined]
    case 'mustBeLessThan':
      return [undefined, whole(value, 1) - 1]
    case 'mustBeLessOrEqualTo':
      return [undefined, whole(value)]
    case 'mustBeBetween': {
      const [from, until] = pair(value)
      return [whole(from), whole(until)]
    }
    case 'mustNotBe':
      if (whole(value) === 0) return [1, undefined]
      return refuse(value, 'mustNotBe is not checked for rowCount', 'Write mustBeGreaterThan or mustBeLessThan.')
    case 'mustNotBeBetween':
      return refuse(value, 'mustNotBeBetween is not checked for rowCount', 'Write mustBeGreaterThan or mustBeLessThan.')
  }
}

/** What the operators ask of the number that a query gives, in the order of the file. */
export function readNumberBounds(entry: YamlMapping): readonly NumberBound[] {
  const bounds = operatorsOf(entry)
    .map(operator => entry.get(operator)!)
    .toSorted((a, b) => a.offset - b.offset)
    .map(numberBound)
  if (bounds.length === 0) refuse(entry.value, 'a query without the number it must give', 'Write mustBe: 0.')
  const ends = bounds.map(endsOf)
  const [from, until] = [Math.max(...ends.map(([low]) => low)), Math.min(...ends.map(([, high]) => high))]
  const open = bounds.some(
    bound =>
      (bound.operator === 'above' && bound.value === from) || (bound.operator === 'below' && bound.value === until),
  )
  if (from > until || (from === until && open))
    refuse(entry.value, `${operatorsOf(entry).join(' and ')} leave no number`, 'Change one of them.')
  return bounds
}

function numberBound(value: YamlValue): NumberBound {
  const wanted = 'a number: a query gives one'
  switch (value.key as Operator) {
    case 'mustBe':
      return { operator: 'equal', value: number(value, wanted) }
    case 'mustNotBe':
      return { operator: 'notEqual', value: number(value, wanted) }
    case 'mustBeGreaterThan':
      return { operator: 'above', value: number(value, wanted) }
    case 'mustBeGreaterOrEqualTo':
      return { operator: 'atLeast', value: number(value, wanted) }
    case 'mustBeLessThan':
      return { operator: 'below', value: number(value, wanted) }
    case 'mustBeLessOrEqualTo':
      return { operator: 'atMost', value: number(value, wanted) }
    case 'mustBeBetween':
    case 'mustNotBeBetween': {
      const [from, to] = pair(value)
      return { operator: value.key === 'mustBeBetween' ? 'between' : 'notBetween', from: number(from), to: number(to) }
    }
  }
}

function endsOf(bound: NumberBound): readonly [from: number, until: number] {
  switch (bound.operator) {
    case 'equal':
      return [bound.value, bound.value]
    case 'above':
    case 'atLeast':
      return [bound.value, Number.POSITIVE_INFINITY]
    case 'below':
    case 'atMost':
      return [Number.NEGATIVE_INFINITY, bound.value]
    case 'between':
      return [bound.from, bound.to]
    default:
      return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  }
}

function pair(value: YamlValue): readonly [YamlValue, YamlValue] {
  const values = list(value)
  if (values.length !== 2 || number(values[0]!) > number(values[1]!))
    refuse(value, `${value.key}: wanted two numbers, the smaller first`, 'Write [0, 100].')
  return [values[0]!, values[1]!]
}
