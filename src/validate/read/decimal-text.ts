/** Decimal digits with a sign and a point, at most: `-12.50`. */
const DECIMAL = /^([+-]?)(\d*)\.?(\d*)$/

/**
 * Negative, 0 or positive, as the first is below, equal to or above the second. Exact, whatever the number of digits.
 *
 * @param one - decimal text without exponent
 * @throws RangeError for other text
 */
export function compareDecimals(one: string, other: string): number {
  const [a, b] = [scaled(one), scaled(other)]
  const scale = Math.max(a.scale, b.scale)
  const difference = a.digits * 10n ** BigInt(scale - a.scale) - b.digits * 10n ** BigInt(scale - b.scale)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The same number in the fewest digits: `0.50` is `0.5`, `-0` is `0`. */
export function shortDecimal(text: string): string {
  const { digits, scale } = scaled(text)
  const sign = digits < 0n ? '-' : ''
  const all = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0')
  const whole = all.slice(0, all.length - scale)
  const fraction = all.slice(all.length - scale).replace(/0+$/, '')
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

function scaled(text: string): { readonly digits: bigint; readonly scale: number } {
  const found = DECIMAL.exec(text)
  const [, sign = '', whole = '', fraction = ''] = found ?? []
  if (!found || whole + fraction === '') throw new RangeError(`${text} is no decimal`)
  const digits = BigInt(whole + fraction)
  return { digits: sign === '-' ? -digits : digits, scale: fraction.length }
}
