import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Decimal128, Double, Int32, Long, ObjectId } from 'bson'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import type { Column } from '../../src/model/column.js'
import type { Statement } from '../../src/ports/query-engine.js'
import { partOf } from '../bson/parquet-part-bytes.js'
import { makeRun, putParts } from '../validate/made-run.js'
import { column } from '../validate/validate-rows.js'
import { COLUMNS, COUNT, DuckDbRuns, ROWS, remote } from './duckdb-runs.js'

let folder: string
let duckdb: DuckDbRuns

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lf-duckdb-'))
  duckdb = new DuckDbRuns(folder)
})
afterEach(async () => {
  await duckdb.close()
  await rm(folder, { recursive: true, force: true })
})

describe('answers', () => {
  it('in the order of the statements, asking just before each', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS, ROWS.slice(0, 1)])
    const asked: string[] = []
    const statements: Statement[] = [
      { ...COUNT, onlyIf: () => asked.push('count') > 0 },
      { name: 'never', sql: 'no SQL', onlyIf: () => asked.push('never') === 0 },
      { name: 'ids', sql: () => `SELECT _id, n FROM data WHERE n = ${asked.length} - 1 ORDER BY _id` },
    ]
    expect(await duckdb.run(lake, manifest, statements)).toEqual({
      count: [[3n]],
      ids: [
        ['1', 1],
        ['1', 1],
      ],
    })
    expect(asked).toEqual(['count', 'never'])
  })

  it('with cells as the port has them', async () => {
    const columns: Column[] = [
      column('i', 'int32'),
      column('l', 'int64'),
      column('d', 'double'),
      column('b', 'boolean'),
      column('at', 'timestamp'),
      column('m', { kind: 'decimal', precision: 38, scale: 2 }),
      column('list', { kind: 'list', element: { kind: 'int64' } }),
      column('o', { kind: 'struct', fields: [column('x y', 'string'), column('at', 'timestamp')] }),
    ]
    const { lake, manifest } = await makeRun(folder, columns, [
      [
        {
          _id: 'full',
          i: -1,
          l: '9223372036854775807',
          d: -0,
          b: true,
          at: '1969-12-31T23:59:59.999Z',
          m: '-123456789012345678901234567890123456.70',
          list: [1, null],
          o: { 'x y': 'z', at: '2024-01-01T00:00:00Z' },
        },
        { _id: 'none' },
      ],
    ])
    const names = columns.map(({ name }) => `"${name}"`).join(', ')
    const { all } = await duckdb.run(lake, manifest, [{ name: 'all', sql: `SELECT ${names} FROM data ORDER BY _id` }])
    expect(all).toEqual([
      [
        -1,
        9223372036854775807n,
        -0,
        true,
        -1000n,
        '-123456789012345678901234567890123456.70',
        [1n, null],
        { 'x y': 'z', at: 1704067200000000n },
      ],
      columns.map(() => null),
    ])
  })

  it('of every type, as an export writes them', async () => {
    const columns: Column[] = [
      column('s', 'string'),
      column('oid', 'objectId'),
      column('j', 'json'),
      column('i', 'int32'),
      column('l', 'int64'),
      column('d', 'double'),
      column('b', 'boolean'),
      column('at', 'timestamp'),
      ...[9, 18, 38].map(precision => column(`m${precision}`, { kind: 'decimal', precision, scale: 2 })),
      column('list', { kind: 'list', element: { kind: 'struct', fields: [column('x"y', 'timestamp')] } }),
      column('o', {
        kind: 'struct',
        fields: [column('lists', { kind: 'list', element: { kind: 'list', element: { kind: 'int64' } } })],
      }),
    ]
    const at = new Date('2024-01-01T00:00:00Z')
    const money = Decimal128.fromString('-1.5')
    const full = {
      _id: new ObjectId('0123456789abcdef01234567'),
      s: 'x',
      oid: new ObjectId('0123456789abcdef01234567'),
      j: [1, at],
      i: new Int32(-1),
      l: Long.MAX_VALUE,
      d: new Double(1),
      b: false,
      at,
      m9: money,
      m18: money,
      m38: money,
      list: [{ 'x"y': at }],
      o: { lists: [[Long.fromNumber(1)], []] },
    }
    const documents = [full, { _id: 1, i: 'wrong', more: null }]
    const { lake, manifest } = await putParts(folder, columns, [documents], async (part, path) => {
      await writeFile(path, partOf(part, { columns }))
    })
    const names = ['_id', ...columns.map(({ name }) => name), '_extra', '_misfit'].map(name => `"${name}"`)
    const { all } = await duckdb.run(lake, manifest, [
      { name: 'all', sql: `SELECT ${names.join(', ')} FROM data ORDER BY _id` },
    ])
    const micros = 1704067200000000n
    const hex = '0123456789abcdef01234567'
    expect(all).toEqual([
      [
        hex,
        'x',
        hex,
        '[1,"2024-01-01T00:00:00.000Z"]',
        -1,
        9223372036854775807n,
        1,
        false,
        micros,
        '-1.50',
        '-1.50',
        '-1.50',
        [{ 'x"y': micros }],
        { lists: [[1n], []] },
        null,
        null,
      ],
      ['{"$numberInt":"1"}', ...columns.map(() => null), '{"more":null}', '{"i":"wrong"}'],
    ])
  })

  it('of a run without parts, with columns of the right types', async () => {
    const { lake, manifest } = await makeRun(folder, [...COLUMNS, column('o', { kind: 'struct', fields: COLUMNS })], [])
    const statements = [COUNT, { name: 'types', sql: 'SELECT typeof(o), n + 1, _misfit FROM data' }]
    expect(await duckdb.run(lake, manifest, statements)).toEqual({ count: [[0n]] })
  })

  it('of parts in a folder whose name looks like a pattern', async () => {
    const { lake, manifest } = await makeRun(join(folder, "a[b]*'?"), COLUMNS, [ROWS])
    expect(await duckdb.run(lake, manifest, [COUNT])).toEqual({ count: [[2n]] })
    expect(await readdir(duckdb.scratch)).toEqual([])
  })

  it('of a lake without local files, which leaves none behind', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS, ROWS, ROWS, ROWS, ROWS, ROWS])
    expect(await duckdb.run(remote(lake), manifest, [COUNT])).toEqual({ count: [[12n]] })
    expect(await readdir(duckdb.scratch)).toEqual([])
  })

  it('in pages, each awaited before the next', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    const engine = await openDuckDb({ lake })
    const sizes: number[] = []
    let open = 0
    await engine.run({
      manifest,
      columns: COLUMNS,
      statements: [{ name: 'many', sql: 'SELECT i FROM range(10000) AS r(i)' }],
      onPage: async (_, rows) => {
        open += 1
        await new Promise(resolve => setTimeout(resolve, 1))
        expect(open).toBe(1)
        open -= 1
        sizes.push(rows.length)
      },
    })
    await engine.close()
    expect(sizes.length).toBeGreaterThan(3)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(10_000)
  })

  it('names itself and its version', async () => {
    const { lake } = await makeRun(folder, COLUMNS, [])
    const engine = await openDuckDb({ lake })
    expect([engine.name, engine.dialect]).toEqual(['duckdb', 'duckdb'])
    expect(await engine.version()).toMatch(/^v\d+\.\d+\.\d+/)
    await engine.close()
  })
})

describe('runs of other datasets', () => {
  const PAPERS = [column('id', 'string')]
  const JOIN: Statement = { name: 'known', sql: 'SELECT count(*) FROM data JOIN ref0 ON t = id' }

  it('are relations under the names that they are given, and gone with the run', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    const other = await makeRun(folder, PAPERS, [[{ _id: 'x', id: 'a' }], [{ _id: 'y', id: 'b' }]], 'others')
    const reference = { name: 'ref0', manifest: other.manifest, columns: PAPERS }
    for (const as of [lake, remote(lake)]) {
      const engine = await openDuckDb({ lake: as, scratchDir: duckdb.scratch })
      const counts: unknown[] = []
      const request = {
        manifest,
        columns: COLUMNS,
        statements: [JOIN],
        onPage: async (_: string, rows: readonly (readonly unknown[])[]) => {
          counts.push(...rows.flat())
        },
      }
      await engine.run({ ...request, references: [reference] })
      expect(counts).toEqual([2n])
      await expect(engine.run(request)).rejects.toMatchObject({ code: 'ENGINE_FAILED' })
      await engine.close()
      expect(await readdir(duckdb.scratch)).toEqual([])
    }
  })

  it('are refused when a part is missing', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    const other = await makeRun(folder, PAPERS, [[{ _id: 'x', id: 'a' }]], 'others')
    const { key } = other.manifest.parts[0]!
    await rm(join(folder, key))
    const engine = await openDuckDb({ lake })
    const reference = { name: 'ref0', manifest: other.manifest, columns: PAPERS }
    const running = engine.run({
      manifest,
      columns: COLUMNS,
      references: [reference],
      statements: [JOIN],
      onPage: async () => {},
    })
    await expect(running).rejects.toMatchObject({ code: 'LAKE_OBJECT_MISSING', details: { key } })
    await engine.close()
  })
})
