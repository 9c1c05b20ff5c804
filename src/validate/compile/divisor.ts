import type { ColumnType } from '../../model/column.js'
import { plainNumber } from './plain-number.js'

/** Beyond it an int64 has no multiple but 0. */
const MAX_INT64 = 9_223_372_036_854_775_807n

/**
 * What the values of a column are to be divided by, so that `multipleOf` is a remainder of two numbers of one type: a
 * whole number, or a decimal with the column's scale. A bound of more digits than the column has is multiplied until it
 * has no more: the multiples of 0.125 among the hundredths are those of 0.25. Undefined when 0 is the only multiple.
 *
 * @throws RangeError for other columns and bounds, which is the compiler's bug
 */
export function divisorText(bound: number, type: ColumnType): string | undefined {
  if (!(bound > 0)) throw new RangeError(`nothing is a multiple of ${bound}`)
  const [whole = '', fraction = ''] = plainNumber(bound).split('.')
  const scale = type.kind === 'decimal' ? type.scale : 0
  // Both in units of the smaller of the two last digits.
  const unit = 10n ** BigInt(Math.max(fraction.length - scale, 0))
  const scaled = BigInt(whole + fraction) * 10n ** BigInt(Math.max(scale - fraction.length, 0))
  const divisor = scaled / gcd(scaled, unit)
  if (type.kind === 'int32' || type.kind === 'int64') return divisor > MAX_INT64 ? undefined : String(divisor)
  if (type.kind !== 'decimal') throw new RangeError(`no multiples among ${type.kind}`)
  const digits = String(divisor)
  if (digits.length > type.precision) return undefined
  if (scale === 0) return digits
  const padded = digits.padStart(scale + 1, '0')
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}

function gcd(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other]
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}
