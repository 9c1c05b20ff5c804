import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { COLUMNS_MOST, measuredColumns } from '../../src/anomaly/measured-columns.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ColumnProfile } from '../../src/model/profile.js'
import { runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { type MadeRow, makeRun } from '../validate/made-run.js'
import { column } from '../validate/validate-rows.js'
import { compareOn, profileOf } from './lake-of-runs.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-profile-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function schema(name: string): Promise<(value: unknown) => unknown> {
  const text = await readFile(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8')
  const validate = new Ajv({ strict: true }).compile(JSON.parse(text))
  return value => (validate(value) ? undefined : validate.errors)
}

const COLUMNS = [
  column('t', 'string'),
  column('n', 'int32'),
  column('big', 'int64'),
  column('x', 'double'),
  column('d', { kind: 'decimal', precision: 10, scale: 2 }),
  column('b', 'boolean'),
  column('l', { kind: 'list', element: { kind: 'string' } }),
  column('s', { kind: 'struct', fields: [column('y.z', 'int32')] }),
  column('j', 'json'),
]

describe('the profile of a run', () => {
  it('has distinct counts and means of every kind of column', async () => {
    const long = 'a'.repeat(100)
    const rows: MadeRow[] = [
      {
        _id: '1',
        t: long,
        n: 1,
        big: '9223372036854775807',
        x: 0.1,
        d: '1.10',
        b: true,
        l: ['a'],
        s: { 'y.z': 4 },
        j: '1',
      },
      { _id: '2', t: `${long}b`, n: 2, big: '9223372036854775807', x: 0.2, d: '2.20', b: true, s: { 'y.z': 4 } },
      { _id: '3', t: long, n: 4, x: 'nan', d: '-3.30', b: false },
      { _id: '4', x: 'inf' },
      { _id: '5', x: 1e300, s: {} },
    ]
    const profile = await profileOf(folder, COLUMNS, [rows.slice(0, 2), rows.slice(2)])
    expect(profile.documents).toBe(5)
    expect(Object.fromEntries(profile.columns.map(one => [one.column, one]))).toEqual({
      t: { column: 't', type: 'string', nulls: 5, distinct: 2 },
      n: { column: 'n', type: 'int32', nulls: 5, distinct: 3, numbers: 3, mean: 7 / 3, deviation: 1.25 },
      // Twice the greatest int64: a sum that no int64 holds.
      big: { column: 'big', type: 'int64', nulls: 5, distinct: 1, numbers: 2, mean: 2 ** 63, deviation: 0 },
      // 0.1 + 0.2 in decimals is 0.3; what is no number, or too large, is left out of the mean.
      x: { column: 'x', type: 'double', nulls: 5, distinct: 5, numbers: 2, mean: 0.15, deviation: 0.05 },
      d: { column: 'd', type: 'decimal(10,2)', nulls: 5, distinct: 3, numbers: 3, mean: 0, deviation: 2.38 },
      b: { column: 'b', type: 'boolean', nulls: 5, distinct: 2 },
      l: { column: 'l', type: 'list<string>', nulls: 5 },
      s: { column: 's', type: 'struct<y.z int32>', nulls: 5 },
      's.y.z': { column: 's.y.z', type: 'int32', nulls: 5, distinct: 1, numbers: 2, mean: 4, deviation: 0 },
      j: { column: 'j', type: 'json', nulls: 5 },
    })
    expect((await schema('profile'))(profile)).toBeUndefined()
  })

  it('counts what has no value by the census, and not at all where that was cut short', async () => {
    const rows: MadeRow[] = [{ _id: '1', t: 'a' }, { _id: '2' }, { _id: '3' }]
    const fields = { t: { string: 1, int: 1, null: 1 }, n: { null: 2 }, s: { object: 2 }, 's.y\\.z': { int: 1 } }
    const nulls = async (census: Parameters<typeof profileOf>[3]): Promise<Record<string, number | undefined>> =>
      Object.fromEntries(
        (await profileOf(folder, COLUMNS, [rows], census ?? {})).columns.map((one: ColumnProfile) => [
          one.column,
          one.nulls,
        ]),
      )
    const whole = await nulls({ census: { documents: 3, fields, truncated: false } })
    // A value of a wrong type is one; a null is none; a field within objects is missing with its object.
    expect(whole).toMatchObject({ t: 1, n: 3, big: 3, s: 1, 's.y.z': 2 })
    const cut = await nulls({ census: { documents: 3, fields, truncated: true } })
    expect(Object.values(cut).every(count => count === undefined)).toBe(true)
  })

  it('is that of the same documents however they are spread over parts', async () => {
    const columns = [column('t', 'string'), column('x', 'double')]
    const row = fc.record({
      t: fc.constantFrom('a', 'b', 'é', ''),
      x: fc.integer({ min: -999, max: 999 }).map(n => n / 7),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), fc.nat(11), async (values, at) => {
        const rows: MadeRow[] = values.map((value, index) => ({ _id: String(index), ...value }))
        const cut = Math.min(at, rows.length - 1)
        const [inner, outer] = [join(folder, 'a'), join(folder, 'b')]
        const one = await profileOf(inner, columns, [rows])
        const two = await profileOf(outer, columns, [rows.slice(cut).toReversed(), rows.slice(0, cut)])
        expect(two).toEqual(one)
        const mean = values.reduce((sum, { x }) => sum + x, 0) / values.length
        expect(one.columns[1]?.mean).toBeCloseTo(mean, 6)
        expect(one.columns.map(({ distinct }) => distinct)).toEqual([
          new Set(values.map(({ t }) => t)).size,
          new Set(values.map(({ x }) => x)).size,
        ])
      }),
      { numRuns: 8 },
    )
  })

  it('knows names that are SQL, or its own', async () => {
    const columns = [column('lf_n0', 'int32'), column('"a" \'b\'', 'int32'), column('LF_k', 'string')]
    const profile = await profileOf(folder, columns, [[{ _id: '1', lf_n0: 3, '"a" \'b\'': 5, LF_k: 'x' }]])
    expect(profile.columns.map(({ mean, distinct }) => [mean, distinct])).toEqual([
      [3, 1],
      [5, 1],
      [undefined, 1],
    ])
  })

  it('is of no documents, too', async () => {
    expect(await profileOf(folder, [column('n', 'int32')], [])).toMatchObject({
      documents: 0,
      columns: [{ nulls: 0, distinct: 0, numbers: 0 }],
    })
  })

  it('leaves the rest of very many columns out', () => {
    const many = Array.from({ length: 500 }, (_, index) => column(`c${index}`, 'string'))
    expect(measuredColumns(many)).toHaveLength(COLUMNS_MOST)
  })
})

describe('a lake of ten runs', () => {
  it('is quiet, then calm, then tells what stands out; a profile that is missing or damaged does no harm', async () => {
    const { lake, remove } = await temporaryLake()
    try {
      const columns = [column('year', 'int32')]
      const rows = (count: number, year: number): MadeRow[] =>
        Array.from({ length: count }, (_, index) => ({ _id: String(index), year: year + (index % 5) }))
      const statuses: string[] = []
      for (let night = 0; night < 10; night++) {
        const made = await makeRun(join(folder, String(night)), columns, [rows(60 + night, 2_020)])
        statuses.push((await compareOn(lake, made, runAt(night))).status)
        if (night === 3) await lake.delete([lakeKey.report('papers', runAt(3), 'profile.json')])
        if (night === 4)
          await lake.put(lakeKey.report('papers', runAt(4), 'profile.json'), new TextEncoder().encode('{'))
      }
      // Two of the first nine are no history, so the tenth is the first with seven before it.
      expect(statuses).toEqual([...Array(9).fill('quiet'), 'calm'])
      const odd = await makeRun(join(folder, 'odd'), columns, [rows(10, 1_950)])
      const anomalies = await compareOn(lake, odd, runAt(10))
      expect(anomalies.anomalies.map(({ column, measure }) => [column, measure])).toEqual([
        ['year', 'mean'],
        ['', 'documents'],
      ])
      expect(anomalies.anomalies[0]?.history).toHaveLength(8)
      expect((await schema('anomalies'))(anomalies)).toBeUndefined()
      const stored = await lake.get(lakeKey.report('papers', runAt(10), 'anomalies.json'))
      expect(Buffer.from(stored!.body).equals(encodeJson(anomalies))).toBe(true)
    } finally {
      await remove()
    }
  })
})
