import { writeAscii } from './json-text'
import { writeInt64, writePadded } from './number-text'

const EXPONENT_BIAS: i32 = 6176
/** 10^34, which coefficients stay below. */
const COEFFICIENT_END_HIGH: u64 = 0x1ed09bead87c0
const COEFFICIENT_END_LOW: u64 = 0x378d8e6400000000
/** Digits that a coefficient has with its leading zeros: four times nine. */
const DIGITS: usize = 36
const digits: usize = heap.alloc(DIGITS)

/** The Decimal128 at `at` as src/bson/decimal128.ts has it, in quotes. @returns where the text ends */
export function writeDecimal(at: usize, to: usize): usize {
  let low = load<u64>(at)
  const top = load<u64>(at, 8)
  const combination = <i32>(top >> 58) & 0x1f
  let out = to
  store<u8>(out++, 0x22)
  if (combination == 0x1f) return writeAscii('NaN"', out)
  if (<i64>top < 0) store<u8>(out++, 0x2d)
  if (combination == 0x1e) return writeAscii('Infinity"', out)
  let high = top & 0x1ffffffffffff
  let exponent = <i32>(top >> 49) & 0x3fff
  const isLong = combination >> 3 == 3
  if (isLong) exponent = <i32>(top >> 47) & 0x3fff
  if (isLong || high > COEFFICIENT_END_HIGH || (high == COEFFICIENT_END_HIGH && low >= COEFFICIENT_END_LOW)) {
    high = 0
    low = 0
  }
  const first = spell(high, low)
  out = writeSpelled(first, digits + DIGITS - first, exponent - EXPONENT_BIAS, out)
  store<u8>(out, 0x22)
  return out + 1
}

/** The coefficient to the end of `digits`. @returns where its first digit is */
function spell(high: u64, low: u64): usize {
  let at = digits + DIGITS
  let a = high
  let b = low
  while (at > digits) {
    // All by 10^9, from the highest 32 bits on.
    const a1 = a >> 32
    let rest = a1 % 1000000000
    const a0 = (rest << 32) | (a & 0xffffffff)
    rest = a0 % 1000000000
    const b1 = (rest << 32) | (b >> 32)
    rest = b1 % 1000000000
    const b0 = (rest << 32) | (b & 0xffffffff)
    rest = b0 % 1000000000
    a = ((a1 / 1000000000) << 32) | (a0 / 1000000000)
    b = ((b1 / 1000000000) << 32) | (b0 / 1000000000)
    at -= 9
    writePadded(<u32>rest, 9, at)
    if ((a | b) == 0) break
  }
  while (load<u8>(at) == 0x30 && at < digits + DIGITS - 1) at++
  return at
}

/** MongoDB specifications, "BSON Decimal128 Type Handling in Drivers", to-string. */
function writeSpelled(first: usize, size: usize, exponent: i32, to: usize): usize {
  const scientific = exponent + <i32>size - 1
  if (exponent > 0 || scientific < -6) {
    let out = writePart(first, 1, to)
    if (size > 1) {
      store<u8>(out++, 0x2e)
      out = writePart(first + 1, size - 1, out)
    }
    store<u8>(out++, 0x45)
    if (scientific >= 0) store<u8>(out++, 0x2b)
    return writeInt64(scientific, out)
  }
  if (exponent == 0) return writePart(first, size, to)
  const point = <i32>size + exponent
  if (point > 0) {
    const out = writePart(first, point, to)
    store<u8>(out, 0x2e)
    return writePart(first + point, size - point, out + 1)
  }
  let out = writeAscii('0.', to)
  for (let zeros = -point; zeros > 0; zeros--) store<u8>(out++, 0x30)
  return writePart(first, size, out)
}

function writePart(from: usize, size: usize, out: usize): usize {
  for (let at: usize = 0; at < size; at++) store<u8>(out + at, load<u8>(from + at))
  return out + size
}
