import { plainNumber } from './plain-number.js'

export interface RoundedBound {
  readonly operator: '>' | '>=' | '<' | '<='
  readonly text: string
}

/**
 * A bound for whole numbers: `> 0.5` is `>= 1`. So the comparison is between integers, and no engine has to decide how a
 * fraction and an integer meet.
 */
export function integerBound(kind: 'minimum' | 'maximum', bound: number, exclusive: boolean): RoundedBound {
  return decimalBound(kind, bound, exclusive, 0)
}

/** The same for decimals with `scale` digits behind the point, at most. */
export function decimalBound(
  kind: 'minimum' | 'maximum',
  bound: number,
  exclusive: boolean,
  scale: number,
): RoundedBound {
  const [whole = '', fraction = ''] = plainNumber(bound).split('.')
  const kept = fraction.slice(0, scale).padEnd(scale, '0')
  const exact = /^0*$/.test(fraction.slice(scale))
  const minimum = kind === 'minimum'
  if (exact) return { operator: `${minimum ? '>' : '<'}${exclusive ? '' : '='}`, text: withPoint(whole, kept) }
  // What was cut off lies towards zero: away from zero is one more of the last digit.
  const negative = whole.startsWith('-')
  const towardsZero = BigInt(`${whole.replace('-', '')}${kept}`)
  const outward = minimum === negative ? towardsZero : towardsZero + 1n
  const digits = outward.toString().padStart(scale + 1, '0')
  const text = withPoint(digits.slice(0, digits.length - scale), digits.slice(digits.length - scale))
  return { operator: minimum ? '>=' : '<=', text: negative && outward !== 0n ? `-${text}` : text }
}

function withPoint(whole: string, fraction: string): string {
  return fraction === '' ? whole : `${whole}.${fraction}`
}
