import {
  Binary,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
  UUID,
} from 'bson'
import { describe, expect, it } from 'vitest'
import { ParquetPart } from '../../src/bson/parquet-part.js'
import { viewOf } from '../../src/bson/walk.js'
import type { ColumnType } from '../../src/model/column.js'
import { type Cell, queryWithDuckDb } from '../parquet/read-back.js'
import { partOf } from './parquet-part-bytes.js'

/** What a column of the type has for each value: `undefined` where the value is a misfit. */
async function cellsOf(type: ColumnType, values: readonly unknown[]): Promise<(Cell | undefined)[]> {
  const part = partOf(
    values.map(f => ({ f })),
    { columns: [{ name: 'f', type }] },
  )
  const rows = await queryWithDuckDb(part, 'SELECT * FROM part')
  for (const { _extra } of rows) expect(_extra).toBeNull()
  return rows.map(({ f, _misfit }) => {
    expect(_misfit === null).toBe(f !== null)
    return _misfit === null ? f : undefined
  })
}

/** One of each type, none of which is held by a column of another unless a test says so. */
const oneOfEach = {
  string: 'text',
  int: new Int32(7),
  long: Long.fromString('9007199254740993'),
  double: new Double(1.5),
  bool: true,
  date: new Date(1234),
  decimal: Decimal128.fromString('1.25'),
  objectId: new ObjectId('65f0c0ffee65f0c0ffee0001'),
  array: [],
  object: {},
  symbol: new BSONSymbol('s'),
  code: new Code('c'),
  binary: new Binary(new Uint8Array(12)),
  uuid: new UUID('00112233-4455-6677-8899-aabbccddeeff'),
  timestamp: new Timestamp({ t: 1, i: 2 }),
  regex: /a/i,
  minKey: new MinKey(),
  maxKey: new MaxKey(),
}

describe('a column takes of all BSON types only', () => {
  it.each<[ColumnType, string[]]>([
    [{ kind: 'string' }, ['string']],
    [{ kind: 'int32' }, ['int']],
    [{ kind: 'int64' }, ['int', 'long']],
    [{ kind: 'double' }, ['int', 'double']],
    [{ kind: 'boolean' }, ['bool']],
    [{ kind: 'timestamp' }, ['date']],
    [{ kind: 'decimal', precision: 38, scale: 2 }, ['int', 'long', 'decimal']],
    [{ kind: 'objectId' }, ['objectId']],
    [{ kind: 'list', element: { kind: 'string' } }, ['array']],
    [{ kind: 'struct', fields: [{ name: 'x', type: { kind: 'string' } }] }, ['object']],
    [{ kind: 'json' }, Object.keys(oneOfEach)],
  ])('%j: %j', async (type, taken) => {
    const cells = await cellsOf(type, Object.values(oneOfEach))
    expect(Object.keys(oneOfEach).filter((_, index) => cells[index] !== undefined)).toEqual(taken)
  })
})

it('undefined is no null: only a json column takes it', async () => {
  for (const kind of ['string', 'json'] as const) {
    const part = new ParquetPart({ columns: [{ name: 'f', type: { kind } }] })
    // The bson package no longer writes the type.
    const bytes = new Uint8Array(serialize({ f: null }))
    bytes[4] = 0x06
    part.add(bytes, viewOf(bytes), 0, bytes.length)
    const [row] = await queryWithDuckDb(part.finish(), 'SELECT f, _misfit FROM part')
    expect(row).toEqual(
      kind === 'json' ? { f: '{"$undefined":true}', _misfit: null } : { f: null, _misfit: '{"f":{"$undefined":true}}' },
    )
  }
})

describe('numbers', () => {
  const long = (text: string) => Long.fromString(text)

  it('of 64 bits keep every digit', async () => {
    const texts = ['9007199254740993', '-9007199254740993', '9223372036854775807', '-9223372036854775808', '-1', '0']
    expect(await cellsOf({ kind: 'int64' }, texts.map(long))).toEqual(texts.map(BigInt))
    expect(await cellsOf({ kind: 'int64' }, [new Int32(-1), new Int32(2 ** 31 - 1), new Int32(-(2 ** 31))])).toEqual([
      -1n,
      2147483647n,
      -2147483648n,
    ])
  })

  it('of 64 bits go into a double column only when they are exact', async () => {
    const cells = await cellsOf({ kind: 'double' }, [
      long('9007199254740992'),
      long('9007199254740993'),
      long('-9007199254740992'),
      long('-9007199254740993'),
      long('9007199254740994'),
      long('9223372036854775807'),
      long('-9223372036854775808'),
      long('4611686018427387904'),
    ])
    expect(cells).toEqual([2 ** 53, undefined, -(2 ** 53), undefined, 2 ** 53 + 2, undefined, -(2 ** 63), 2 ** 62])
  })

  it('that are doubles keep their sign of zero, infinities and NaN', async () => {
    const doubles = [-0, 0, Number.NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308]
    expect(
      await cellsOf(
        { kind: 'double' },
        doubles.map(value => new Double(value)),
      ),
    ).toEqual(doubles)
  })

  it('that are doubles never become integers, whole or not', async () => {
    expect(await cellsOf({ kind: 'int64' }, [new Double(1)])).toEqual([undefined])
    expect(await cellsOf({ kind: 'int32' }, [new Double(3e9), long('5')])).toEqual([undefined, undefined])
  })

  it.each([9, 18, 38])('go into decimals of %i digits when every digit has a place', async precision => {
    const most = '9'.repeat(precision - 2)
    const cells = await cellsOf({ kind: 'decimal', precision, scale: 2 }, [
      ...['1.10', '1', '-0.01', '1E+2', '1.001', '1.100', '-0E-6176', 'NaN', '-Infinity', '1E+6111'].map(text =>
        Decimal128.fromString(text),
      ),
      new Int32(-7),
      long(most.slice(0, 18)),
      Decimal128.fromString(`1E+${precision - 2}`),
      Decimal128.fromString(`-9E+${precision - 3}`),
    ])
    expect(cells).toEqual([
      '1.10',
      '1.00',
      '-0.01',
      '100.00',
      undefined,
      '1.10',
      '0.00',
      undefined,
      undefined,
      undefined,
      '-7.00',
      `${most.slice(0, 18)}.00`,
      undefined,
      `-9${'0'.repeat(precision - 3)}.00`,
    ])
  })

  it('that a decimal has too few digits for are misfits', async () => {
    const ints = [new Int32(9), new Int32(10), new Int32(-9), new Int32(-10), long('-9223372036854775808')]
    expect(await cellsOf({ kind: 'decimal', precision: 1, scale: 0 }, ints)).toEqual([
      '9',
      undefined,
      '-9',
      undefined,
      undefined,
    ])
  })
})

describe('dates', () => {
  /** Beyond what `Date` can hold, so the bson package can't make them. */
  async function partOfDates(times: readonly bigint[]) {
    const part = new ParquetPart({ columns: [{ name: 'f', type: { kind: 'timestamp' } }] })
    for (const ms of times) {
      const bytes = new Uint8Array(serialize({ f: new Date(0) }))
      viewOf(bytes).setBigInt64(7, ms, true)
      part.add(bytes, viewOf(bytes), 0, bytes.length)
    }
    return part.finish()
  }

  it('before 1970 and after 9999 are held to the millisecond', async () => {
    const times = [0n, -1n, -62135596800001n, 253402300800000n, 8640000000000000n, -8640000000000000n]
    const rows = await queryWithDuckDb(await partOfDates(times), 'SELECT f, _misfit FROM part')
    expect(rows).toEqual(times.map(ms => ({ f: `${ms} ms`, _misfit: null })))
  })

  it('beyond what every reader holds as microseconds are misfits, whole', async () => {
    const times = [8640000000000001n, -8640000000000001n, 2n ** 63n - 1n, -(2n ** 63n)]
    const rows = await queryWithDuckDb(await partOfDates(times), 'SELECT f, _misfit FROM part')
    expect(rows).toEqual(times.map(ms => ({ f: null, _misfit: `{"f":{"$date":{"$numberLong":"${ms}"}}}` })))
  })
})

describe('text', () => {
  it('keeps NULs, and code points of every length, and 16 MB', async () => {
    const texts = ['', 'a\0b', '\0', 'é', '€', '😀', 'x'.repeat(16 * 1024 * 1024 - 100)]
    expect(await cellsOf({ kind: 'string' }, texts)).toEqual(texts)
  })

  it('of a json column is that of _extra', async () => {
    const values = [
      1,
      new Double(1),
      Decimal128.fromString('1.10'),
      { a: [null, { $numberLong: '5' }] },
      '',
      new Date(0),
    ]
    expect(await cellsOf({ kind: 'json' }, values)).toEqual([
      '1',
      '1.0',
      '"1.10"',
      '{"a":[null,{"$numberLong":"5"}]}',
      '""',
      '"1970-01-01T00:00:00.000Z"',
    ])
  })
})
