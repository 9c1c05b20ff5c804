import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ColumnType } from '../../src/model/column.js'
import type { Rule } from '../../src/model/rule.js'
import { type Checked, column, contractOf, rule, validateRows } from './validate-rows.js'

/** Validates one column `x`; the ids are the places in the list, from 0. */
async function check(
  type: ColumnType | ColumnType['kind'],
  rules: readonly Rule[],
  values: readonly unknown[],
): Promise<Checked> {
  const rows = values.map((x, index) => ({ _id: String.fromCodePoint(97 + index), x }))
  return validateRows(await mkdtemp(join(tmpdir(), 'lf-numbers-')), contractOf([column('x', type)], rules), [rows])
}

const least = (bound: number | string, exclusive = false) => rule({ kind: 'minimum', column: ['x'], bound, exclusive })
const most = (bound: number | string, exclusive = false) => rule({ kind: 'maximum', column: ['x'], bound, exclusive })

describe('doubles', () => {
  const values = [
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    -0,
    0,
    0.1,
    0.30000000000000004,
    1,
    Number.POSITIVE_INFINITY,
    null,
  ]

  it('NaN is below every minimum and above every maximum; -0 is 0', async () => {
    const { ids, counts, violations } = await check('double', [least(0), most(0.3)], values)
    expect(ids).toEqual({ minimum: ['a', 'b'], maximum: ['a', 'f', 'g', 'h'] })
    expect(counts['minimum']).toEqual([8, 2])
    expect(violations.map(found => found.value)).toEqual([
      '"NaN"',
      '"NaN"',
      '"-Infinity"',
      '0.30000000000000004',
      '1.0',
      '"Infinity"',
    ])
  })

  it('exclusive bounds leave out the bound itself', async () => {
    const { ids } = await check('double', [least(0, true), most(0.1, true)], values)
    expect(ids).toEqual({ minimum: ['a', 'b', 'c', 'd'], maximum: ['a', 'e', 'f', 'g', 'h'] })
  })

  it('a bound is the double that its text means', async () => {
    const { ids } = await check(
      'double',
      [least(5e-324), most(1.7976931348623157e308)],
      [0, 5e-324, 1.7976931348623157e308],
    )
    expect(ids).toEqual({ minimum: ['a'], maximum: [] })
  })

  it('enum: NaN is never one of them, -0 is 0', async () => {
    const { ids } = await check('double', [rule({ kind: 'enum', column: ['x'], values: [0, 0.1] })], values)
    expect(ids['enum']).toEqual(['a', 'b', 'f', 'g', 'h'])
  })
})

describe('integers', () => {
  const big = ['-9223372036854775808', -1, 0, 1, 2, '9007199254740993', '9223372036854775807']

  it('int64 is compared and told to the digit', async () => {
    const { ids, violations } = await check('int64', [least(0), most(9007199254740991)], big)
    expect(ids).toEqual({ minimum: ['a', 'b'], maximum: ['f', 'g'] })
    expect(violations.map(found => found.value)).toEqual([
      '-9223372036854775808',
      '-1',
      '9007199254740993',
      '9223372036854775807',
    ])
  })

  it('a fraction as bound is the next whole number', async () => {
    expect((await check('int32', [least(0.5), most(1.5)], [0, 1, 2])).ids).toEqual({ minimum: ['a'], maximum: ['c'] })
    expect((await check('int32', [least(-0.5, true), most(-0.5, true)], [-1, 0])).ids).toEqual({
      minimum: ['a'],
      maximum: ['b'],
    })
  })

  it('enum', async () => {
    const { ids } = await check('int64', [rule({ kind: 'enum', column: ['x'], values: [-1, 9007199254740991] })], big)
    expect(ids['enum']).toEqual(['a', 'c', 'd', 'e', 'f', 'g'])
  })
})

describe('decimals', () => {
  const money = { kind: 'decimal', precision: 10, scale: 2 } as const

  it('are compared as decimals, and told with their scale in quotes', async () => {
    const { ids, violations } = await check(money, [least(0.1), most(1.1)], ['0.09', '0.10', '1.10', '1.11', '-5.00'])
    expect(ids).toEqual({ minimum: ['a', 'e'], maximum: ['d'] })
    expect(violations.map(found => found.value)).toEqual(['"0.09"', '"1.11"', '"-5.00"'])
  })

  it('a bound of more digits than the column has', async () => {
    const { ids } = await check(money, [least(0.105), most(0.115, true)], ['0.10', '0.11', '0.12'])
    expect(ids).toEqual({ minimum: ['a'], maximum: ['c'] })
  })

  it('hold 38 digits', async () => {
    const wide = { kind: 'decimal', precision: 38, scale: 10 } as const
    const digits = '9999999999999999999999999999.9999999999'
    const { violations } = await check(wide, [most(1e-7, true)], ['0.0000001000', '0.0000000999', digits])
    expect(violations.map(found => [found._id, found.value])).toEqual([
      ['a', '"0.0000001000"'],
      ['c', `"${digits}"`],
    ])
  })

  it('enum', async () => {
    const { ids } = await check(
      money,
      [rule({ kind: 'enum', column: ['x'], values: [0.1, 2] })],
      ['0.10', '2.00', '0.11'],
    )
    expect(ids['enum']).toEqual(['c'])
  })
})

describe('the rest', () => {
  it('timestamps are instants, also before 1970', async () => {
    const { ids, violations } = await check(
      'timestamp',
      [least('1969-12-31T23:59:59.999Z'), most('2024-01-31T00:00:00.000Z', true)],
      ['1969-12-31T23:59:59.998Z', '1969-12-31T23:59:59.999Z', '2024-01-31T01:00:00+02:00', '2024-01-31T00:00:00Z'],
    )
    expect(ids).toEqual({ minimum: ['a'], maximum: ['d'] })
    expect(violations.map(found => found.value)).toEqual(['"1969-12-31T23:59:59.998Z"', '"2024-01-31T00:00:00.000Z"'])
  })

  it('lists: their number of items, nulls included', async () => {
    const { ids, counts, violations } = await check(
      { kind: 'list', element: { kind: 'string' } },
      [rule({ kind: 'minItems', column: ['x'], bound: 1 }), rule({ kind: 'maxItems', column: ['x'], bound: 2 })],
      [[], ['a'], [null, null, 'c'], null],
    )
    expect(ids).toEqual({ minItems: ['a'], maxItems: ['c'] })
    expect(counts['minItems']).toEqual([3, 1])
    expect(violations.map(found => found.value)).toEqual(['[]', '[null,null,"c"]'])
  })

  it('booleans', async () => {
    const { ids } = await check('boolean', [rule({ kind: 'enum', column: ['x'], values: [true] })], [true, false, null])
    expect(ids['enum']).toEqual(['b'])
  })

  it('a value is cut after 200 characters, by code points', async () => {
    const { violations } = await check(
      'string',
      [rule({ kind: 'maxLength', column: ['x'], bound: 3 })],
      ['😀'.repeat(198), '😀'.repeat(199), 'x'.repeat(5000)],
    )
    expect(violations.map(found => found.value)).toEqual([
      `"${'😀'.repeat(198)}"`,
      `"${'😀'.repeat(199)}…`,
      `"${'x'.repeat(199)}…`,
    ])
  })
})
