/**
 * Decimal128 in its binary-integer-decimal form, as BSON stores it: 16 bytes, low word first.
 *
 * Sources: IEEE 754-2008 §3.5.2; MongoDB specifications, "BSON Decimal128 Type Handling in Drivers" (to-string
 * algorithm), which is that of the General Decimal Arithmetic specification.
 */

const EXPONENT_BIAS = 6176
/** The largest coefficient of 34 digits; IEEE 754 has a larger one mean zero. */
const MAX_COEFFICIENT = 10n ** 34n - 1n

interface Finite {
  readonly negative: boolean
  readonly coefficient: bigint
  readonly exponent: number
}

function decode(view: DataView, offset: number): Finite | 'NaN' | 'Infinity' | '-Infinity' {
  const top = view.getUint32(offset + 12, true)
  const negative = top >>> 31 === 1
  const combination = (top >>> 26) & 0x1f
  if (combination === 0x1f) return 'NaN'
  if (combination === 0x1e) return negative ? '-Infinity' : 'Infinity'
  // The long form has an implied leading 100 in its coefficient, which is then always beyond 34 digits.
  if (combination >>> 3 === 3) return { negative, coefficient: 0n, exponent: ((top >>> 15) & 0x3fff) - EXPONENT_BIAS }
  const exponent = ((top >>> 17) & 0x3fff) - EXPONENT_BIAS
  const high = (BigInt(top & 0x1ffff) << 32n) | BigInt(view.getUint32(offset + 8, true))
  const coefficient = (high << 64n) | view.getBigUint64(offset, true)
  return { negative, coefficient: coefficient > MAX_COEFFICIENT ? 0n : coefficient, exponent }
}

/** The number's exact text, trailing zeros and exponent as stored: `1.10`, `-0E-6176`, `1.2E+10`, `NaN`, `-Infinity`. */
export function decimal128Text(view: DataView, offset: number): string {
  const value = decode(view, offset)
  if (typeof value === 'string') return value
  const { exponent } = value
  const sign = value.negative ? '-' : ''
  const digits = value.coefficient.toString()
  const scientific = exponent + digits.length - 1
  if (exponent > 0 || scientific < -6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits[0]}${fraction}E${scientific < 0 ? '' : '+'}${scientific}`
  }
  if (exponent === 0) return sign + digits
  const point = digits.length + exponent
  return point > 0
    ? `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
    : `${sign}0.${'0'.repeat(-point)}${digits}`
}

/**
 * The number times 10^scale, for a column `decimal(precision, scale)`: `1.10` with scale 3 is 1100n. Undefined when that
 * is no whole number of at most `precision` digits, and for NaN and the infinities. What such a column does not have is
 * not kept: the sign of zero, the number of trailing zeros.
 */
export function decimal128Scaled(view: DataView, offset: number, precision: number, scale: number): bigint | undefined {
  const value = decode(view, offset)
  if (typeof value === 'string') return undefined
  if (value.coefficient === 0n) return 0n
  const shift = value.exponent + scale
  // Exponents reach ±6176: without this guard a power of that many digits would be made only to be thrown away.
  if (shift > precision || shift < -34) return undefined
  const power = 10n ** BigInt(Math.abs(shift))
  if (shift < 0 && value.coefficient % power !== 0n) return undefined
  const scaled = shift < 0 ? value.coefficient / power : value.coefficient * power
  if (scaled >= 10n ** BigInt(precision)) return undefined
  return value.negative ? -scaled : scaled
}

/**
 * Whether the sixteen bytes are those that {@link decimal128Text} reads back as: no bits beside what NaN and infinities
 * need, a coefficient of 34 digits at most, and not the long form, whose coefficient never is one.
 */
export function isCanonicalDecimal128(view: DataView, offset: number): boolean {
  const top = view.getUint32(offset + 12, true)
  const second = view.getUint32(offset + 8, true)
  const combination = (top >>> 26) & 0x1f
  if (combination >= 0x1e) {
    if (second !== 0 || view.getBigUint64(offset, true) !== 0n) return false
    return top === 0x7c00_0000 || top === 0x7800_0000 || top === 0xf800_0000
  }
  if (combination >>> 3 === 3) return false
  const high = top & 0x1ffff
  // Far below the bound, as nearly all are.
  if (high < MAX_COEFFICIENT_TOP) return true
  return ((((BigInt(high) << 32n) | BigInt(second)) << 64n) | view.getBigUint64(offset, true)) <= MAX_COEFFICIENT
}

/** Bits 96 and up of {@link MAX_COEFFICIENT}. */
const MAX_COEFFICIENT_TOP = Number(MAX_COEFFICIENT >> 96n)
