import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareDecimals, shortDecimal } from '../../../src/validate/read/decimal-text.js'
import { isWithin, ownNumber } from '../../../src/validate/read/own-number.js'

describe('what a query of a contract’s own gave', () => {
  it.each([
    // DuckDB's words, then Spark's.
    ['HUGEINT', '170141183460469231731687303715884105727', '170141183460469231731687303715884105727'],
    ['decimal(38,2)', '-0.50', '-0.5'],
    ['DECIMAL(3,1)', '-0.0', '0'],
    ['bigint', '42', '42'],
    ['DOUBLE', '10000000.0', '10000000'],
    ['double', '1.0E7', '10000000'],
    ['DOUBLE', 'inf', 'Infinity'],
    ['double', '-Infinity', '-Infinity'],
    ['DOUBLE', 'nan', 'NaN'],
    ['double', 'NaN', 'NaN'],
    ['double', '-0.0', '0'],
    ['float', '2.5', '2.5'],
  ])('%s %s is %s', (type, value, text) => {
    expect(ownNumber([type, value])).toEqual({ kind: 'number', text })
  })

  it.each(['VARCHAR', 'boolean', 'DATE', 'interval year', 'INTEGER[]', 'struct<int:int>'])('%s is no number', type => {
    expect(ownNumber([type, '1'])).toEqual({ kind: 'other', type: type.toLowerCase() })
  })

  it('NULL is none, whatever its type', () => {
    expect(ownNumber(['"NULL"', null])).toEqual({ kind: 'none' })
  })
})

it('a double is held to a bound as doubles are', () => {
  const double = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0.1, 0.30000000000000004, 5e-324, 1e21, -1e300))
  fc.assert(
    fc.property(double, double.filter(Number.isFinite), (value, bound) => {
      const found = ownNumber(['double', String(value)])
      const text = found.kind === 'number' ? found.text : ''
      const is = (operator: 'equal' | 'notEqual' | 'above' | 'atLeast' | 'below' | 'atMost'): boolean =>
        isWithin(text, [{ operator, value: bound }])
      expect([is('equal'), is('notEqual')]).toEqual([value === bound, value !== bound])
      expect([is('above'), is('atLeast')]).toEqual([value > bound, value >= bound])
      expect([is('below'), is('atMost')]).toEqual([value < bound, value <= bound])
    }),
  )
})

describe('decimals as text', () => {
  const digits = fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n })
  const scaled = (value: bigint, scale: number): string => {
    const all = String(value < 0n ? -value : value).padStart(scale + 1, '0')
    const point = all.length - scale
    return `${value < 0n ? '-' : ''}${all.slice(0, point)}${scale === 0 ? '' : `.${all.slice(point)}`}`
  }

  it('compare as the numbers do, whatever their scale', () => {
    fc.assert(
      fc.property(digits, digits, fc.nat(10), fc.nat(10), (one, other, a, b) => {
        const [left, right] = [one * 10n ** BigInt(b), other * 10n ** BigInt(a)]
        expect(Math.sign(compareDecimals(scaled(one, a), scaled(other, b)))).toBe(
          left < right ? -1 : left > right ? 1 : 0,
        )
      }),
    )
  })

  it('have one shortest text', () => {
    fc.assert(
      fc.property(digits, fc.nat(10), (value, scale) => {
        const short = shortDecimal(scaled(value * 10n, scale + 1))
        expect(short).toBe(shortDecimal(scaled(value, scale)))
        expect(compareDecimals(short, scaled(value, scale))).toBe(0)
        expect(short).not.toMatch(/\.\d*0$|\.$|^-0$/)
      }),
    )
  })
})
