import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arrayOf, BothTexts } from '../hot/support/both-texts.js'
import * as hand from './support/hand-made.js'

const both = new BothTexts()

const doublesOf = (values: readonly number[]): Uint8Array => arrayOf(0x01, values.map(hand.float64))
const longsOf = (values: readonly bigint[]): Uint8Array => arrayOf(0x12, values.map(hand.int64))
const bits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const fromBits = (value: bigint): number => new Float64Array(new BigUint64Array([value]).buffer)[0]!

describe('doubles in linear memory', () => {
  it('are those of JavaScript: any bits, whole numbers, fractions and what is next to them', () => {
    const whole = fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(Number)
    const short = fc.tuple(fc.integer(), fc.nat(22)).map(([digits, decimals]) => digits / 10 ** decimals)
    const price = fc.tuple(fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.nat(4)).map(([n, d]) => n / 10 ** d)
    const decimal = fc
      .tuple(fc.bigInt({ min: 1n, max: 10n ** 18n }), fc.integer({ min: -345, max: 310 }))
      .map(([digits, exponent]) => Number(`${digits}e${exponent}`))
    const nextTo = fc.tuple(fc.oneof(whole, short, decimal), fc.bigInt({ min: -2n, max: 2n })).map(([value, steps]) => {
      return fromBits(BigInt.asUintN(64, new BigUint64Array(new Float64Array([value]).buffer)[0]! + steps))
    })
    const any = fc.oneof(bits.map(fromBits), fc.double(), fc.float(), whole, short, price, decimal, nextTo)
    fc.assert(
      fc.property(fc.array(any, { maxLength: 200, size: 'max' }), values => {
        expect(both.compare([doublesOf(values)])).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('are those of JavaScript at every power of two and of ten, and on both sides of them', () => {
    const powers = Array.from({ length: 2048 }, (_, exponent) => BigInt(exponent) << 52n)
    const around = (value: bigint) => [-2n, -1n, 0n, 1n, 2n, 3n].map(step => fromBits(BigInt.asUintN(64, value + step)))
    both.compare([doublesOf(powers.flatMap(around))])
    const tens = Array.from({ length: 640 }, (_, index) => Number(`1e${index - 330}`))
    const bitsOf = (value: number) => new BigUint64Array(new Float64Array([value]).buffer)[0]!
    expect(both.compare([doublesOf(tens.map(bitsOf).flatMap(around))])).toBe(0)
    // The first subnormal numbers, and the last.
    both.compare([doublesOf(Array.from({ length: 5000 }, (_, n) => fromBits(BigInt(n))))])
    both.compare([doublesOf(Array.from({ length: 5000 }, (_, n) => fromBits(2n ** 52n - BigInt(n))))])
  })

  it('are those of JavaScript where their form changes', () => {
    const values = [0, 1e21, 1e20, 123456789012345680000, 999999999999999900000, 1e-6, 1e-7, 1.5e-7, 0.000001234, 1e9]
    const more = [2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2, 2 ** 63, 2 ** 64, 1e15, 1e16, 999999999.5, 999999999.999999]
    const last = [
      0.1,
      0.3,
      1 / 3,
      5e-324,
      2.2250738585072014e-308,
      Number.MAX_VALUE,
      9.5367431640625e-7,
      4.35,
      0.5,
      8.5,
    ]
    const every = [...values, ...more, ...last, Number.POSITIVE_INFINITY, Number.NaN]
    expect(both.compare([doublesOf(every.flatMap(value => [value, -value]))])).toBe(0)
  })
})

describe('whole numbers in linear memory', () => {
  it('have all digits, on both sides of every power of two and of ten', () => {
    const powers = Array.from({ length: 64 }, (_, n) => [2n ** BigInt(n), 10n ** BigInt(n % 19)]).flat()
    const around = powers.flatMap(power => [power - 1n, power, power + 1n, -power - 1n, -power, 1n - power])
    const longs = around.map(value => BigInt.asIntN(64, value))
    expect(both.compare([longsOf(longs), arrayOf(0x11, longs.map(hand.int64))])).toBe(0)
    const ints = around.map(value => hand.int32(Number(BigInt.asIntN(32, value))))
    expect(both.compare([arrayOf(0x10, ints)])).toBe(0)
    expect(
      both.compare([
        arrayOf(
          0x10,
          Array.from({ length: 20_002 }, (_, n) => hand.int32(n - 10_001)),
        ),
      ]),
    ).toBe(0)
  })

  it('are those of JavaScript, as numbers and as timestamps', () => {
    const value = fc.tuple(bits, fc.nat(63)).map(([drawn, less]) => BigInt.asIntN(64, drawn) >> BigInt(less))
    fc.assert(
      fc.property(fc.array(value, { maxLength: 100, size: 'max' }), values => {
        expect(both.compare([longsOf(values), arrayOf(0x11, values.map(hand.int64))])).toBe(0)
      }),
    )
  })
})

describe('dates in linear memory', () => {
  const DAY = 86_400_000n
  const datesOf = (values: readonly bigint[]): Uint8Array => arrayOf(0x09, values.map(hand.int64))

  it('are those of JavaScript, over its range and beyond', () => {
    const inside = fc.bigInt({ min: -8_640_000_000_000_000n, max: 8_640_000_000_000_000n })
    const recent = fc.date({ noInvalidDate: true }).map(date => BigInt(date.getTime()))
    const any = bits.map(drawn => BigInt.asIntN(64, drawn))
    fc.assert(
      fc.property(fc.array(fc.oneof(inside, recent, any), { maxLength: 100, size: 'max' }), values => {
        expect(both.compare([datesOf(values)])).toBe(0)
      }),
      { numRuns: 200 },
    )
  })

  it('are right at the turn of every day of some centuries, and at both ends', () => {
    const ends = [8_640_000_000_000_000n, 2n ** 53n, 2n ** 63n - 2n].flatMap(end => [
      -end - 1n,
      -end,
      -end + 1n,
      end - 1n,
      end,
      end + 1n,
    ])
    expect(both.compare([datesOf(ends)])).toBe(0)
    // 1896 to 2104, the years around 0 and those around 10000.
    for (const [from, to] of [
      [-27_100n, 49_000n],
      [-720_000n, -718_000n],
      [2_932_000n, 2_934_000n],
    ] as const) {
      const turns: bigint[] = []
      for (let day = from; day < to; day++) turns.push(day * DAY - 1n, day * DAY)
      expect(both.compare([datesOf(turns)])).toBe(0)
    }
  })
})

describe('decimals in linear memory', () => {
  const decimalsOf = (values: readonly bigint[]): Uint8Array =>
    arrayOf(
      0x13,
      values.map(value => hand.decimal(value.toString(16).padStart(32, '0'))),
    )

  it('are those of JavaScript: any bits, and any digits with exponents around those that change the form', () => {
    const any = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n })
    const usual = fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 34n + 5n }), fc.nat(34), fc.integer({ min: -45, max: 4 }), fc.nat(1))
      .map(([digits, less, exponent, sign]) => {
        return (BigInt(sign) << 127n) | (BigInt(6176 + exponent) << 113n) | (digits / 10n ** BigInt(less))
      })
    fc.assert(
      fc.property(fc.array(fc.oneof(any, usual), { maxLength: 60, size: 'max' }), values => {
        expect(both.compare([decimalsOf(values)])).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  it('are right at the ends of exponents, of digits and of words', () => {
    const coefficients = [0n, 1n, 9n, 10n, 10n ** 9n - 1n, 10n ** 9n, 2n ** 32n, 2n ** 64n - 1n, 2n ** 64n, 10n ** 27n]
    const last = [10n ** 33n, 10n ** 34n - 1n, 10n ** 34n, 10n ** 34n + 2n ** 64n, 2n ** 113n - 1n]
    const exponents = [0n, 1n, 6135n, 6136n, 6142n, 6143n, 6169n, 6170n, 6171n, 6175n, 6176n, 6177n, 12287n]
    const tops = [0n, 1n << 127n]
    const finite = tops.flatMap(top =>
      exponents.flatMap(exponent => [...coefficients, ...last].map(c => top | (exponent << 113n) | c)),
    )
    // The long form, whose coefficient is none; NaN and infinities, with bits that mean nothing and without.
    const others = [0x60n, 0x6bn, 0x78n, 0x79n, 0x7cn, 0x7en, 0xf8n, 0xfcn].flatMap(top => [
      top << 120n,
      (top << 120n) | (5n << 111n) | 7n,
    ])
    expect(both.compare([decimalsOf([...finite, ...others])])).toBe(0)
  })
})
