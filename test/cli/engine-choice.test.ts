import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, mongo } from '../support/services.js'
import { jsonOf } from './cli-fixture.js'
import { lakeferry } from './spawned.js'

let cwd: string

beforeAll(async () => {
  const { uri } = await mongo()
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-engine-'))
  const property = '{name: title, logicalType: string, required: true}'
  await writeFile(
    join(cwd, 'c.yaml'),
    `apiVersion: v3.1.0\nkind: DataContract\nid: c\nname: c\nversion: 1.0.0\nstatus: active\nschema: [{name: papers, properties: [${property}]}]\n`,
  )
  const config = (engine: string): string =>
    `source: {uri: "${uri}", database: ${database}}\nlake: {url: file:./lake}\n` +
    `datasets: {papers: {collection: papers, contract: c.yaml}}\nengine: ${engine}\nspark: {submit: ./no/spark-submit}\n`
  const database = freshDatabase()
  await writeFile(join(cwd, 'lakeferry.yaml'), config('{kind: auto, above: 1MB}'))
  await writeFile(join(cwd, 'large.yaml'), config('{kind: auto, above: 50MB}'))
  // Nothing that could be compressed to less than the 1 MB.
  const line = (_id: number): string => JSON.stringify({ _id, title: randomBytes(600).toString('base64') })
  const papers = Array.from({ length: 3000 }, (_, index) => line(index))
  await writeFile(join(cwd, 'papers.jsonl'), `${papers.join('\n')}\n`)
  expect((await call('import', 'papers.jsonl', '--collection', 'papers')).exitCode).toBe(0)
  expect((await call('export')).exitCode).toBe(0)
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

async function call(command: string, ...argv: string[]) {
  const invocation = await lakeferry([command, '--json', ...argv], { cwd }).ended
  return { ...invocation, json: jsonOf(invocation) }
}

describe('engine.kind: auto', () => {
  it('takes DuckDB for a run that is not above the size, and says why', async () => {
    const { exitCode, json, stderr } = await call('validate', '--config', 'large.yaml')
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(json).toMatchObject({ datasets: [{ dataset: 'papers', engine: 'duckdb', status: 'pass' }] })
    const reason = expect.stringMatching(/^\d\.\d MB of Parquet, not above engine\.above \(50 MB\)$/)
    expect(stderr).toContain('papers: validated by duckdb: ')
    const { datasets } = json as { datasets: { result: string }[] }
    const execution = join(cwd, 'lake', datasets[0]!.result.replace('result.json', 'execution.json'))
    expect(JSON.parse(await readFile(execution, 'utf8'))).toMatchObject({ engine: 'duckdb', facts: { reason } })
  })

  it('takes the other for a run above it, and without a Spark there is no verdict but a way on', async () => {
    const { exitCode, json, stderr } = await call('validate', '--again')
    expect(stderr).toMatch(/papers: validated by spark: \d\.\d MB of Parquet, above engine\.above \(1 MB\)/)
    expect({ exitCode, json }).toMatchObject({
      exitCode: 3,
      json: {
        error: {
          code: 'JOB_UNAVAILABLE',
          message: `spark could not start the job: Spark is not installed; looked for ${join(cwd, 'no/spark-submit')} (spark.submit)`,
          hint: expect.stringContaining('pip install pyspark'),
        },
      },
    })
  })

  it('gives way to --engine for once', async () => {
    const { exitCode, json } = await call('validate', '--again', '--engine', 'duckdb')
    expect({ exitCode, json }).toMatchObject({ exitCode: 0, json: { datasets: [{ engine: 'duckdb' }] } })
  })

  it('is tried by doctor with both engines, each with what to do', async () => {
    const { exitCode, json } = await call('doctor')
    const checks = json['checks'] as { name: string }[]
    expect(exitCode).toBe(3)
    expect(checks.filter(({ name }) => name.startsWith('engine'))).toEqual([
      { name: 'engine duckdb', ok: true, detail: expect.stringMatching(/^duckdb v?\d/), hint: null },
      {
        name: 'engine spark',
        ok: false,
        detail: expect.stringContaining('JOB_UNAVAILABLE: spark could not start the job: Spark is not installed'),
        hint: expect.stringContaining('spark.submit'),
      },
    ])
  })
})
