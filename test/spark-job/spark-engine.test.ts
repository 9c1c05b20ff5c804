import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { openSparkSubmit } from '../../src/adapters/spark/spark-submit-runner.js'
import type { Column } from '../../src/model/column.js'
import type { QueryEngine, Row, Statement } from '../../src/ports/query-engine.js'
import { JOB_PROGRAM, openBatchEngine } from '../../src/spark-job/batch-engine.js'
import { DuckDbRuns } from '../adapters/duckdb-runs.js'
import { SMALL_SESSION, SPARK_TEST_MS, sparkSubmit } from '../support/spark.js'
import { type MadeRow, type MadeRun, makeRun } from '../validate/made-run.js'
import { column } from '../validate/validate-rows.js'

const runProgram = promisify(execFile)

let folder: string

beforeEach(async () => {
  // A name that Hadoop, Spark or a shell could take for a pattern, an escape or two words.
  folder = await mkdtemp(join(tmpdir(), 'lakeferry spark{1,2} [a] %41 '))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const COLUMNS: readonly Column[] = [
  column('t', 'string'),
  column('i', 'int32'),
  column('l', 'int64'),
  column('d', 'double'),
  column('b', 'boolean'),
  column('since', 'timestamp'),
  { name: 'm', type: { kind: 'decimal', precision: 20, scale: 3 } },
  {
    name: 'nested',
    type: {
      kind: 'list',
      element: {
        kind: 'struct',
        fields: [
          column('at', 'timestamp'),
          { name: 'tags', type: { kind: 'list', element: { kind: 'string' } } },
          column('n', 'int64'),
        ],
      },
    },
  },
]

const ROWS: readonly MadeRow[] = [
  {
    _id: 'a',
    t: 'line\nseparator\u2028 "quoted" \\ 😀 \u0000',
    i: -2147483648,
    l: 9223372036854775807n,
    d: Number.NaN,
    b: false,
    since: '1969-12-31T23:59:59.999Z',
    m: '-12345678901234567.890',
    nested: [
      { at: '1970-01-01T00:00:00Z', tags: ['x', null, ''], n: 9007199254740993n },
      null,
      { at: null, tags: null, n: null },
    ],
  },
  { _id: 'b', d: Number.NEGATIVE_INFINITY, m: '0.000', nested: [] },
  { _id: 'c', d: 1e300, i: 0, b: true, t: '' },
  { _id: 'd', d: -0, l: 0n, since: '9999-12-31T23:59:59.999Z' },
]

function statement(name: string, sql: string, cells: readonly Column[]): Statement {
  return { name, sql, cells: cells.map(({ type }) => type) }
}

function engineOf(submit: string, { lake }: MadeRun): QueryEngine {
  const runner = openSparkSubmit({
    submit,
    master: 'local[1]',
    conf: SMALL_SESSION,
    lake: { url: lake.url },
    program: JOB_PROGRAM,
  })
  return openBatchEngine({ lake, runner })
}

async function answersOf(engine: QueryEngine, run: MadeRun, statements: readonly Statement[], signal?: AbortSignal) {
  const answers: Record<string, Row[]> = {}
  await engine.run({
    manifest: run.manifest,
    columns: run.manifest.columns,
    statements,
    onPage: async (name, rows) => {
      answers[name] = [...(answers[name] ?? []), ...rows]
    },
    ...(signal ? { signal } : {}),
  })
  return answers
}

const COUNT = statement('facts', 'SELECT count(*) FROM data', [column('n', 'int64')])

const underSpark = (name: string, test: (submit: string, context: TestContext) => Promise<void>): void => {
  it(name, { timeout: SPARK_TEST_MS }, async context => test(await sparkSubmit(context), context))
}

describe('statements of Spark SQL, answered by spark-submit', () => {
  underSpark('give the cells that DuckDB gives, inline and in files, and leave nothing behind', async submit => {
    const many = Array.from({ length: 3000 }, (_, n) => ({ _id: `x${String(n).padStart(5, '0')}`, l: BigInt(n) }))
    const run = await makeRun(folder, COLUMNS, [ROWS, many])
    const names = ['_id', ...COLUMNS.map(({ name }) => name)]
    const cells = [column('_id', 'string'), ...COLUMNS]
    const statements = [
      statement('unique 0', `SELECT ${names} FROM data WHERE _id < 'x' ORDER BY _id`, cells),
      statement('none', "SELECT t FROM data WHERE _id = 'nobody'", [column('t', 'string')]),
      statement('violations', `SELECT ${names} FROM data ORDER BY _id`, cells),
    ]
    const engine = engineOf(submit, run)
    const answers = await answersOf(engine, run, statements)

    const duckdb = new DuckDbRuns(folder)
    const wanted = await duckdb.run(run.lake, run.manifest, statements)
    await duckdb.close()
    expect(answers).toEqual(wanted)
    expect(answers['violations']).toHaveLength(3004)
    expect(await engine.version()).toBe('4.0.2')
    expect(engine.facts?.()).toMatchObject({ job: expect.stringMatching(/^[0-9a-f]{16}$/), master: 'local[1]' })
    await expect(readdir(join(folder, '_lakeferry'))).rejects.toMatchObject({ code: 'ENOENT' })
    await engine.close()
  })

  underSpark('tell a part that has one byte changed, and one that is not there', async submit => {
    const run = await makeRun(folder, COLUMNS, [ROWS, [{ _id: 'z' }]])
    const engine = engineOf(submit, run)
    const [, second] = run.manifest.parts
    const file = join(folder, second!.key)
    const bytes = await readFile(file)
    const changed = Buffer.from(bytes)
    changed[10]! ^= 1
    await writeFile(file, changed)
    await expect(answersOf(engine, run, [COUNT])).rejects.toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      details: { key: second!.key, wanted: `SHA-256 ${second!.sha256}` },
    })
    // The job of the same id: nothing of the first attempt is taken for an answer.
    await rm(file)
    await expect(answersOf(engine, run, [COUNT])).rejects.toMatchObject({
      code: 'LAKE_OBJECT_MISSING',
      details: { key: second!.key },
    })
    await expect(readdir(join(folder, '_lakeferry'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  underSpark('leave out what an answer before them makes needless', async submit => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    const facts = statement('facts', 'SELECT 2, 0', [column('some', 'int64'), column('none', 'int64')])
    // Computed, the second condition would be a division by zero.
    const sql = 'SELECT _id FROM data WHERE (:some AND i = 0) OR (:none AND i / (i - i) = 0) ORDER BY _id'
    const given = { some: { statement: 'facts', cell: 0 }, none: { statement: 'facts', cell: 1 } }
    const violations = { ...statement('violations', sql, [column('_id', 'string')]), given }
    const answers = await answersOf(engineOf(submit, run), run, [facts, violations])
    expect(answers).toEqual({ facts: [[2n, 0n]], violations: [['c']] })
  })

  underSpark('name the statement that could not run', async submit => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    const broken = statement('condition 0', 'SELECT i / (i - i) FROM data', [column('n', 'double')])
    await expect(answersOf(engineOf(submit, run), run, [COUNT, broken])).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringMatching(/^spark could not run the statement condition 0: .*DIVIDE_BY_ZERO/),
    })
  })

  underSpark('are given up, with all that Spark has started, when somebody asks to stop', async submit => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    const stopping = new AbortController()
    // In the middle of the session's work: it has asked for the spec and not answered.
    const slow = statement('facts', 'SELECT count(*) FROM range(1000000000000L) AS a', [column('n', 'int64')])
    const outcome = answersOf(engineOf(submit, run), run, [slow], stopping.signal).catch(error => error)
    expect(await processOf(folder)).toBeGreaterThan(0)
    stopping.abort('SIGINT')
    expect(await outcome).toMatchObject({ code: 'INTERRUPTED' })
    // A process may be seen for a moment after it has let go of its output.
    await expect.poll(() => processOf(folder, 0), { timeout: 5_000 }).toBe(0)
  })
})

/** Process id of the job over this lake; 0 when there is none within so many milliseconds. */
async function processOf(lake: string, withinMs = 120_000): Promise<number> {
  for (const until = Date.now() + withinMs; ; await new Promise(resolve => setTimeout(resolve, 100))) {
    const { stdout } = await runProgram('ps', ['-eo', 'pid=,args=']).catch(() => ({ stdout: '' }))
    // Python, which the JVM starts last.
    const line = stdout.split('\n').find(text => /python\S* \S*job\.py/.test(text) && text.includes(lake))
    if (line !== undefined) return Number(line.trim().split(' ')[0])
    if (Date.now() >= until) return 0
  }
}
