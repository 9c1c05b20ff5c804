import type { Tolerance } from './rule-list.js'
import { list, number, oneOf, refuse, refuseType, whole, type YamlMapping, type YamlValue } from './yaml-file.js'

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
 * How many bad documents the operator of a library metric allows. Metrics count what is wrong, so only an upper end
 * makes sense.
 */
export function readTolerance(entry: YamlMapping, operatorNeeded: boolean): Tolerance {
  const operators = operatorsOf(entry)
  const unit = readUnit(entry)
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
  return unit ? oneOf(unit, ['rows', 'percent']) : 'rows'
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

function pair(value: YamlValue): readonly [YamlValue, YamlValue] {
  const values = list(value)
  if (values.length !== 2 || number(values[0]!) > number(values[1]!))
    refuse(value, `${value.key}: wanted two numbers, the smaller first`, 'Write [0, 100].')
  return [values[0]!, values[1]!]
}
