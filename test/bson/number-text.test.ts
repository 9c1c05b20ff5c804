import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteSink } from '../../src/bson/byte-sink.js'
import { doubleText, writeDouble } from '../../src/bson/double-text.js'
import { writeInt64, writeInteger } from '../../src/bson/number-text.js'
import { expectedDouble } from './support/expected-json.js'
import { bytesOf, int64 } from './support/hand-made.js'

function textOf(write: (sink: ByteSink) => void): string {
  const sink = new ByteSink(1)
  write(sink)
  return Buffer.from(sink.view()).toString()
}

describe('integers', () => {
  it('are written digit for digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(62), (number, shift) => {
        for (const value of [number, number >> BigInt(shift)]) {
          expect(textOf(sink => writeInt64(sink, bytesOf(int64(value)).view, 0))).toBe(value.toString())
        }
      }),
      { numRuns: 2000 },
    )
  })

  it('are right around every power of ten and of two', () => {
    const powers = [
      ...Array.from({ length: 19 }, (_, n) => 10n ** BigInt(n)),
      ...Array.from({ length: 63 }, (_, n) => 2n ** BigInt(n)),
    ]
    for (const power of powers) {
      for (const value of [power - 1n, power, power + 1n, 1n - power, -power, -power - 1n]) {
        expect(textOf(sink => writeInt64(sink, bytesOf(int64(value)).view, 0))).toBe(value.toString())
        if (value >= -(2n ** 53n) && value <= 2n ** 53n) {
          expect(textOf(sink => writeInteger(sink, Number(value)))).toBe(value.toString())
        }
      }
    }
  })
})

describe('doubles', () => {
  it.each([
    [1, '1.0'],
    [0, '0.0'],
    [-0, '-0.0'],
    [-1, '-1.0'],
    [0.1, '0.1'],
    [1.5, '1.5'],
    [-2.25, '-2.25'],
    [1e21, '1e+21'],
    [1e20, '100000000000000000000.0'],
    [1e-7, '1e-7'],
    [0.000001, '0.000001'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [2 ** 53, '9007199254740992.0'],
    [2 ** 31, '2147483648.0'],
    [0.30000000000000004, '0.30000000000000004'],
    [999999999.999999, '999999999.999999'],
    [1e9 + 0.5, '1000000000.5'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('%d is %s', (value, text) => {
    expect(doubleText(value)).toBe(text)
    expect(textOf(sink => writeDouble(sink, value))).toBe(text)
  })

  it('have the shortest text that reads back, whichever way it was made', () => {
    const fewDecimals = fc
      .tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.nat(9))
      .map(([digits, decimals]) => digits / 10 ** decimals)
    const nearlyFew = fewDecimals.map(value => value + 2 ** -40)
    fc.assert(
      fc.property(fc.oneof(fc.double(), fewDecimals, nearlyFew), value => {
        const text = textOf(sink => writeDouble(sink, value))
        expect(text).toBe(expectedDouble(value).replaceAll('"', ''))
        expect(text).toBe(doubleText(value))
        expect(Object.is(Number(text), value)).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })
})
