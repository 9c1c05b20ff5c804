import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, type MongoService, mongo } from '../support/services.js'
import { jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { lakeferry } from './spawned.js'

let server: MongoService
let cwd: string
const database = freshDatabase()
const RUN = '20260101T000000.000Z-abcdef'

const contract = (name: string, properties: string, rest = ''): string =>
  `apiVersion: v3.1.0\nkind: DataContract\nid: urn:test:${name}\nname: ${name}\nversion: 1.0.0\nstatus: active\n` +
  `schema:\n  - name: ${name}\n    properties:\n${properties}${rest}`

const PAPERS = contract('papers', '      - {name: year, logicalType: integer}\n')
const COMMENTS = contract(
  'comments',
  '      - {name: paper, logicalType: string}\n',
  '    relationships:\n      - {type: foreignKey, from: comments.paper, to: papers._id}\n',
)

beforeAll(async () => {
  server = await mongo()
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-cycle-'))
  const lines = (documents: readonly object[]): string => documents.map(one => `${JSON.stringify(one)}\n`).join('')
  await writeFile(join(cwd, 'p.jsonl'), lines(Array.from({ length: 20 }, (_, i) => ({ _id: `p${i}`, year: 2000 + i }))))
  await writeFile(
    join(cwd, 'c.jsonl'),
    lines(Array.from({ length: 30 }, (_, i) => ({ _id: `c${i}`, paper: i === 7 ? 'nowhere' : `p${i % 20}` }))),
  )
  await writeFile(join(cwd, 'papers.odcs.yaml'), PAPERS)
  await writeFile(join(cwd, 'comments.odcs.yaml'), COMMENTS)
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: "${server.uri}", database: ${database}}\nlake: {url: file:./lake}\ndatasets:\n` +
      '  papers: {collection: papers, contract: papers.odcs.yaml}\n' +
      '  comments: {collection: comments, contract: comments.odcs.yaml}\n',
  )
  for (const [file, collection] of [
    ['p.jsonl', 'papers'],
    ['c.jsonl', 'comments'],
  ] as const)
    await lakeferry(['import', file, '--collection', collection], { cwd }).ended
})
afterAll(() => rm(cwd, { recursive: true, force: true }))

async function answer(...argv: string[]): Promise<{ exitCode: number; datasets: Record<string, unknown>[] }> {
  const invocation = await lakeferry([...argv, '--json', '--quiet'], { cwd }).ended
  const json = jsonOf(invocation)
  expect(differences(json, documentedShape(argv[0] ?? '')), invocation.stderr).toEqual([])
  return { exitCode: invocation.exitCode, datasets: json['datasets'] as Record<string, unknown>[] }
}

const onLake = (...path: string[]): Promise<string> => readFile(join(cwd, 'lake', ...path), 'utf8')

describe('a cycle of two datasets', () => {
  it('exports who refers first, under one run id, and validates against the run of the same cycle', async () => {
    const { exitCode, datasets } = await answer('run', '--run-id', RUN)
    expect(datasets).toMatchObject([
      {
        ...{ dataset: 'comments', runId: RUN, status: 'fail', reused: false },
        references: [{ dataset: 'papers', runId: RUN }],
        failingDocuments: { error: 1 },
        gate: { outcome: 'bad' },
        anomalies: { status: 'quiet', runs: 0 },
      },
      { dataset: 'papers', runId: RUN, status: 'pass', references: [], gate: { outcome: 'good' } },
    ])
    expect(exitCode).toBe(1)
    expect(JSON.parse(await onLake('validation-reports', 'papers', `run=${RUN}`, 'profile.json'))).toMatchObject({
      documents: 20,
      columns: [{ column: 'year', nulls: 0, distinct: 20, numbers: 20, mean: 2009.5 }],
    })
    expect(await onLake('validation-reports', 'papers', `run=${RUN}`, 'report.html')).toContain('id="unusual"')
  })

  it('keeps the contract of each on the lake, by its bytes', async () => {
    for (const text of [PAPERS, COMMENTS]) {
      const fingerprint = createHash('sha256').update(text).digest('hex')
      expect(await onLake('_lakeferry', 'contracts', `${fingerprint}.odcs.yaml`)).toBe(text)
    }
  })

  it('is gone on with: nothing is exported or validated twice', async () => {
    const { exitCode, datasets } = await answer('run', '--resume', '--run-id', RUN)
    expect(datasets).toMatchObject([
      {
        dataset: 'comments',
        runId: RUN,
        resumed: 30,
        reused: true,
        warnings: [expect.stringContaining('committed before')],
      },
      { dataset: 'papers', runId: RUN, resumed: 20, reused: true },
    ])
    expect(exitCode).toBe(1)
  })

  it('has one run id by itself, too, and export has the same order', async () => {
    const { datasets } = await answer('export')
    expect(datasets.map(({ dataset }) => dataset)).toEqual(['comments', 'papers'])
    expect(new Set(datasets.map(({ runId }) => runId)).size).toBe(1)
    // Comments alone are held to the newest papers that there are.
    const [alone] = (await answer('run', 'comments')).datasets
    expect(alone).toMatchObject({ references: [{ dataset: 'papers', runId: datasets[0]?.['runId'] }] })
  })

  it('can be validated for ever: an older run has the contract that it was exported with', async () => {
    await writeFile(join(cwd, 'papers.odcs.yaml'), PAPERS.replace('year', 'decade'))
    const { exitCode, stderr } = await lakeferry(['validate', 'papers'], { cwd }).ended
    expect([exitCode, stderr.includes('CONTRACT_SCHEMA_CHANGED')]).toEqual([2, true])
    const older = await answer('validate', 'papers', '--run', RUN)
    expect(older).toMatchObject({ exitCode: 0, datasets: [{ status: 'pass', reused: true, contract: { kept: true } }] })
    const again = await answer('validate', 'papers', '--run', RUN, '--again')
    expect(again).toMatchObject({
      exitCode: 0,
      datasets: [{ status: 'pass', reused: false, contract: { kept: true } }],
    })
    await writeFile(join(cwd, 'papers.odcs.yaml'), PAPERS)
  })
})
