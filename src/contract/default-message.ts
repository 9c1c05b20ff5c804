import { durationText } from '../model/duration.js'
import { type ColumnPath, columnName, type NumberBound } from '../model/rule.js'
import type { RuleBody } from './rule-list.js'

const MAX_LISTED = 5
const MAX_SQL = 80

/** The reason that a failing document is given when the contract has none of its own. */
export function defaultMessage(body: RuleBody): string {
  switch (body.kind) {
    case 'rowCount':
      return rowCountMessage(body.min, body.max)
    case 'rowCountChange':
      return `The number of documents ${changes(body.maxDecrease, body.maxIncrease)}`
    case 'sql':
      return `The query does not give ${body.bounds.map(numberText).join(' and ')}`
    case 'freshness':
      return `No ${columnName(body.column)} within ${durationText(body.seconds)}`
    case 'unique':
      return `${names(body.columns)} ${are(body.columns)} not unique`
    case 'anyOf':
      return `No value in any of ${names(body.columns)}`
    case 'foreignKey':
      return `${names(body.columns)} ${are(body.columns)} none of ${body.to.map(to => `${body.dataset}.${columnName(to)}`).join(', ')}`
    case 'compare':
      return `Not ${body.columns.map(columnName).join(` ${body.operator} `)}`
    case 'condition':
      return `Not ${cut(body.sql.duckdb ?? body.sql.spark ?? '')}`
    default:
      return columnMessage(body, columnName(body.column))
  }
}

type ColumnBody = Exclude<Extract<RuleBody, { readonly column: ColumnPath }>, { readonly kind: 'freshness' }>

function columnMessage(body: ColumnBody, column: string): string {
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
    case 'multipleOf':
      return `${column} is no multiple of ${body.bound}`
    case 'minLength':
      return body.bound === 1 ? `${column} is empty` : `${column} is shorter than ${body.bound} characters`
    case 'maxLength':
      return `${column} is longer than ${count(body.bound, 'character')}`
    case 'minItems':
      return body.bound === 1 ? `${column} has no items` : `${column} has fewer than ${body.bound} items`
    case 'maxItems':
      return `${column} has more than ${count(body.bound, 'item')}`
    case 'uniqueItems':
      return `${column} has equal items`
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

function changes(maxDecrease: number | undefined, maxIncrease: number | undefined): string {
  return [
    ...(maxDecrease === undefined ? [] : [`fell by more than ${percent(maxDecrease)}`]),
    ...(maxIncrease === undefined ? [] : [`rose by more than ${percent(maxIncrease)}`]),
  ].join(' or ')
}

/** Rounded where multiplying by 100 brings in digits that nobody wrote. */
function percent(share: number): string {
  return `${Number((share * 100).toFixed(9))}%`
}

function numberText(bound: NumberBound): string {
  switch (bound.operator) {
    case 'equal':
      return `${bound.value}`
    case 'notEqual':
      return `anything but ${bound.value}`
    case 'above':
      return `more than ${bound.value}`
    case 'atLeast':
      return `${bound.value} or more`
    case 'below':
      return `less than ${bound.value}`
    case 'atMost':
      return `${bound.value} or less`
    case 'between':
      return `${bound.from} to ${bound.to}`
    case 'notBetween':
      return `anything but ${bound.from} to ${bound.to}`
  }
}

function names(columns: readonly ColumnPath[]): string {
  return columns.map(columnName).join(', ')
}

function are(columns: readonly ColumnPath[]): string {
  return columns.length > 1 ? 'are' : 'is'
}

function listed(values: readonly string[]): string {
  return values.length > MAX_LISTED ? `${values.slice(0, MAX_LISTED).join(', ')}, …` : values.join(', ')
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`
}

function cut(sql: string): string {
  const line = [...sql.replaceAll(/\s+/g, ' ').trim()]
  return line.length > MAX_SQL ? `${line.slice(0, MAX_SQL).join('')}…` : line.join('')
}
