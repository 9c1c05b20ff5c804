import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import { canonicalJson } from '../../src/model/canonical-json.js'
import type { Contract } from '../../src/model/contract.js'
import type { QueryEngine } from '../../src/ports/query-engine.js'
import { type ValidateRequest, type Validation, validateRun } from '../../src/validate/validate-run.js'
import { type MadeRow, type MadeRun, makeRun, RUN_ID } from './made-run.js'
import { column, contractOf, readLines, rule, tickingClock } from './validate-rows.js'

const COLUMNS = [column('id', 'int64'), column('title', 'string')]
const REQUIRED = rule({ kind: 'required', id: 'title.required', column: ['title'], message: 'Missing title' })
const UNIQUE = rule({ kind: 'unique', id: 'title.unique', columns: [['title']], severity: 'warning' })
const CONTRACT = contractOf(COLUMNS, [REQUIRED, UNIQUE, rule({ kind: 'rowCount', min: 1 })], [['id']])
const ROWS: readonly MadeRow[] = [
  { _id: 'b', id: '9007199254740993', title: 'same' },
  { _id: 'a', id: 1, title: 'same' },
  { _id: 'é', id: 2 },
  { _id: 'z', id: 3, title: 'own' },
]
const REPORTS = `validation-reports/papers/run=${RUN_ID}`

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lf-validate-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function validate(
  { lake, manifest }: MadeRun,
  contract: Contract = CONTRACT,
  more: Partial<ValidateRequest> = {},
  wrap: (engine: QueryEngine) => QueryEngine = engine => engine,
): Promise<Validation> {
  const engine = await openDuckDb({ lake, threads: 2 })
  try {
    return await validateRun(
      { lake, engine: wrap(engine), clock: tickingClock() },
      { manifest, contract, host: 'here', tool: 'lakeferry 0.0.0', ...more },
    )
  } finally {
    await engine.close()
  }
}

describe('writes', () => {
  it('result.json as the schema says, canonical, and the same bytes each time', async () => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    const { result, resultKey } = await validate(run)
    expect(resultKey).toBe(`${REPORTS}/result.json`)
    expect(result).toEqual({
      version: 1,
      dataset: 'papers',
      runId: RUN_ID,
      contract: { id: 'made', version: '1.0.0', fingerprint: 'f'.repeat(64) },
      status: 'fail',
      documents: 4,
      failingDocuments: { error: 1, any: 3 },
      rules: [
        {
          id: 'title.required',
          kind: 'required',
          column: 'title',
          severity: 'error',
          message: 'Missing title',
          threshold: 1,
          checked: 4,
          violated: 1,
          status: 'fail',
        },
        {
          id: 'title.unique',
          kind: 'unique',
          column: 'title',
          severity: 'warning',
          message: 'unique!',
          threshold: 1,
          checked: 3,
          violated: 2,
          status: 'fail',
        },
        {
          id: 'rowCount',
          kind: 'rowCount',
          column: '',
          severity: 'error',
          message: 'rowCount!',
          threshold: 1,
          observed: '4',
          checked: 1,
          violated: 0,
          status: 'pass',
        },
      ],
      violations: { count: 3, keys: [`${REPORTS}/violations/part-00000.ndjson.gz`] },
    })
    const written = (await run.lake.get(resultKey))!.body
    expect(new TextDecoder().decode(written)).toBe(`${canonicalJson(result)}\n`)
    const schema = JSON.parse(await readFile(new URL('../../schema/result.schema.json', import.meta.url), 'utf8'))
    const ajv = new Ajv({ strict: true })
    expect(ajv.validate(schema, JSON.parse(new TextDecoder().decode(written))) || ajv.errors).toBe(true)

    const parts = (await run.lake.get(result.violations.keys[0]!))!.body
    await validate(run)
    expect((await run.lake.get(resultKey))!.body).toEqual(written)
    expect((await run.lake.get(result.violations.keys[0]!))!.body).toEqual(parts)
  })

  it('violations by _id in the order of UTF-8, each line canonical', async () => {
    const run = await makeRun(folder, COLUMNS, [ROWS.slice(0, 2), ROWS.slice(2)])
    const { result } = await validate(run)
    const text = gunzipSync((await run.lake.get(result.violations.keys[0]!))!.body).toString()
    for (const line of text.trimEnd().split('\n')) expect(line).toBe(canonicalJson(JSON.parse(line)))
    expect(await readLines(run.lake, result.violations.keys)).toEqual([
      { _id: 'a', column: 'title', reason: 'unique!', rule: 'title.unique', value: '"same"' },
      { _id: 'b', column: 'title', reason: 'unique!', rule: 'title.unique', value: '"same"' },
      { _id: 'é', column: 'title', reason: 'Missing title', rule: 'title.required', value: null },
    ])
  })

  it('a row for each document when asked, with its key and what became of each column', async () => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    expect((await validate(run)).rowsKeys).toEqual([])
    const { rowsKeys } = await validate(run, CONTRACT, { rows: true })
    expect(rowsKeys).toEqual([`${REPORTS}/rows/part-00000.ndjson.gz`])
    expect(await readLines(run.lake, rowsKeys)).toEqual([
      { _id: 'a', id: 1, id_status: 'OK', title_status: 'unique!' },
      { _id: 'b', id: 9007199254740992, id_status: 'OK', title_status: 'unique!' },
      { _id: 'z', id: 3, id_status: 'OK', title_status: 'OK' },
      { _id: 'é', id: 2, id_status: 'OK', title_status: 'Missing title' },
    ])
    const text = gunzipSync((await run.lake.get(rowsKeys[0]!))!.body).toString()
    expect(text.split('\n')[1]).toBe('{"_id":"b","id":9007199254740993,"id_status":"OK","title_status":"unique!"}')
  })

  it('execution.json with what is true of this one time', async () => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    const { execution, seconds } = await validate(run)
    expect(execution).toEqual({
      version: 1,
      engine: 'duckdb',
      engineVersion: expect.stringMatching(/^v\d/),
      tool: 'lakeferry 0.0.0',
      startedAt: '2026-03-04T05:06:01.000Z',
      seconds: 1,
      host: 'here',
    })
    expect(seconds).toBe(1)
    expect(JSON.parse(new TextDecoder().decode((await run.lake.get(`${REPORTS}/execution.json`))!.body))).toEqual(
      execution,
    )
  })

  it('no parts when nothing is violated, and takes those of an earlier contract away', async () => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    await validate(run, CONTRACT, { rows: true })
    const { result } = await validate(run, contractOf(COLUMNS, [rule({ kind: 'rowCount', min: 1 })]))
    expect([result.status, result.violations]).toEqual(['pass', { count: 0, keys: [] }])
    const keys: string[] = []
    for await (const { key } of run.lake.list('validation-reports/')) keys.push(key)
    expect(keys).toEqual([`${REPORTS}/execution.json`, `${REPORTS}/result.json`])
  })

  it('a verdict on an empty run', async () => {
    const run = await makeRun(folder, COLUMNS, [])
    const { result, rowsKeys } = await validate(run, CONTRACT, { rows: true })
    expect([result.documents, result.status, rowsKeys]).toEqual([0, 'fail', []])
    expect(result.rules.map(({ checked, violated }) => [checked, violated])).toEqual([
      [0, 0],
      [0, 0],
      [1, 1],
    ])
    expect((await validate(run, contractOf(COLUMNS, [REQUIRED, UNIQUE]))).result.status).toBe('pass')
  })

  it('a verdict of a contract without a rule for documents', async () => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    const { result, rowsKeys } = await validate(run, contractOf(COLUMNS, []), { rows: true })
    expect([result.status, result.documents]).toEqual(['pass', 4])
    expect((await readLines(run.lake, rowsKeys))[0]).toEqual({ _id: 'a', id_status: 'OK', title_status: 'OK' })
  })
})

describe('refuses', () => {
  it('a run without Parquet', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    const json = { ...manifest, formats: ['json'] as const }
    await expect(validate({ lake, manifest: json })).rejects.toMatchObject({ code: 'RUN_NO_PARQUET' })
  })

  it('a run of other columns, saying which', async () => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    const contract = contractOf([column('title', 'int32'), column('year', 'int32')], [])
    await expect(validate(run, contract)).rejects.toMatchObject({
      code: 'CONTRACT_SCHEMA_CHANGED',
      details: {
        difference:
          'title is string in the run and int32 in the contract; year (int32) is not in the run; id (int64) is not in the contract',
      },
    })
    expect((await validate(run, contractOf([...COLUMNS].reverse(), []))).result.status).toBe('pass')
  })

  it('parts that hold another number of documents than the manifest says, and writes no verdict', async () => {
    const { lake, manifest } = await makeRun(folder, COLUMNS, [ROWS])
    await validate({ lake, manifest })
    const wrong = { ...manifest, documents: 5 }
    await expect(validate({ lake, manifest: wrong })).rejects.toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      details: { wanted: '5 documents in the Parquet parts', got: '4' },
    })
    const rejected = { ...wrong, rejects: { documents: 1, keys: ['papers/x'] } }
    expect((await validate({ lake, manifest: rejected })).result.documents).toBe(4)
  })

  it('an engine that lists fewer violations than it counted', async () => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    const forgetful = (engine: QueryEngine): QueryEngine => ({
      name: engine.name,
      dialect: engine.dialect,
      version: () => engine.version(),
      close: () => engine.close(),
      run: request =>
        engine.run({
          ...request,
          onPage: (name, rows) => request.onPage(name, name === 'violations' ? rows.slice(1) : rows),
        }),
    })
    await expect(validate(run, CONTRACT, {}, forgetful)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      details: { reason: '3 were counted and 2 listed' },
    })
    expect(await run.lake.get(`${REPORTS}/result.json`)).toBeUndefined()
  })

  it('to write a verdict when it is told to stop', async () => {
    const run = await makeRun(folder, COLUMNS, [ROWS])
    await expect(validate(run, CONTRACT, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    expect(await run.lake.get(`${REPORTS}/result.json`)).toBeUndefined()
  })
})

it('an engine that runs every statement, asked or not, gives the same result', async () => {
  const clean = ROWS.map((row, index) => ({ ...row, title: `title ${index}` }))
  for (const rows of [ROWS, clean]) {
    const run = await makeRun(folder, COLUMNS, [rows])
    const eager = (engine: QueryEngine): QueryEngine => ({
      name: engine.name,
      dialect: engine.dialect,
      version: () => engine.version(),
      close: () => engine.close(),
      run: ({ statements, ...request }) => {
        const all = statements.map(({ name, sql }) => ({ name, sql: typeof sql === 'function' ? sql() : sql }))
        return engine.run({ ...request, statements: all })
      },
    })
    const { result } = await validate(run, CONTRACT, { rows: true }, eager)
    expect(result).toEqual((await validate(run, CONTRACT, { rows: true })).result)
  }
})
