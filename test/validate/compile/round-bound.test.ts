import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainNumber } from '../../../src/validate/compile/plain-number.js'
import { decimalBound, integerBound } from '../../../src/validate/compile/round-bound.js'

describe('a bound for whole numbers', () => {
  it.each([
    ['minimum', 0.5, false, '>= 1'],
    ['minimum', 0.5, true, '>= 1'],
    ['minimum', -0.5, false, '>= 0'],
    ['minimum', -1.5, true, '>= -1'],
    ['minimum', 2, true, '> 2'],
    ['minimum', 2, false, '>= 2'],
    ['maximum', 0.5, false, '<= 0'],
    ['maximum', -0.5, false, '<= -1'],
    ['maximum', -1.5, true, '<= -2'],
    ['maximum', 1e-7, false, '<= 0'],
    ['maximum', 9007199254740991, true, '< 9007199254740991'],
  ] as const)('%s %d, exclusive %s: %s', (kind, bound, exclusive, wanted) => {
    const { operator, text } = integerBound(kind, bound, exclusive)
    expect(`${operator} ${text}`).toBe(wanted)
  })

  it('decides as the bound itself would', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('minimum' as const, 'maximum' as const),
        fc.integer({ min: -400, max: 400 }).map(n => n / 100),
        fc.boolean(),
        fc.nat(3),
        fc.integer({ min: -5000, max: 5000 }),
        (kind, bound, exclusive, scale, digits) => {
          const { operator, text } = decimalBound(kind, bound, exclusive, scale)
          expect((text.split('.')[1] ?? '').length).toBeLessThanOrEqual(scale)
          // Thousandths are whole numbers here, so that nothing is rounded.
          const value = digits * 10 ** (3 - scale)
          const [mine, theirs] = [Math.round(Number(text) * 1000), Math.round(bound * 1000)]
          const holds = { '>': value > mine, '>=': value >= mine, '<': value < mine, '<=': value <= mine }[operator]
          const wanted =
            kind === 'minimum'
              ? exclusive
                ? value > theirs
                : value >= theirs
              : exclusive
                ? value < theirs
                : value <= theirs
          expect(holds).toBe(wanted)
        },
      ),
    )
  })
})

it('writes any number without an exponent', () => {
  expect([1e-7, 1.5e-10, 1e21, 1.25e22, -0.5, 100, 5e-324].map(plainNumber).slice(0, 6)).toEqual([
    '0.0000001',
    '0.00000000015',
    '1000000000000000000000',
    '12500000000000000000000',
    '-0.5',
    '100',
  ])
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), n => Number(plainNumber(n)) === n))
})
