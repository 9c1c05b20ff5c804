import type { NumberBound } from '../../model/rule.js'
import type { Row } from '../../ports/query-engine.js'
import { plainNumber } from '../compile/plain-number.js'
import { compareDecimals, shortDecimal } from './decimal-text.js'

/** What a query of a contract's own gave. */
export type OwnNumber =
  | { readonly kind: 'number'; readonly text: string }
  /** NULL, or no row. */
  | { readonly kind: 'none' }
  /** Something else, of a type that the engine calls so. */
  | { readonly kind: 'other'; readonly type: string }

/** Types whose text is rounded; engines write it differently, but always so that it reads back to the same number. */
const APPROXIMATE = /^(double|float|real)$/
const EXACT = /^(u?(tiny|small|big|huge)?int(eger)?|u?(byte|short|long)|(decimal|numeric)\b.*)$/

/** Row: see `Dialect.sql`. Exact numbers keep all their digits; others are the double that they are. */
export function ownNumber([type, value]: Row): OwnNumber {
  if (value === null || value === undefined) return { kind: 'none' }
  const name = String(type).toLowerCase()
  const text = String(value)
  if (EXACT.test(name)) return { kind: 'number', text: shortDecimal(text) }
  if (APPROXIMATE.test(name)) return { kind: 'number', text: doubleText(text) }
  return { kind: 'other', type: name }
}

/** `inf` to one engine and `Infinity` to the other. */
function doubleText(text: string): string {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text)
  const value = infinite ? Number(`${infinite[1]}Infinity`) : Number(text)
  return Object.is(value, -0) ? '0' : String(value)
}

/**
 * Whether a number satisfies all of them. NaN satisfies nothing, not even `notEqual`; infinities lie beyond every bound.
 *
 * @param text - as in {@link OwnNumber}
 */
export function isWithin(text: string, bounds: readonly NumberBound[]): boolean {
  return text !== 'NaN' && bounds.every(bound => satisfies(text, bound))
}

function satisfies(text: string, bound: NumberBound): boolean {
  switch (bound.operator) {
    case 'between':
      return compare(text, bound.from) >= 0 && compare(text, bound.to) <= 0
    case 'notBetween':
      return compare(text, bound.from) < 0 || compare(text, bound.to) > 0
    case 'equal':
      return compare(text, bound.value) === 0
    case 'notEqual':
      return compare(text, bound.value) !== 0
    case 'above':
      return compare(text, bound.value) > 0
    case 'atLeast':
      return compare(text, bound.value) >= 0
    case 'below':
      return compare(text, bound.value) < 0
    case 'atMost':
      return compare(text, bound.value) <= 0
  }
}

/** As decimals: the shortest texts of two doubles lie as the doubles do. */
function compare(text: string, bound: number): number {
  if (text === 'Infinity' || text === '-Infinity') return text === 'Infinity' ? 1 : -1
  const decimal = /e/i.test(text) ? plainNumber(Number(text)) : text
  return compareDecimals(decimal, plainNumber(bound))
}
