import { rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Decimal128, Long, ObjectId } from 'bson'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDuckDbQuery } from '../../src/adapters/duckdb/duckdb-query.js'
import { queryLake, type RunChoices } from '../../src/ask/query-lake.js'
import type { Column } from '../../src/model/column.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { readWithHyparquet } from '../parquet/read-back.js'
import { makeRun, watched } from './made-runs.js'

const COLUMNS: readonly Column[] = [
  { name: 'title', type: { kind: 'string' } },
  { name: 'year', type: { kind: 'int32' } },
  { name: 'big', type: { kind: 'int64' } },
  { name: 'rating', type: { kind: 'double' } },
  { name: 'price', type: { kind: 'decimal', precision: 10, scale: 2 } },
  { name: 'open', type: { kind: 'boolean' } },
  { name: 'at', type: { kind: 'timestamp' } },
  { name: 'tags', type: { kind: 'list', element: { kind: 'string' } } },
  { name: 'meta', type: { kind: 'struct', fields: [{ name: 'n', type: { kind: 'int32' } }] } },
]

const DOCUMENTS = Array.from({ length: 25 }, (_, n) => ({
  _id: n === 3 ? new ObjectId('00000000000000000000abcd') : `p${n}`,
  title: n % 4 === 0 ? null : `Title, "${n}"\n`,
  year: 2000 + n,
  big: Long.fromString(String(9007199254740993n + BigInt(n))),
  rating: [1, 2.5, NaN, -0, Infinity][n % 5],
  price: Decimal128.fromString(`${n}.10`),
  open: n % 2 === 0,
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, n, n)),
  tags: n % 3 === 0 ? [] : ['a', null, `t${n}`],
  meta: { n, other: 'extra' },
  unnamed: n,
}))

let lake: ObjectStore
let root: string
let remove: () => Promise<void>
beforeAll(async () => {
  const temporary = await temporaryLake()
  ;({ lake, root, remove } = temporary)
  await makeRun(lake, DOCUMENTS.slice(0, 20), { minute: 1, columns: COLUMNS })
  await makeRun(lake, DOCUMENTS, { minute: 2, columns: COLUMNS })
  await makeRun(lake, [{ _id: 1, paper: 'p1' }], { minute: 2, dataset: 'my-comments', columns: [] })
  await makeRun(lake, [{ _id: 1 }], { minute: 2, dataset: 'plain', formats: ['bson.gz'] })
  await makeRun(lake, [{ _id: 1 }], { minute: 2, dataset: 'unlisted' })
})
afterAll(() => remove())

const NO_CHOICE: RunChoices = { byDataset: new Map() }

async function ask(
  sql: string,
  { runs = NO_CHOICE, on = lake }: { runs?: RunChoices; on?: ObjectStore } = {},
): Promise<{ columns: string[]; rows: (string | null)[][]; asked: string[] }> {
  const database = await openDuckDbQuery({ lake: on })
  try {
    const datasets = ['papers', 'my-comments', 'plain']
    const { columns, pages, asked } = await queryLake({ lake: on, database }, { sql, datasets, runs })
    const rows: (string | null)[][] = []
    for await (const page of pages) rows.push(...page.map(row => [...row]))
    return {
      columns: columns.map(({ name, type }) => `${name} ${type}`),
      rows,
      asked: asked.map(({ dataset, runId }) => `${dataset} ${runId}`),
    }
  } finally {
    await database.close()
  }
}

describe('an answer', () => {
  it('has what another reader finds in the parts, value by value', async () => {
    const { rows, columns } = await ask('SELECT * FROM papers ORDER BY year')
    expect(columns).toEqual([
      '_id VARCHAR',
      'title VARCHAR',
      'year INTEGER',
      'big BIGINT',
      'rating DOUBLE',
      'price DECIMAL(10,2)',
      'open BOOLEAN',
      'at TIMESTAMP WITH TIME ZONE',
      'tags VARCHAR[]',
      'meta STRUCT("n" INTEGER)',
      '_extra VARCHAR',
      '_misfit VARCHAR',
    ])
    const wanted: (string | null)[][] = []
    const manifest = JSON.parse(
      new TextDecoder().decode((await lake.get(`papers/run=${runAt(2)}/_manifest.json`))!.body),
    )
    for (const part of manifest.parts as { key: string }[]) {
      const body = (await lake.get(part.key))!.body
      for (const row of await readWithHyparquet(Uint8Array.from(body))) wanted.push(Object.values(row).map(cellText))
    }
    // hyparquet makes doubles of decimals, which this reading of it leaves out.
    const price = 5
    for (const [index, row] of wanted.entries()) row[price] = `"${index}.10"`
    expect(rows).toEqual(wanted)
  })

  function cellText(cell: unknown): string | null {
    if (cell === null) return null
    if (typeof cell === 'bigint') return String(cell)
    if (typeof cell === 'number') {
      if (!Number.isFinite(cell)) return `"${cell}"`
      return Object.is(cell, -0) ? '-0.0' : String(cell).replace(/^(1|2\.5)$/, text => (text === '1' ? '1.0' : text))
    }
    if (typeof cell === 'string' && cell.endsWith(' ms'))
      return `"${new Date(Number.parseInt(cell, 10)).toISOString()}"`
    return JSON.stringify(cell)
  }

  it('shows what does not fit the schema', async () => {
    expect((await ask(`SELECT _extra, _misfit FROM papers WHERE _id = 'p4'`)).rows).toEqual([
      ['"{\\"meta\\":{\\"n\\":4,\\"other\\":\\"extra\\"},\\"unnamed\\":4}"', '"{\\"title\\":null}"'],
    ])
  })

  it('keeps every digit and the mapping of plain JSON for types that no part has', async () => {
    const sql = `SELECT 170141183460469231731687303715884105727::HUGEINT, 1.10::DECIMAL(38,2), '2026-01-02 03:04:05.123456'::TIMESTAMP,
      DATE '2026-01-02', [1, NULL], {'a': NULL, 'b': [TRUE]}, MAP {'k': 1.5::DOUBLE}, '\\x01\\x02'::BLOB, '{"a":1.0}'::JSON, '[NaN]'::JSON,
      INTERVAL 3 DAYS, NULL, 1e300::DOUBLE, '-infinity'::TIMESTAMPTZ`
    expect((await ask(sql)).rows).toEqual([
      [
        '170141183460469231731687303715884105727',
        '"1.10"',
        '"2026-01-02T03:04:05.123456"',
        '"2026-01-02"',
        '[1,null]',
        '{"a":null,"b":[true]}',
        '[{"key":"k","value":1.5}]',
        '"AQI="',
        '{"a":1.0}',
        '"[NaN]"',
        '"3 days"',
        null,
        '1e+300',
        '"-infinity"',
      ],
    ])
  })

  it('comes from the newest run, or the one that is named for all, for a dataset or in the statement', async () => {
    const sql = 'SELECT count(*) FROM papers'
    expect(await ask(sql)).toMatchObject({ rows: [['25']], asked: [`papers ${runAt(2)}`] })
    expect((await ask(sql, { runs: { byDataset: new Map(), all: 'previous' } })).rows).toEqual([['20']])
    expect((await ask(sql, { runs: { byDataset: new Map([['papers', runAt(1)]]), all: 'latest' } })).rows).toEqual([
      ['20'],
    ])
    const both = await ask(`SELECT count(*) FROM papers ANTI JOIN "papers@previous" USING (_id)`)
    expect(both).toMatchObject({ rows: [['5']] })
    expect(both.asked.toSorted()).toEqual([`papers ${runAt(1)}`, `papers ${runAt(2)}`])
  })

  it('knows names as SQL does, and datasets that only the lake has', async () => {
    expect((await ask('SELECT count(*) FROM PAPERS p')).rows).toEqual([['25']])
    expect((await ask('SELECT _id FROM "my-comments"')).rows).toEqual([['"{\\"$numberInt\\":\\"1\\"}"']])
    expect((await ask('SELECT count(*) FROM unlisted')).rows).toEqual([['1']])
    const within = 'SELECT count(*) FROM (SELECT 1 FROM papers WHERE year IN (SELECT max(year) FROM papers))'
    expect((await ask(within)).rows).toEqual([['1']])
    expect(
      (await ask('WITH x AS (FROM papers LIMIT 3), papers AS (SELECT 1) SELECT count(*) FROM x, papers')).asked,
    ).toHaveLength(1)
    expect((await ask('DESCRIBE papers')).rows).toHaveLength(COLUMNS.length + 3)
  })

  it('takes only the parts of what is mentioned, and those once the statement is known to make sense', async () => {
    const remote = watched(lake, { local: false })
    expect((await ask('SELECT count(*) FROM papers', { on: remote.lake })).rows).toEqual([['25']])
    expect(remote.read).toHaveLength(3)
    expect(new Set(remote.read.map(key => key.split('/').slice(0, 2).join('/')))).toEqual(
      new Set([`papers/run=${runAt(2)}`]),
    )
    const mistaken = watched(lake, { local: false })
    await expect(ask('SELECT nothing FROM papers', { on: mistaken.lake })).rejects.toMatchObject({
      code: 'QUERY_INVALID',
    })
    expect(mistaken.read).toEqual([])
  })
})

describe('a statement that cannot be answered', () => {
  it.each([
    ['SELEC 1', /^Parser Error: syntax error at or near "SELEC"\nLINE 1: SELEC 1\n {8}\^$/],
    ['SELECT titel FROM papers', /^Binder Error: .*"titel"[\s\S]*Candidate bindings: "title"[\s\S]*\n {15}\^$/],
    ["SELECT CAST(title AS INTEGER) FROM papers WHERE _id = 'p1'", /^Conversion Error: /],
    ['', /^the query is empty$/],
    [';', /^there is no statement/],
    ['SELECT 1; SELECT 2', /2 statements$/],
    ['SELECT $1', /parameters/],
    ['SHOW TABLES', /there are none to show/],
    ['PIVOT papers ON year USING count(*)', /only one SELECT/],
  ])('%j says why', async (sql, message) => {
    await expect(ask(sql)).rejects.toMatchObject({ code: 'QUERY_INVALID', message: expect.stringMatching(message) })
  })

  it('names the datasets there are, and the nearest', async () => {
    const known = ['papers', 'my-comments', 'plain', 'unlisted']
    await expect(ask('SELECT * FROM papres')).rejects.toMatchObject({
      code: 'QUERY_TABLE_UNKNOWN',
      details: { table: 'papres', nearest: 'papers' },
      message: expect.stringContaining(known[1]!),
    })
    await expect(ask('SELECT * FROM "my_comments"')).rejects.toMatchObject({
      hint: 'Did you mean "my-comments", with its double quotes?',
    })
    await expect(ask('SELECT * FROM zzzzzzzzz, papers')).rejects.not.toHaveProperty('details.nearest')
  })

  it('is told when the run has no Parquet, is not there, or is of a dataset that is not', async () => {
    await expect(ask('FROM plain')).rejects.toMatchObject({ code: 'RUN_NO_PARQUET' })
    await expect(ask('FROM "papers@20260101T000900.000Z-aaaaaa"')).rejects.toMatchObject({ code: 'RUN_MISSING' })
    await expect(ask('FROM "papers@yesterday"')).rejects.toMatchObject({ code: 'RUN_ID_INVALID' })
    await expect(ask('FROM "plain@previous"')).rejects.toMatchObject({ code: 'USAGE' })
    const runs = { byDataset: new Map([['paper', 'latest']]) }
    await expect(ask('FROM papers', { runs })).rejects.toMatchObject({ code: 'DATASET_UNKNOWN' })
  })

  it('is not answered from a part with one byte altered', async () => {
    const temporary = await temporaryLake()
    try {
      const { parts } = await makeRun(temporary.lake, [{ _id: 1 }], { minute: 1 })
      const body = (await temporary.lake.get(parts[0]!.key))!.body
      body[40] = (body[40] ?? 0) ^ 1
      await writeFile(join(temporary.root, parts[0]!.key), body)
      await expect(ask('FROM papers', { on: temporary.lake })).rejects.toMatchObject({ code: 'LAKE_OBJECT_DAMAGED' })
    } finally {
      await temporary.remove()
    }
  })

  it('does not end like an answer when it breaks off in the middle', async () => {
    const sql = `SELECT CASE WHEN range = 300000 THEN ('x' || range)::INTEGER ELSE range END FROM range(1000000)`
    await expect(ask(sql)).rejects.toMatchObject({
      code: 'QUERY_INVALID',
      message: expect.stringMatching(/^Conversion Error: .*'x300000'[\s\S]*LINE 1/),
    })
  })
})

describe('a statement that means harm', () => {
  const statements = (secret: string, target: string): string[] => [
    `SELECT * FROM read_text('${secret}')`,
    `SELECT * FROM read_csv('${secret}')`,
    `SELECT * FROM '${secret}'`,
    `SELECT * FROM papers, (FROM read_blob('${secret}'))`,
    `SELECT * FROM glob('${root}/*')`,
    `SELECT * FROM read_parquet('https://127.0.0.1:9/x.parquet')`,
    `COPY papers TO '${target}'`,
    `COPY (SELECT 1) TO '${target}'`,
    `ATTACH '${target}'`,
    `EXPORT DATABASE '${target}'`,
    'INSTALL httpfs',
    'LOAD httpfs',
    "SET memory_limit = '100GB'",
    'RESET enable_external_access',
    'PRAGMA enable_profiling',
    'CALL pragma_version()',
    'CREATE TABLE t AS SELECT 1',
    'INSERT INTO papers SELECT * FROM papers',
    'DELETE FROM papers',
    'DROP VIEW papers',
    'BEGIN',
    'EXPLAIN ANALYZE SELECT 1',
    "SELECT getenv('PATH')",
    `SELECT * FROM query('COPY papers TO ''${target}''')`,
    `WITH x AS (SELECT 1) INSERT INTO papers SELECT * FROM x`,
  ]

  it('reads no file, writes none and changes no setting', async () => {
    const [secret, target] = [join(root, '..', `lakeferry-secret-${process.pid}.txt`), join(root, 'target')]
    await writeFile(secret, 'the secret')
    try {
      for (const sql of statements(secret, target)) {
        const outcome = await ask(sql).then(
          ({ rows }) => ({ code: 'answered', text: JSON.stringify(rows) }),
          (error: { code: string; message: string }) => ({ code: error.code, text: error.message }),
        )
        expect(outcome.text, sql).not.toContain('the secret')
        expect(['QUERY_INVALID', 'QUERY_TABLE_UNKNOWN'], `${sql}: ${outcome.text}`).toContain(outcome.code)
      }
      await expect(stat(target)).rejects.toMatchObject({ code: 'ENOENT' })
    } finally {
      await rm(secret, { force: true })
    }
  })
})
