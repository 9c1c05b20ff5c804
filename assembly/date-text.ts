import { writeAscii } from './json-text'
import { writeInt64, writePadded } from './number-text'

const MS_PER_DAY: i64 = 86400000
/** The range of ECMAScript time values, inclusive. */
const MAX_DATE_MS: i64 = 8640000000000000

/** RFC 3339 with quotes, as src/bson/date-text.ts has it; Extended JSON where that ends. @returns where the text ends */
export function writeDate(ms: i64, to: usize): usize {
  if (ms > MAX_DATE_MS || ms < -MAX_DATE_MS) {
    return writeAscii('"}}', writeInt64(ms, writeAscii('{"$date":{"$numberLong":"', to)))
  }
  let whole = ms / MS_PER_DAY
  if (whole * MS_PER_DAY > ms) whole--
  const days = <i32>whole
  const time = <i32>(ms - whole * MS_PER_DAY)

  // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
  const shifted = days + 719468
  const era = (shifted >= 0 ? shifted : shifted - 146096) / 146097
  const dayOfEra = shifted - era * 146097
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  const marchMonth = (5 * dayOfYear + 2) / 153
  const day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

  let out = to
  store<u8>(out++, 0x22)
  if (year >= 0 && year <= 9999) out = writePadded(year, 4, out)
  else {
    store<u8>(out++, year < 0 ? 0x2d : 0x2b)
    out = writePadded(abs(year), 6, out)
  }
  const seconds = time / 1000
  const minutes = seconds / 60
  out = separated(0x2d, month, 2, out)
  out = separated(0x2d, day, 2, out)
  out = separated(0x54, minutes / 60, 2, out)
  out = separated(0x3a, minutes % 60, 2, out)
  out = separated(0x3a, seconds % 60, 2, out)
  out = separated(0x2e, time % 1000, 3, out)
  store<u16>(out, 0x225a)
  return out + 2
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function separated(separator: u32, value: u32, digits: usize, out: usize): usize {
  store<u8>(out, <u8>separator)
  return writePadded(value, digits, out + 1)
}
