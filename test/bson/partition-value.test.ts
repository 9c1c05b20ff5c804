import { Double, Int32, Long, ObjectId, serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PartitionValueReader } from '../../src/bson/partition-value.js'
import { viewOf } from '../../src/bson/walk.js'
import type { ColumnType } from '../../src/model/column.js'
import type { DatePart } from '../../src/model/part-options.js'
import { anyBson } from './support/any-bson.js'
import * as hand from './support/hand-made.js'

type Kind = Exclude<ColumnType['kind'], 'decimal' | 'list' | 'struct'>

function partitionValue(kind: Kind, bson: Uint8Array | hand.Bytes, date?: DatePart): string | null {
  // In the middle of others, as in a block.
  const bytes = Uint8Array.from([
    ...hand.document(),
    ...bson,
    ...hand.document(hand.element(0x02, 'f', hand.string('no'))),
  ])
  return new PartitionValueReader({ name: 'f', type: { kind } }, date).read(bytes, viewOf(bytes), 5)
}

const of = (kind: Kind, value: unknown, date?: DatePart) =>
  partitionValue(kind, serialize({ a: 'f', f: value, z: 1 }), date)

describe('the value', () => {
  it.each([
    ['string', 'Zürich / 7', 'Zürich / 7'],
    ['string', '', null],
    ['string', new Int32(1), null],
    ['int32', new Int32(-7), '-7'],
    ['int32', Long.fromNumber(7), null],
    ['int64', new Int32(7), '7'],
    ['int64', Long.fromString('9007199254740993'), '9007199254740993'],
    ['int64', new Double(7), null],
    ['boolean', true, 'true'],
    ['boolean', false, 'false'],
    ['boolean', 'true', null],
    ['objectId', new ObjectId('5f9d88c1a2b3c4d5e6f70819'), '5f9d88c1a2b3c4d5e6f70819'],
    ['objectId', '5f9d88c1a2b3c4d5e6f70819', null],
    ['string', null, null],
  ] as const)('of a column %s with %s is %s', (kind, value, expected) => {
    expect(of(kind, value)).toBe(expected)
  })

  it('is null where the field is missing, or only nested or a longer name', () => {
    for (const document of [{}, { a: { f: 'x' } }, { ff: 'x' }, { F: 'x' }, { '': 'f' }])
      expect(partitionValue('string', serialize(document))).toBeNull()
  })

  it('is found behind fields of every type', () => {
    const bytes = hand.document(...hand.EVERY_TYPE, hand.element(0x02, 'f', hand.string('here')))
    expect(partitionValue('string', bytes)).toBe('here')
  })

  it('is null for whatever is no string, in any document', () => {
    fc.assert(
      fc.property(anyBson, fc.option(fc.string({ minLength: 1 })), (inner, text) => {
        const rest = hand.element(0x03, 'o', [...inner])
        const document =
          text === null ? hand.document(rest) : hand.document(rest, hand.element(0x02, 'f', hand.string(text)))
        expect(partitionValue('string', document)).toBe(text)
      }),
    )
  })
})

describe('a date', () => {
  it('is cut in UTC', () => {
    const at = new Date('2024-01-05T23:59:59.999Z')
    expect(of('timestamp', at, 'day')).toBe('2024-01-05')
    expect(of('timestamp', at, 'month')).toBe('2024-01')
    expect(of('timestamp', at, 'year')).toBe('2024')
    expect(of('timestamp', new Date(-1), 'day')).toBe('1969-12-31')
  })

  it('has a sign and six digits of the year beyond 9999 and before 0, and is null beyond ±8.64e15', () => {
    expect(of('timestamp', new Date(253_402_300_800_000), 'month')).toBe('+010000-01')
    expect(of('timestamp', new Date(-62_198_755_200_000), 'year')).toBe('-000001')
    const date = (ms: bigint) =>
      partitionValue('timestamp', hand.document(hand.element(0x09, 'f', hand.int64(ms))), 'day')
    expect(date(8_640_000_000_000_000n)).toBe('+275760-09-13')
    expect(date(8_640_000_000_000_001n)).toBeNull()
    expect(date(-(2n ** 63n))).toBeNull()
  })

  it('agrees with Date for any', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), fc.constantFrom('day', 'month', 'year'), (at, part) => {
        const [year, month, day] = [at.getUTCFullYear(), at.getUTCMonth() + 1, at.getUTCDate()]
        const pad = (number: number, digits = 2) => String(Math.abs(number)).padStart(digits, '0')
        const y = year < 0 || year > 9999 ? `${year < 0 ? '-' : '+'}${pad(year, 6)}` : pad(year, 4)
        const expected = { day: `${y}-${pad(month)}-${pad(day)}`, month: `${y}-${pad(month)}`, year: y }
        expect(of('timestamp', at, part as DatePart)).toBe(expected[part as DatePart])
      }),
    )
  })
})
