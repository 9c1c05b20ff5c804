import { Decimal128 } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimal128Scaled, decimal128Text } from '../../src/bson/decimal128.js'
import { bytesOf, decimal } from './support/hand-made.js'

function viewOfText(text: string): DataView {
  return bytesOf([...Decimal128.fromString(text).bytes]).view
}

describe('text', () => {
  // From the specification's own examples and the traps: sign, exponent and trailing zeros stay as stored.
  it.each([
    '0',
    '-0',
    '1',
    '1.10',
    '-1.10',
    '123456789012345678901234567890.1234',
    '0.000001234',
    '0.000001',
    '1E-7',
    '1.23E-7',
    '0E+3',
    '0.000',
    '0E-7',
    '-0E-6176',
    '0E+6111',
    '1E+3',
    '1.050E+4',
    '9.999999999999999999999999999999999E+6144',
    '1E-6176',
    '9999999999999999999999999999999999',
    '-9223372036854775808',
    'NaN',
    'Infinity',
    '-Infinity',
  ])('of %s is that', text => {
    expect(decimal128Text(viewOfText(text), 0)).toBe(text)
  })

  it('agrees with the bson package for any sixteen bytes, but that a coefficient out of range is zero', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), bytes => {
        const theirs = new Decimal128(bytes).toString()
        const digits = theirs.replace(/E.*/, '').replaceAll(/[-.]/g, '').replace(/^0+/, '')
        const expected = digits.length > 34 ? /^-?0(\.0*)?(E.*)?$/ : theirs
        expect(decimal128Text(new DataView(bytes.buffer), 0)).toSatisfy((text: string) =>
          typeof expected === 'string' ? text === expected : expected.test(text),
        )
      }),
      { numRuns: 3000 },
    )
  })

  it('of a coefficient of more than 34 digits, in either form, is zero with its exponent', () => {
    expect(decimal128Text(bytesOf(decimal('3041ed09bead87c0378d8e6400000000')).view, 0)).toBe('0')
    expect(decimal128Text(bytesOf(decimal('6c100000000000000000000000000001')).view, 0)).toBe('0')
    expect(decimal128Text(bytesOf(decimal('3041ed09bead87c0378d8e63ffffffff')).view, 0)).toBe(
      '9999999999999999999999999999999999',
    )
  })

  it('of a NaN with a sign or a payload is NaN', () => {
    expect(decimal128Text(bytesOf(decimal('fc000000000000000000000000000000')).view, 0)).toBe('NaN')
    expect(decimal128Text(bytesOf(decimal('7e000000000000000000000000000012')).view, 0)).toBe('NaN')
  })

  it('is read at an offset', () => {
    expect(decimal128Text(bytesOf([1, 2, 3, ...Decimal128.fromString('2.5').bytes]).view, 3)).toBe('2.5')
  })
})

describe('scaled', () => {
  const scaled = (text: string, precision: number, scale: number) =>
    decimal128Scaled(viewOfText(text), 0, precision, scale)

  it.each([
    ['1.10', 10, 2, 110n],
    ['1.10', 10, 1, 11n],
    ['1.10', 10, 3, 1100n],
    ['-1.10', 10, 2, -110n],
    ['1E+3', 10, 2, 100_000n],
    ['0', 1, 0, 0n],
    ['-0', 1, 0, 0n],
    ['0E+6000', 1, 0, 0n],
    ['-0E-6176', 38, 38, 0n],
    ['9.99', 3, 2, 999n],
    ['9999999999999999999999999999999999', 38, 4, 99_999_999_999_999_999_999_999_999_999_999_990_000n],
  ])('%s in decimal(%i,%i) is %s', (text, precision, scale, expected) => {
    expect(scaled(text, precision, scale)).toBe(expected)
  })

  it.each([
    ['1.11', 10, 1],
    ['10.00', 3, 2],
    ['1E+6000', 38, 10],
    ['1E-6000', 38, 10],
    ['1E-39', 38, 38],
    ['9999999999999999999999999999999999', 38, 5],
    ['NaN', 38, 0],
    ['Infinity', 38, 0],
    ['-Infinity', 38, 0],
  ])('%s does not fit decimal(%i,%i)', (text, precision, scale) => {
    expect(scaled(text, precision, scale)).toBeUndefined()
  })

  it('gives back every number that the column holds', () => {
    const column = fc
      .integer({ min: 1, max: 34 })
      .chain(precision =>
        fc.tuple(
          fc.constant(precision),
          fc.integer({ min: 0, max: precision }),
          fc.bigInt({ min: 0n, max: 10n ** BigInt(precision) - 1n }),
        ),
      )
    fc.assert(
      fc.property(column, fc.boolean(), ([precision, scale, digits], negative) => {
        const number = negative ? -digits : digits
        expect(scaled(`${number}E-${scale}`, precision, scale)).toBe(number)
        expect(scaled(`${number}0E-${scale}`.replace(/^(-?\d{34})0E/, '$1E'), 38, scale)).toBe(
          digits < 10n ** 33n ? number * 10n : number,
        )
      }),
    )
  })
})
