import type { Condition, ConditionTest } from './condition.js'
import { columnName } from './rule.js'

/** So many values are listed; of more, the number is told. */
const MAX_LISTED = 10

/**
 * A condition in words, the same for the same condition: `status is one of Oral, Poster and year is at least 2024`.
 * Groups within groups stand in brackets; texts that could be mistaken for something else stand in quotes, as in JSON.
 */
export function conditionText(condition: Condition): string {
  if ('all' in condition) return joined(condition.all, ' and ')
  if ('any' in condition) return joined(condition.any, ' or ')
  if ('not' in condition) return negated(condition.not)
  return testText(condition.test)
}

function joined(parts: readonly Condition[], word: ' and ' | ' or '): string {
  // An empty group is no contract's; what it means is what the engines make of it.
  if (parts.length === 0) return word === ' and ' ? 'always' : 'never'
  return parts.length === 1 ? conditionText(parts[0]!) : parts.map(bracketed).join(word)
}

function bracketed(condition: Condition): string {
  const group = 'all' in condition ? condition.all : 'any' in condition ? condition.any : []
  return group.length > 1 ? `(${conditionText(condition)})` : conditionText(condition)
}

function negated(condition: Condition): string {
  if (!('test' in condition)) return `not (${conditionText(condition)})`
  const { test } = condition
  const column = columnName(test.column)
  switch (test.kind) {
    case 'present':
      return `${column} is not there`
    case 'notEmpty':
      return `${column} is empty or not there`
    case 'enum':
      return test.values.length === 1
        ? `${column} is not ${valueText(test.values[0]!)}`
        : `${column} is none of ${listed(test.values)}`
    default:
      return `not (${testText(test)})`
  }
}

function testText(test: ConditionTest): string {
  const column = columnName(test.column)
  switch (test.kind) {
    case 'present':
      return `${column} is there`
    case 'notEmpty':
      return `${column} is not empty`
    case 'pattern':
      return `${column} matches ${JSON.stringify(test.pattern)}`
    case 'minimum':
      return `${column} is ${test.exclusive ? 'above' : 'at least'} ${test.bound}`
    case 'maximum':
      return `${column} is ${test.exclusive ? 'below' : 'at most'} ${test.bound}`
    case 'minLength':
      return `${column} has ${count(test.bound, 'character')} or more`
    case 'maxLength':
      return `${column} has ${count(test.bound, 'character')} or fewer`
    case 'minItems':
      return `${column} has ${count(test.bound, 'item')} or more`
    case 'maxItems':
      return `${column} has ${count(test.bound, 'item')} or fewer`
    case 'enum':
      return test.values.length === 1
        ? `${column} is ${valueText(test.values[0]!)}`
        : `${column} is one of ${listed(test.values)}`
  }
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`
}

function listed(values: readonly (string | number | boolean)[]): string {
  const shown = values.slice(0, MAX_LISTED).map(valueText).join(', ')
  return values.length > MAX_LISTED ? `${shown}, … (${values.length} values)` : shown
}

const NO_TEXT = /^(?:true|false|null|and|or|not|[-+.\d][\d.eE+-]*)$/

function valueText(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value)
  return /^[\p{L}\p{N}_][\p{L}\p{N}_ .:/@-]*(?<! )$/u.test(value) && !NO_TEXT.test(value)
    ? value
    : JSON.stringify(value)
}
