import { writeAscii } from './json-text'
import { writeInt64, writePadded, writeUint64 } from './number-text'
import { exponentOf, shortestDecimal } from './shortest-decimal'

/** With nine digits before the point that makes 15; below 10^-6 ECMAScript writes an exponent. */
const MAX_DECIMALS: usize = 6
const POWER: u32 = 1000000

/** As src/bson/double-text.ts has it; what is no number, in quotes. @returns where the text ends */
export function writeDouble(value: f64, to: usize): usize {
  const size = abs(value)
  // As far as whole numbers are all exact. Also not for NaN.
  if (size < 9007199254740992) {
    if (floor(size) == size) {
      // By its bits, as -0 has a sign, too.
      const out = writeUint64(<u64>size, writeSign(value, to))
      store<u16>(out, 0x302e)
      return out + 2
    }
    const out = writeShortFraction(value, size, to)
    if (out != 0) return out
  }
  if (size != size) return writeAscii('"NaN"', to)
  if (size == Infinity) return writeAscii(value < 0 ? '"-Infinity"' : '"Infinity"', to)
  return writeGeneral(size, writeSign(value, to))
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function writeSign(value: f64, to: usize): usize {
  store<u8>(to, 0x2d)
  return to + <usize>(reinterpret<u64>(value) >> 63)
}

/**
 * Numbers with few decimals; 0 for others. One look at the most decimals tells: what has fewer is the same fraction with zeros
 * at its end, and below 10^15 it is off by less than a quarter when it is made whole.
 */
function writeShortFraction(value: f64, size: f64, to: usize): usize {
  if (!(size < 1e9)) return 0
  const scaled = nearest(size * POWER)
  if (scaled / POWER != size) return 0
  const whole = <u64>scaled / POWER
  let fraction = <u32>(<u64>scaled - whole * POWER)
  let decimals = MAX_DECIMALS
  // Not nothing, as whole numbers are not asked for.
  while (fraction % 10 == 0) {
    fraction /= 10
    decimals--
  }
  const out = writeUint64(whole, writeSign(value, to))
  store<u8>(out, 0x2e)
  return writePadded(fraction, decimals, out + 1)
}

/** Digits and exponent in the form that ECMAScript gives them (ECMA-262, Number::toString), with `.0` after whole numbers. */
function writeGeneral(size: f64, to: usize): usize {
  let digits = shortestDecimal(size)
  let exponent = exponentOf()
  while (digits % 10 == 0) {
    digits /= 10
    exponent++
  }
  // One to the right, for the point to come between.
  const end = writeUint64(digits, to + 1)
  const count = <i32>(end - to - 1)
  const point = count + exponent
  if (point > 21 || point <= -6) {
    store<u8>(to, load<u8>(to + 1))
    let out = to + 1
    if (count > 1) {
      store<u8>(out, 0x2e)
      out = end
    }
    store<u8>(out, 0x65)
    store<u8>(out, point > 0 ? 0x2b : 0x2d, 1)
    return writeInt64(abs(point - 1), out + 2)
  }
  if (point <= 0) {
    const zeros = <usize>-point
    memory.copy(to + 2 + zeros, to + 1, count)
    store<u16>(to, 0x2e30)
    memory.fill(to + 2, 0x30, zeros)
    return to + 2 + zeros + count
  }
  if (exponent >= 0) {
    memory.copy(to, to + 1, count)
    memory.fill(to + count, 0x30, exponent)
    store<u16>(to + point, 0x302e)
    return to + point + 2
  }
  for (let at: usize = 0; at < <usize>point; at++) store<u8>(to + at, load<u8>(to + at + 1))
  store<u8>(to + point, 0x2e)
  return end
}
