import { type Column, EXTRA_COLUMN, ID_COLUMN, MISFIT_COLUMN } from '../model/column.js'
import type { JsonRow } from '../ports/lake-query.js'
import { plainText } from './answer-text.js'
import type { DocumentFields } from './field-changes.js'
import { jsonMembers } from './json-members.js'

/** The columns of a Parquet part, in order. */
export function partColumnNames(columns: readonly Column[]): readonly string[] {
  return [ID_COLUMN, ...columns.map(({ name }) => name), EXTRA_COLUMN, MISFIT_COLUMN]
}

/**
 * Puts a document together again from its row, each field as plain JSON: a field that is in `_extra` or `_misfit` is there
 * with its whole value, and a column that is null without that is a field that is missing (docs/lake-format.md).
 *
 * @param row - cells in the order of {@link partColumnNames}
 */
export function columnFields(columns: readonly Column[], row: JsonRow): DocumentFields {
  const fields = new Map<string, string>()
  const apart = new Map([...members(row[columns.length + 1]), ...members(row[columns.length + 2])])
  const id = row[0]
  if (id !== null && id !== undefined) fields.set(ID_COLUMN, id)
  for (const [index, { name, type }] of columns.entries()) {
    const whole = apart.get(name)
    const cell = row[index + 1] ?? null
    if (whole !== undefined) fields.set(name, whole)
    // A json column holds the text of the value.
    else if (cell !== null) fields.set(name, type.kind === 'json' ? plainText(cell) : cell)
    apart.delete(name)
  }
  for (const [name, text] of apart) fields.set(name, text)
  return fields
}

function members(cell: string | null | undefined): ReadonlyMap<string, string> {
  return (cell === null || cell === undefined ? undefined : jsonMembers(plainText(cell))) ?? new Map()
}

/**
 * Whether two texts are one value although the columns they come from have other types: 5 and 5.0, "1.10" of a decimal
 * column and 1.1 in another.
 */
export function sameNumber(a: string, b: string): boolean {
  const [left, right] = [numberText(a), numberText(b)]
  return left !== undefined && left === right
}

const NUMBER = /^"?(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?"?$/

/** Digits without zeros at either end, and the power of ten; undefined for what is no number. */
function numberText(text: string): string | undefined {
  const match = NUMBER.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '')
  const kept = digits.replace(/0+$/, '')
  if (kept === '') return '0'
  return `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`
}
