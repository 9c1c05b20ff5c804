// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of lakeferry.yaml
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { jsonOf } from '../cli/cli-fixture.js'
import { lakeferry } from '../cli/spawned.js'
import { type LocalEmr, type LocalEmrOptions, startLocalEmr } from '../support/local-emr/local-emr.js'
import { freshDatabase, freshPrefix, mongo, type S3Service, s3 } from '../support/services.js'
import { SPARK_TEST_MS, s3aJars, sparkSubmit } from '../support/spark.js'

const APPLICATION = '00f1abcdefghij01'
const CONTRACT = `apiVersion: v3.1.0
kind: DataContract
id: papers
name: papers
version: 1.0.0
status: active
schema:
  - name: papers
    properties:
      - {name: title, logicalType: string, required: true}
      - {name: venue, logicalType: string, quality: [{type: library, metric: duplicateValues, mustBe: 0}]}
      - {name: score, logicalType: number, logicalTypeOptions: {minimum: 0, maximum: 10}}
`

interface Told {
  readonly datasets: readonly {
    readonly runId: string
    readonly jobs: readonly { readonly state: string; readonly where: string }[]
  }[]
  readonly error: { readonly message: string; readonly hint: string }
}

let cwd: string
let storage: S3Service
let prefix: string
let emr: LocalEmr | undefined
let lake: ObjectStore

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-emr-cycle-'))
  storage = await s3()
  prefix = freshPrefix()
  lake = await openS3Store({ ...storage, credentials: storage, prefix })
})

afterEach(async () => {
  await emr?.stop()
  emr = undefined
  await lake.close()
  await rm(cwd, { recursive: true, force: true })
})

/** A local EMR, a configuration that names it, and a collection with defects in it. */
async function begin(options: LocalEmrOptions): Promise<LocalEmr> {
  emr = await startLocalEmr({ storage, ...options })
  emr.jobRuns.applications.add(APPLICATION)
  const { uri } = await mongo()
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: "${uri}", database: ${freshDatabase()}}
lake:
  url: s3://${storage.bucket}/${prefix}
  endpoint: ${storage.endpoint}
  region: ${storage.region}
  credentials: {accessKeyId: "\${KEY}", secretAccessKey: "\${SECRET}"}
datasets: {papers: {collection: papers, contract: papers.odcs.yaml}}
engine: {kind: emr}
emr:
  endpoint: ${emr.endpoint}
  logs: s3://${storage.bucket}/${prefix}-logs
  pollSeconds: 1
  application: ${APPLICATION}
  role: arn:aws:iam::123456789012:role/job
`,
  )
  await writeFile(join(cwd, 'papers.odcs.yaml'), CONTRACT)
  const papers = Array.from({ length: 200 }, (_, n) => ({
    _id: n,
    ...(n % 50 === 0 ? {} : { title: `Paper ${n} “äöü”` }),
    venue: `venue ${n % 190}`,
    score: n === 7 ? 11 : n / 20,
  }))
  await writeFile(join(cwd, 'papers.jsonl'), papers.map(paper => `${JSON.stringify(paper)}\n`).join(''))
  expect((await call('import', 'papers.jsonl', '--collection', 'papers')).exitCode).toBe(0)
  return emr
}

const started = (...argv: string[]) =>
  lakeferry([...argv, '--json'], { cwd, env: { KEY: storage.accessKeyId, SECRET: storage.secretAccessKey } })

async function call(...argv: string[]): Promise<{ exitCode: number; json: Told; stderr: string }> {
  const ended = await started(...argv).ended
  expect(ended.stdout + ended.stderr).not.toContain(storage.secretAccessKey)
  return { exitCode: ended.exitCode, json: jsonOf(ended) as unknown as Told, stderr: ended.stderr }
}

async function exportPapers(): Promise<void> {
  const { exitCode, stderr } = await call('export')
  expect(exitCode, stderr).toBe(0)
}

async function realSpark(context: TestContext): Promise<LocalEmrOptions> {
  const program = await sparkSubmit(context)
  const jars = await s3aJars(context)
  const bin = dirname(program)
  return { outcome: () => ({ kind: 'spark' }), spark: { bin, jars, python: join(bin, 'python3') } }
}

async function verdict(runId: string): Promise<string> {
  const stored = await lake.get(`validation-reports/papers/run=${runId}/result.json`)
  return Buffer.from(stored?.body ?? []).toString('utf8')
}

const leftOfJobs = async (): Promise<string[]> => {
  const keys: string[] = []
  for await (const { key } of lake.list('_lakeferry/jobs/')) keys.push(key)
  return keys
}

/** Whether the command has written down what the service called its job: from there on it waits for its end. */
async function isNoted(): Promise<boolean> {
  for (const key of await leftOfJobs()) {
    if (!key.endsWith('/submission.json')) continue
    const { ids } = JSON.parse(Buffer.from((await lake.get(key))?.body ?? []).toString('utf8'))
    return Object.keys(ids).length > 0
  }
  return false
}

it(
  'engine emr: export, a cluster with a step, killed while Spark is at work, found again, one verdict and that of DuckDB',
  async context => {
    const server = await begin(await realSpark(context))
    await exportPapers()

    const killed = started('validate')
    await expect.poll(() => server.clusters.all[0]?.steps[0]?.state, { timeout: 180_000 }).toBe('RUNNING')
    killed.child.kill('SIGKILL')
    expect((await killed.ended).exitCode).toBe(-1)

    const second = await call('validate')
    expect(second, second.stderr).toMatchObject({
      exitCode: 1,
      json: { datasets: [{ engine: 'emr', status: 'fail' }] },
    })
    expect(server.actions.filter(action => action === 'RunJobFlow')).toHaveLength(1)
    expect(server.clusters.all.flatMap(({ steps }) => steps.map(({ state }) => state))).toEqual(['COMPLETED'])
    const { runId } = second.json.datasets[0]!
    const execution = JSON.parse(
      Buffer.from((await lake.get(`validation-reports/papers/run=${runId}/execution.json`))!.body).toString('utf8'),
    )
    expect(execution).toMatchObject({ engine: 'emr', facts: { cluster: server.clusters.all[0]?.id, attempt: 1 } })
    expect(await leftOfJobs()).toEqual([])

    const onEmr = await verdict(runId)
    expect(onEmr).toContain('"violated":4')
    expect((await call('validate', '--engine', 'duckdb', '--again')).exitCode).toBe(1)
    expect(await verdict(runId)).toBe(onEmr)
  },
  SPARK_TEST_MS,
)

it(
  'engine emr-serverless: export, job run, real Spark, report and gate in one command, with what it cost',
  async context => {
    const server = await begin(await realSpark(context))
    const run = await call('run', '--engine', 'emr-serverless')
    expect(run, run.stderr).toMatchObject({
      exitCode: 1,
      json: { datasets: [{ engine: 'emr-serverless', status: 'fail' }] },
    })
    expect(server.jobRuns.all.map(({ state }) => state)).toEqual(['SUCCESS'])
    expect(run.stderr).toContain('emr-serverless: RUNNING')
    const { runId } = run.json.datasets[0]!
    const folder = `validation-reports/papers/run=${runId}`
    const execution = JSON.parse(Buffer.from((await lake.get(`${folder}/execution.json`))!.body).toString('utf8'))
    expect(execution.facts).toMatchObject({ jobRun: server.jobRuns.all[0]?.id, costUsd: expect.any(Number) })
    expect(execution.facts.costUsd).toBeGreaterThan(0)
    expect(await lake.head(`${folder}/report.html`)).toBeDefined()
    expect(await leftOfJobs()).toEqual([])
    const onServerless = await verdict(runId)
    expect((await call('validate', '--engine', 'duckdb', '--again')).exitCode).toBe(1)
    expect(await verdict(runId)).toBe(onServerless)
  },
  SPARK_TEST_MS,
)

describe('without Spark', () => {
  it('submit returns at once, status tells the state, cancel ends the job, and status then exits with 3', async () => {
    const server = await begin({ outcome: () => ({ kind: 'runs on' }) })
    await exportPapers()
    for (const engine of ['emr', 'emr-serverless']) {
      const action = (name: string) => call('emr', name, 'papers', '--engine', engine)
      const submitted = (await action('submit')).json.datasets[0]?.jobs[0]
      expect(submitted).toMatchObject({ attempt: 1, job: expect.stringMatching(/^[0-9a-f]{16}$/) })
      expect((await action('submit')).json.datasets[0]?.jobs[0]).toMatchObject({ where: submitted?.where })
      await expect
        .poll(async () => (await action('status')).json.datasets[0]?.jobs[0]?.state, { timeout: 180_000 })
        .toBe('RUNNING')
      expect((await action('cancel')).exitCode).toBe(0)
      await expect.poll(async () => (await action('status')).exitCode, { timeout: 180_000 }).toBe(3)
      expect((await action('status')).json.datasets[0]?.jobs[0]?.state).toBe('CANCELLED')
    }
    expect(server.clusters.all.flatMap(({ steps }) => steps)).toHaveLength(1)
    expect(server.jobRuns.all).toHaveLength(1)
  })

  it('a driver’s own last error is in ours, from the log in the bucket, without the secrets in it', async () => {
    const stderr =
      'INFO x\nTraceback (most recent call last):\n  File "job.py", line 1\nModuleNotFoundError: No module named pyspark; fs.s3a.secret.key=hunter2\nINFO ShutdownHookManager\n'
    await begin({ outcome: () => ({ kind: 'fails', stderr }), logDelayMs: 500 })
    await exportPapers()
    for (const engine of ['emr', 'emr-serverless']) {
      const { exitCode, json } = await call('validate', '--engine', engine)
      expect(exitCode).toBe(3)
      expect(json.error).toMatchObject({ code: 'JOB_FAILED' })
      expect(json.error.message).toContain(
        'the driver said: ModuleNotFoundError: No module named pyspark; fs.s3a.secret.key=***',
      )
      expect(JSON.stringify(json)).not.toContain('hunter2')
      expect(json.error.hint).toContain(`s3://${storage.bucket}/${prefix}-logs/`)
    }
  })

  it('Ctrl-C leaves the job running where nobody can be asked, says so, and the next command goes on with it', async () => {
    const server = await begin({ outcome: () => ({ kind: 'runs on' }) })
    await exportPapers()
    const stopped = started('validate')
    await expect.poll(() => server.clusters.all[0]?.steps[0]?.state, { timeout: 180_000 }).toBe('RUNNING')
    // It runs a moment before the command knows what it is called.
    await expect.poll(isNoted, { timeout: 180_000 }).toBe(true)
    stopped.child.kill('SIGINT')
    const { exitCode, stderr } = await stopped.ended
    expect(exitCode).toBe(130)
    expect(stderr).toMatch(/is left running: the same command goes on with it, and lakeferry emr cancel ends it/)
    expect((await call('emr', 'status')).json.datasets[0]?.jobs).toMatchObject([{ state: 'RUNNING' }])
    expect(server.actions).not.toContain('CancelSteps')
  })
})
