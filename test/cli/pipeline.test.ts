import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, type MongoService, mongo } from '../support/services.js'
import { type Invocation, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { lakeferry } from './spawned.js'

let server: MongoService
let cwd: string
const database = freshDatabase()

const CONTRACT = `apiVersion: v3.1.0
kind: DataContract
id: urn:test:papers
name: Papers
version: 1.0.0
status: active
schema:
  - name: papers
    properties:
      - name: title
        logicalType: string
        required: true
slaProperties:
  - property: freshness
    value: 2
    unit: h
`

beforeAll(async () => {
  server = await mongo()
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-pipeline-'))
  const papers = Array.from({ length: 50 }, (_, i) =>
    JSON.stringify({ _id: i, ...(i % 10 === 0 ? {} : { title: `Title ${i}` }) }),
  )
  await writeFile(join(cwd, 'papers.jsonl'), `${papers.join('\n')}\n`)
  await writeFile(join(cwd, 'more.jsonl'), '{"_id": 100, "title": "One more"}\n{"_id": 101, "title"\n')
  await writeFile(join(cwd, 'papers.odcs.yaml'), CONTRACT)
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: "${server.uri}", database: ${database}}\nlake: {url: file:./lake}\ndatasets:\n` +
      '  papers: {collection: papers, contract: papers.odcs.yaml, formats: [parquet, json]}\n' +
      '  plain: {collection: papers, filter: {_id: {$lt: 10}}}\n',
  )
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

/** The JSON answer, checked against docs/cli.md. */
async function answer(
  command: string,
  ...argv: string[]
): Promise<{ exitCode: number; json: Record<string, unknown> }> {
  const invocation: Invocation = await lakeferry([command, '--json', '--quiet', ...argv], { cwd }).ended
  const json = jsonOf(invocation)
  expect(differences(json, documentedShape(command)), invocation.stderr).toEqual([])
  return { exitCode: invocation.exitCode, json }
}

describe('the commands, one after another', () => {
  it('import a file', async () => {
    const { exitCode, json } = await answer('import', 'papers.jsonl', '--collection', 'papers')
    expect(exitCode).toBe(0)
    expect(json).toMatchObject({ collection: `${database}.papers`, documents: 50, rejected: 0 })
  })

  it('import the rest of a file that is damaged, and say where', async () => {
    const { exitCode, stdout, stderr } = await lakeferry(['import', 'more.jsonl', '--collection', 'more', '--json'], {
      cwd,
    }).ended
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      documents: 1,
      rejected: 1,
      rejections: [{ line: 2 }],
      error: { code: 'IMPORT_REJECTED' },
    })
    expect(stderr).toContain('more.jsonl:2: ')
  })

  it('export, with a filter where there is one', async () => {
    const { exitCode, json } = await answer('export')
    expect(exitCode).toBe(0)
    expect(json).toMatchObject({
      datasets: [
        { dataset: 'papers', documents: 50, formats: ['json', 'parquet'] },
        { dataset: 'plain', documents: 10 },
      ],
    })
    const { stdout, stderr } = await lakeferry(['export', 'plain', '--format', 'ndjson.gz'], { cwd }).ended
    expect(stdout).toMatch(
      /^plain: run \S+, 10 documents, \d+ B in 1 part \(ndjson\.gz\), (snapshot|majority), [\d.]+ s\n$/,
    )
    // What takes longer than five seconds also tells how far it is.
    expect(stderr.replaceAll(/^(warning|plain: [\d,]+ (of [\d,]+ )?documents\b).*\n/gm, '')).toBe('')
  })

  it('validate, and exit with 1 when the data break their contract', async () => {
    const { exitCode, json } = await answer('validate', 'papers', '--rows')
    expect(exitCode).toBe(1)
    expect(json).toMatchObject({
      datasets: [{ status: 'fail', failingDocuments: { error: 5, any: 5 }, violations: 5 }],
    })
    expect((await lakeferry(['validate', 'plain'], { cwd }).ended).stderr).toContain('DATASET_NO_CONTRACT')
    // All of them means all that can be.
    expect((await answer('validate')).json).toMatchObject({ datasets: [{ dataset: 'papers' }] })
  })

  it('run everything with one run id, and report on it', async () => {
    const runId = '20260101T000000.000Z-abcdef'
    const { exitCode, json } = await answer('run', 'papers', '--run-id', runId)
    expect(exitCode).toBe(1)
    expect(json).toMatchObject({ datasets: [{ runId, status: 'fail' }] })
    const report = join(cwd, 'lake/validation-reports/papers', `run=${runId}`, 'report.html')
    expect(await readFile(report, 'utf8')).toContain('title.required')
    expect((await lakeferry(['run', 'papers', '--run-id', runId], { cwd }).ended).stderr).toContain('RUN_EXISTS')
    const unjudged = await lakeferry(['run', 'papers', '--format', 'json'], { cwd }).ended
    expect(unjudged).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('no parquet among its formats (json)'),
    })
    expect((await answer('report', 'papers', '--run', runId)).json).toMatchObject({
      datasets: [{ runId, violations: 5 }],
    })
  })

  it('run a dataset without a contract: exported, and no verdict', async () => {
    const { exitCode, stdout } = await lakeferry(['run', 'plain', '--json'], { cwd }).ended
    expect([exitCode, JSON.parse(stdout).datasets[0].status]).toEqual([0, null])
  })

  it('tell what was done before a later dataset failed', async () => {
    await writeFile(
      join(cwd, 'half.yaml'),
      (await readFile(join(cwd, 'lakeferry.yaml'), 'utf8')).replace(
        'plain: {collection: papers',
        'plain: {collection: absent',
      ),
    )
    const { exitCode, stdout } = await lakeferry(['export', '--config', 'half.yaml', '--json'], { cwd }).ended
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      datasets: [{ dataset: 'papers' }],
      error: { code: 'COLLECTION_MISSING', dataset: 'plain' },
    })
  })

  it('list the runs and tell the status, by the contract’s own promise', async () => {
    await answer('validate', 'papers')
    const { json } = await answer('runs', 'papers')
    expect(json).toMatchObject({
      datasets: [{ runs: [{ committed: true, status: 'fail' }, {}, { runId: '20260101T000000.000Z-abcdef' }] }],
    })
    const status = await answer('status')
    expect(status.exitCode).toBe(1)
    expect(status.json).toMatchObject({
      datasets: [
        { state: 'fresh', promiseSeconds: 7200, promiseFrom: 'contract' },
        { promiseFrom: 'monitor.freshness' },
      ],
    })
  })

  it('find with doctor that all is well, or what is not', async () => {
    const { exitCode, json } = await answer('doctor')
    expect(json['checks']).toHaveLength(8)
    expect(exitCode).toBe(0)
    const ill = await answer('doctor', '--config', 'half.yaml')
    expect(ill.exitCode).toBe(2)
    const failed = (ill.json['checks'] as { name: string; ok: boolean; hint: string | null }[]).filter(
      check => !check.ok,
    )
    expect(failed).toEqual([
      expect.objectContaining({ name: 'collection of plain', hint: expect.stringContaining('source.database') }),
    ])
  })
})
