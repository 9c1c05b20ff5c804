import type { ColumnType } from '../model/column.js'
import type { Bound } from '../model/rule.js'
import { number, refuse, refuseType, text, type YamlValue } from './yaml-file.js'

/**
 * A `minimum` or `maximum` for a column of this type: a number, or for timestamps the instant as RFC 3339 text in UTC
 * with milliseconds.
 */
export function readBound(value: YamlValue, type: ColumnType): Bound {
  if (type.kind === 'timestamp') return instant(value)
  const bound = number(value)
  if ((type.kind === 'int32' || type.kind === 'int64') && !Number.isSafeInteger(Math.trunc(bound)))
    refuseType(value, 'a number within ±9007199254740991')
  if (type.kind === 'decimal' && Math.abs(bound) >= 10 ** (type.precision - type.scale))
    refuse(
      value,
      `${value.key}: decimal(${type.precision},${type.scale}) has no room for ${bound}`,
      'Leave it out, or give the decimal more digits.',
    )
  return bound
}

const DATE = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?(Z|[+-]\d\d:\d\d))?$/

function instant(value: YamlValue): string {
  const wanted = 'a date such as 2024-01-31 or 2024-01-31T12:00:00Z'
  const written = text(value, wanted)
  const found = DATE.exec(written)
  const date = new Date(written)
  if (!found || Number.isNaN(date.getTime())) return refuseType(value, wanted)
  // The round trip refuses 30 February and 24:00:00, which Date would quietly move to the next day.
  const offset = found[4] === undefined || found[4] === 'Z' ? 0 : offsetMinutes(found[4])
  const local = new Date(date.getTime() + offset * 60_000).toISOString()
  if (!local.startsWith(`${found[1]}T${found[2] ?? '00:00:00'}`)) return refuseType(value, wanted)
  return date.toISOString()
}

function offsetMinutes(text: string): number {
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(4))
  return text.startsWith('-') ? -minutes : minutes
}

/** Whether nothing can lie between the two. */
export function contradict(min: Bound, minExclusive: boolean, max: Bound, maxExclusive: boolean): boolean {
  return min > max || (min === max && (minExclusive || maxExclusive))
}
