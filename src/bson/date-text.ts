import type { ByteSink } from './byte-sink.js'
import { writePadded } from './number-text.js'

const MS_PER_DAY = 86_400_000
/** The range of ECMAScript time values, inclusive, in milliseconds either side of 1970. */
export const MAX_DATE_MS = 8.64e15

/**
 * RFC 3339 in UTC with milliseconds, `2024-01-05T10:00:00.000Z`; years outside 0 to 9999 in the expanded form of
 * ISO 8601, `+010000-…` and `-000001-…`. The same text as `Date.prototype.toISOString`, without a Date.
 *
 * @param ms - whole milliseconds since 1970, within {@link MAX_DATE_MS}
 */
export function writeIsoDate(sink: ByteSink, ms: number): void {
  sink.reserve(27)
  const days = Math.floor(ms / MS_PER_DAY)
  const time = ms - days * MS_PER_DAY

  // Days to year, month and day: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = (shifted - era * 146_097) | 0
  const yearOfEra =
    ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) | 0
  const dayOfYear = dayOfEra - (365 * yearOfEra + ((yearOfEra / 4) | 0) - ((yearOfEra / 100) | 0))
  const marchMonth = ((5 * dayOfYear + 2) / 153) | 0
  const day = dayOfYear - (((153 * marchMonth + 2) / 5) | 0) + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

  if (year >= 0 && year <= 9999) writePadded(sink, year, 4)
  else {
    sink.bytes[sink.length++] = year < 0 ? 0x2d : 0x2b
    writePadded(sink, Math.abs(year), 6)
  }
  separated(sink, 0x2d, month, 2)
  separated(sink, 0x2d, day, 2)
  separated(sink, 0x54, (time / 3_600_000) | 0, 2)
  separated(sink, 0x3a, ((time / 60_000) | 0) % 60, 2)
  separated(sink, 0x3a, ((time / 1000) | 0) % 60, 2)
  separated(sink, 0x2e, time % 1000, 3)
  sink.bytes[sink.length++] = 0x5a
}

function separated(sink: ByteSink, separator: number, value: number, digits: number): void {
  sink.bytes[sink.length++] = separator
  writePadded(sink, value, digits)
}

/** Milliseconds of the BSON date at `offset`; inexact only beyond 2^53, which is beyond {@link MAX_DATE_MS} too. */
export function dateMs(view: DataView, offset: number): number {
  return view.getInt32(offset + 4, true) * 0x1_0000_0000 + view.getUint32(offset, true)
}
