import { powerOfTen } from './powers-of-ten'

/**
 * The shortest decimal that reads back as a double, and of those the closest: Raffaello Giulietti, "The Schubfach way to
 * render doubles", in the form of Alexander Bolz's Drachennest.
 */

let exponent: i32 = 0

/** Power of ten that the digits which were told last are to be multiplied with. */
export function exponentOf(): i32 {
  return exponent
}

/** @param value - finite, above zero. @returns its digits, which may end in zeros */
export function shortestDecimal(value: f64): u64 {
  const bits = reinterpret<u64>(value)
  const fraction = bits & 0xfffffffffffff
  const biased = <i32>(bits >> 52)
  const c: u64 = biased == 0 ? fraction : fraction | 0x10000000000000
  const q = biased == 0 ? -1074 : biased - 1075
  // Borders of the interval that reads back as the value belong to it when that is even.
  const odd = c & 1
  const isLowerCloser = fraction == 0 && biased > 1
  const k = (q * 1262611 - (isLowerCloser ? 524031 : 0)) >> 22
  const h = q + ((-k * 1741647) >> 19) + 1
  const power = powerOfTen(-k)
  const vbl = roundToOdd(power, (4 * c - 2 + (isLowerCloser ? 1 : 0)) << h)
  const vb = roundToOdd(power, (4 * c) << h)
  const vbr = roundToOdd(power, (4 * c + 2) << h)
  const lower = vbl + odd
  const upper = vbr - odd
  const s = vb >> 2
  if (s >= 10) {
    const tenth = s / 10
    const isBelow = lower <= 40 * tenth
    const isAbove = 40 * tenth + 40 <= upper
    if (isBelow != isAbove) {
      exponent = k + 1
      return tenth + (isAbove ? 1 : 0)
    }
  }
  exponent = k
  const isBelow = lower <= 4 * s
  const isAbove = 4 * s + 4 <= upper
  if (isBelow != isAbove) return s + (isAbove ? 1 : 0)
  const middle = 4 * s + 2
  return s + (vb > middle || (vb == middle && (s & 1) != 0) ? 1 : 0)
}

/** The product of both without its low 128 bits, the last bit set when these were not nothing. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function roundToOdd(power: usize, factor: u64): u64 {
  const carried = highOf(load<u64>(power, 8), factor)
  const high = load<u64>(power)
  const low = high * factor + carried
  return (highOf(high, factor) + (low < carried ? 1 : 0)) | (low > 1 ? 1 : 0)
}

/** The upper 64 bits of the product. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function highOf(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff
  const a1 = a >> 32
  const b0 = b & 0xffffffff
  const b1 = b >> 32
  const low = a0 * b0
  const one = a1 * b0 + (low >> 32)
  const other = a0 * b1 + (one & 0xffffffff)
  return a1 * b1 + (one >> 32) + (other >> 32)
}
