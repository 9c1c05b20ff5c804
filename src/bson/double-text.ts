import type { ByteSink } from './byte-sink.js'
import { writeInteger, writePadded } from './number-text.js'

/**
 * The shortest text that reads back as the same double (ECMA-262, Number::toString), with a `.` or an `e` in it, so that
 * `1.0` is not taken for an integer: `1.0`, `-0.0`, `1e+21`, `5e-324`. `NaN`, `Infinity` and `-Infinity` by name.
 */
export function doubleText(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  const text = String(value)
  // Whole numbers from 1e21 on have their `e` already.
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${text}.0` : text
}

/** Writes {@link doubleText}. JSON has no NaN and no infinities: the caller quotes those. */
export function writeDouble(sink: ByteSink, value: number): void {
  // Scores and counts kept as doubles are nearly always small whole numbers. -0 compares equal to 0 and is not one.
  if (value === (value | 0) && (value !== 0 || Object.is(value, 0))) {
    writeInteger(sink, value)
    sink.ascii('.0')
  } else if (!writeShortFraction(sink, value)) sink.ascii(doubleText(value))
}

/**
 * Prices, ratings, shares: numbers with few decimals, at a twentieth of the cost of the general way. When a whole number
 * divided by a power of ten gives the double again, that decimal reads back as it; with at most 15 digits there is no
 * other one so short (every decimal of 15 digits survives a double), so it is the shortest text.
 */
function writeShortFraction(sink: ByteSink, value: number): boolean {
  const size = Math.abs(value)
  if (!(size < 1e9)) return false
  for (let decimals = 1, power = 10; decimals <= MAX_DECIMALS; decimals++, power *= 10) {
    const scaled = Math.round(size * power)
    if (scaled / power !== size) continue
    if (scaled === 0) return false
    const whole = Math.floor(scaled / power)
    if (value < 0) sink.byte(0x2d)
    writeInteger(sink, whole)
    sink.byte(0x2e)
    sink.reserve(MAX_DECIMALS)
    writePadded(sink, scaled - whole * power, decimals)
    return true
  }
  return false
}

/** With nine digits before the point that makes 15; below 10^-6 ECMAScript writes an exponent. */
const MAX_DECIMALS = 6
