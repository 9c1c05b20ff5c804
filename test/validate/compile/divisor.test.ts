import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { divisorText } from '../../../src/validate/compile/divisor.js'

const hundredths = { kind: 'decimal', precision: 6, scale: 2 } as const

describe('the divisor of multipleOf', () => {
  it.each([
    [3, { kind: 'int32' }, '3'],
    [1e18, { kind: 'int64' }, '1000000000000000000'],
    [1e19, { kind: 'int64' }, undefined],
    [0.05, hundredths, '0.05'],
    [0.125, hundredths, '0.25'],
    [0.001, hundredths, '0.01'],
    [0.003, hundredths, '0.03'],
    [7, hundredths, '7.00'],
    [9999.99, hundredths, '9999.99'],
    [10_000, hundredths, undefined],
    [4, { kind: 'decimal', precision: 3, scale: 0 }, '4'],
    [1.5, { kind: 'decimal', precision: 3, scale: 0 }, '3'],
  ] as const)('of %d among %j is %s', (bound, type, wanted) => {
    expect(divisorText(bound, type)).toBe(wanted)
  })

  it('divides the same values as the bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: -9999, max: 9999 }), (bound, value) => {
        // The bound is in thousandths and the value in hundredths.
        const divisor = divisorText(bound / 1000, hundredths)
        const multiple = divisor === undefined ? value === 0 : value % Math.round(Number(divisor) * 100) === 0
        expect(multiple).toBe((value * 10) % bound === 0)
      }),
    )
  })

  it('refuses bounds and columns that have no multiples', () => {
    expect(() => divisorText(0, hundredths)).toThrow(RangeError)
    expect(() => divisorText(Number.NaN, hundredths)).toThrow(RangeError)
    expect(() => divisorText(1, { kind: 'double' })).toThrow(RangeError)
  })
})
