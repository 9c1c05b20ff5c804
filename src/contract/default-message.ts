import { type ColumnPath, columnName } from '../model/rule.js'
import type { RuleBody } from './rule-list.js'

const MAX_LISTED = 5

/** The reason that a failing document is given when the contract has none of its own. */
export function defaultMessage(body: RuleBody): string {
  if (body.kind === 'rowCount') return rowCountMessage(body.min, body.max)
  if (body.kind === 'unique') return `${names(body.columns)} ${body.columns.length > 1 ? 'are' : 'is'} not unique`
  if (body.kind === 'anyOf') return `No value in any of ${names(body.columns)}`
  const column = columnName(body.column)
  switch (body.kind) {
    case 'type':
      return `${column} is no ${body.expected}`
    case 'required':
      return `Missing ${column}`
    case 'notEmpty':
    case 'notMissing':
      return `No ${column}`
    case 'pattern':
      return `${column} does not match ${body.pattern}`
    case 'minimum':
      return `${column} is ${body.exclusive ? 'not above' : 'below'} ${body.bound}`
    case 'maximum':
      return `${column} is ${body.exclusive ? 'not below' : 'above'} ${body.bound}`
    case 'minLength':
      return body.bound === 1 ? `${column} is empty` : `${column} is shorter than ${body.bound} characters`
    case 'maxLength':
      return `${column} is longer than ${count(body.bound, 'character')}`
    case 'minItems':
      return body.bound === 1 ? `${column} has no items` : `${column} has fewer than ${body.bound} items`
    case 'maxItems':
      return `${column} has more than ${count(body.bound, 'item')}`
    case 'enum':
      return `${column} is none of ${listed(body.values.map(String))}`
  }
}

function rowCountMessage(min: number | undefined, max: number | undefined): string {
  if (min === 1 && max === undefined) return 'There are no documents'
  if (min === max) return `There are not ${count(min ?? 0, 'document')}`
  if (max === undefined) return `There are fewer than ${count(min ?? 0, 'document')}`
  if (min === undefined) return `There are more than ${count(max, 'document')}`
  return `There are not ${min} to ${count(max, 'document')}`
}

function names(columns: readonly ColumnPath[]): string {
  return columns.map(columnName).join(', ')
}

function listed(values: readonly string[]): string {
  return values.length > MAX_LISTED ? `${values.slice(0, MAX_LISTED).join(', ')}, …` : values.join(', ')
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`
}
