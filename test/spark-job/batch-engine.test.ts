import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { LakeferryError } from '../../src/errors.js'
import { EMPTY_DIGEST } from '../../src/model/digest.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { Job, JobRunner, RunJobOptions } from '../../src/ports/job-runner.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { QueryRequest, Row, Statement } from '../../src/ports/query-engine.js'
import { openBatchEngine } from '../../src/spark-job/batch-engine.js'
import { remote } from '../adapters/duckdb-runs.js'

const MANIFEST: Manifest = {
  version: 1,
  runId: '20260102T030405.678Z-0a1b2c',
  dataset: 'papers',
  source: { server: 'h', database: 'd', collection: 'papers' },
  guarantee: { kind: 'majority', reason: 'a test' },
  startedAt: '2026-01-02T03:04:05.678Z',
  committedAt: '2026-01-02T03:04:06.678Z',
  documents: 2,
  digest: EMPTY_DIGEST,
  formats: ['parquet'],
  parts: [
    {
      format: 'parquet',
      key: 'p',
      documents: 2,
      bytes: 7,
      sha256: 'aa',
      digest: EMPTY_DIGEST,
      firstId: null,
      lastId: null,
    },
  ],
  rejects: { documents: 0, keys: [] },
  census: { documents: 2, fields: {}, truncated: false },
  columns: [],
  tool: 'lakeferry 0.0.0',
}

const GIVEN = { some: { statement: 'facts', cell: 0 } }
const STATEMENTS: readonly Statement[] = [
  { name: 'facts', sql: 'SELECT count(*) FROM data', cells: [{ kind: 'int64' }] },
  { name: 'violations', sql: () => 'SELECT _id FROM data', cells: () => [{ kind: 'string' }], given: GIVEN },
]

let folder: string
let lake: ObjectStore

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-batch-'))
  lake = openFsStore({ root: folder })
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** What the job does, in place of Spark: its files are the agreement that is tested. */
type Act = (
  put: (name: string, body: string | Uint8Array) => Promise<void>,
  job: Job,
  options: RunJobOptions,
) => Promise<void>

class ScriptedRunner implements JobRunner {
  readonly name: string = 'scripted'
  readonly jobs: Job[] = []
  readonly #act: Act

  constructor(act: Act) {
    this.#act = act
  }

  async run(job: Job, options: RunJobOptions) {
    this.jobs.push(job)
    const put = async (name: string, body: string | Uint8Array): Promise<void> => {
      const file = join(folder, job.folder, name)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, body)
    }
    await this.#act(put, job, options)
    return { facts: { cluster: 'j-1' } }
  }

  async close(): Promise<void> {}
}

const ANSWERS = {
  version: 1,
  spark: '4.0.2',
  statements: [
    { name: 'facts', rows: [['2']] },
    { name: 'violations', files: true, count: 2 },
  ],
  facts: { seconds: 1.5 },
}

const lines = (...ids: string[]): Uint8Array => gzipSync(ids.map(id => `${JSON.stringify([id])}\n`).join(''))

/** A job that answers well: two files, out of order on the disk, and what Spark and Hadoop leave beside them. */
const answering: Act = async put => {
  await put('answers/1/part-00001-x.txt.gz', lines('b\u2028'))
  await put('answers/1/part-00000-x.txt.gz', lines('a'))
  await put('answers/1/_SUCCESS', '')
  await put('answers/1/.part-00000-x.txt.gz.crc', 'x')
  await put('answers.json', JSON.stringify(ANSWERS))
}

async function ask(
  runner: JobRunner,
  options: { on?: ObjectStore; signal?: AbortSignal; onPage?: QueryRequest['onPage'] } = {},
) {
  const engine = openBatchEngine({ lake: options.on ?? lake, runner })
  const pages: [string, readonly Row[]][] = []
  await engine.run({
    manifest: MANIFEST,
    columns: [],
    statements: STATEMENTS,
    onPage: async (name, rows) => {
      pages.push([name, rows])
      await options.onPage?.(name, rows)
    },
    ...(options.signal ? { signal: options.signal } : {}),
  })
  return { engine, pages }
}

const jobFiles = async (): Promise<string[]> =>
  (await readdir(join(folder, '_lakeferry/jobs'), { recursive: true, withFileTypes: true }).catch(() => []))
    .filter(entry => entry.isFile())
    .map(entry => entry.name)
    .sort()

const failed = (): LakeferryError =>
  new LakeferryError('JOB_FAILED', { runner: 'scripted', job: 'x', state: 'FAILED', reason: 'exit 1', next: 'Look.' })

describe('a job’s answers', () => {
  it.each(['a directory', 'elsewhere'])('are told in order, and its folder goes: on a lake in %s', async place => {
    const runner = new ScriptedRunner(answering)
    const { engine, pages } = await ask(runner, { on: place === 'elsewhere' ? remote(lake) : lake })
    expect(pages).toEqual([
      ['facts', [[2n]]],
      ['violations', [['a'], ['b\u2028']]],
    ])
    expect(await engine.version()).toBe('4.0.2')
    const [job] = runner.jobs
    expect(engine.facts?.()).toEqual({ job: job?.id, cluster: 'j-1', seconds: 1.5 })
    expect(job).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      folder: `_lakeferry/jobs/papers/run=${MANIFEST.runId}/${job?.id}/`,
      bytes: 7,
    })
    expect(await jobFiles()).toEqual([])
  })

  it('come from a job that was given the spec and the program', async () => {
    let files: string[] = []
    let spec = {}
    const runner = new ScriptedRunner(async (put, job) => {
      files = await jobFiles()
      spec = JSON.parse(await readFile(join(folder, job.folder, 'spec.json'), 'utf8'))
      await answering(put, job, {})
    })
    await ask(runner)
    expect(files).toEqual(['asked.json', 'job.py', 'spec.json'])
    expect(spec).toMatchObject({
      version: 1,
      statements: [{ name: 'facts' }, { sql: 'SELECT _id FROM data', given: GIVEN }],
    })
  })

  it('that are there already are read, and nothing is submitted', async () => {
    // Whoever asked first was killed in the middle of reading.
    const first = new ScriptedRunner(answering)
    const onPage = async (): Promise<void> => Promise.reject(new Error('killed'))
    await expect(ask(first, { onPage })).rejects.toThrow('killed')
    expect(await jobFiles()).toContain('answers.json')

    const second = new ScriptedRunner(async () => Promise.reject(new Error('submitted')))
    const { engine, pages } = await ask(second)
    expect(pages.map(([name]) => name)).toEqual(['facts', 'violations'])
    expect(second.jobs).toEqual([])
    expect(engine.facts?.()).toMatchObject({ job: first.jobs[0]?.id, answers: 'of an earlier run of this job' })
    expect(await jobFiles()).toEqual([])
  })

  it('come in pages of bounded size, each awaited', async () => {
    const ids = Array.from({ length: 2500 }, (_, index) => String(index))
    const runner = new ScriptedRunner(async put => {
      await put('answers/1/part-0.gz', lines(...ids))
      const [facts] = ANSWERS.statements
      await put(
        'answers.json',
        JSON.stringify({ ...ANSWERS, statements: [facts, { name: 'violations', files: true, count: 2500 }] }),
      )
    })
    let at = 0
    const onPage = async (): Promise<void> => {
      at += 1
      expect(at).toBe(1)
      await new Promise(resolve => setTimeout(resolve, 5))
      at -= 1
    }
    const { pages } = await ask(runner, { onPage })
    expect(pages.map(([, rows]) => rows.length)).toEqual([1, 1024, 1024, 452])
    expect(pages.slice(1).flatMap(([, rows]) => rows.map(([id]) => id))).toEqual(ids)
  })

  it.each<[string, Act, object]>([
    ['none', async () => undefined, { code: 'ENGINE_FAILED', message: expect.stringContaining('left no answers') }],
    [
      'of another version',
      async put => put('answers.json', '{"version":2}'),
      { code: 'ENGINE_FAILED', message: expect.stringContaining('of version 2, wanted 1') },
    ],
    ['no JSON', async put => put('answers.json', '{'), { code: 'ENGINE_FAILED' }],
    [
      'to other statements',
      async put => put('answers.json', JSON.stringify({ ...ANSWERS, statements: [...ANSWERS.statements].reverse() })),
      { code: 'ENGINE_FAILED', message: expect.stringContaining('no answer to facts') },
    ],
  ])('that are %s are an error of the engine, and nothing is kept of them', async (_, act, error) => {
    await expect(ask(new ScriptedRunner(act))).rejects.toMatchObject(error)
    expect(await jobFiles()).toEqual([])
  })

  const spoilt =
    (name: string, body: Uint8Array | undefined): Act =>
    async (put, job, options) => {
      await answering(put, job, options)
      if (body === undefined) await rm(join(folder, job.folder, name))
      else await put(name, body)
    }

  it.each<[string, Act, object]>([
    [
      'lack a file',
      spoilt('answers/1/part-00001-x.txt.gz', undefined),
      { code: 'LAKE_OBJECT_DAMAGED', details: { wanted: '2 rows', got: '1, in 1 file' } },
    ],
    [
      'have a file cut off',
      spoilt('answers/1/part-00001-x.txt.gz', lines('b').subarray(0, 20)),
      { code: 'LAKE_OBJECT_DAMAGED', details: { wanted: 'a gzip file' } },
    ],
    [
      'have a row of another width',
      spoilt('answers/1/part-00001-x.txt.gz', gzipSync('["b","c"]\n')),
      {
        code: 'ENGINE_FAILED',
        message: expect.stringContaining('read the answer to violations: wanted a row of 1, got one of 2'),
      },
    ],
    [
      'have a cell of another type',
      spoilt('answers/1/part-00001-x.txt.gz', gzipSync('[5]\n')),
      { code: 'ENGINE_FAILED' },
    ],
  ])('that %s are refused, and not found again', async (_, act, error) => {
    await expect(ask(new ScriptedRunner(act))).rejects.toMatchObject(error)
    expect(await jobFiles()).toEqual([])
  })
})

it('answers that the lake only could not give now stay where they are', async () => {
  const unreachable = new LakeferryError('LAKE_UNREACHABLE', { lake: 'x', operation: 'get', reason: 'reset' })
  const broken = new Proxy(remote(lake), {
    get: (target, name) => (name === 'download' ? () => Promise.reject(unreachable) : Reflect.get(target, name)),
  })
  await expect(ask(new ScriptedRunner(answering), { on: broken })).rejects.toBe(unreachable)
  expect(await jobFiles()).toContain('answers.json')
})

describe('a job that failed', () => {
  it.each<[string, object, object]>([
    [
      'a missing part',
      { class: 'PartMissing', message: 'x', part: { key: 'p', wanted: '7 bytes', got: 'nothing' } },
      { code: 'LAKE_OBJECT_MISSING', details: { key: 'p' } },
    ],
    [
      'a damaged part',
      { class: 'PartDamaged', message: 'x', part: { key: 'p', wanted: '7 bytes', got: '6' } },
      { code: 'LAKE_OBJECT_DAMAGED', details: { wanted: '7 bytes', got: '6' } },
    ],
    [
      'a statement',
      { class: 'java.lang.ArithmeticException', message: 'org.X: at s3://k:s@b' },
      {
        code: 'ENGINE_FAILED',
        message: 'scripted could not run the statement facts: java.lang.ArithmeticException: org.X: at s3://***@b',
      },
    ],
  ])('for %s tells so itself, and leaves nothing', async (_, told, error) => {
    const runner = new ScriptedRunner(async put => {
      await put('error.json', JSON.stringify({ version: 1, step: 'run the statement facts', ...told }))
      throw failed()
    })
    await expect(ask(runner)).rejects.toMatchObject(error)
    expect(await jobFiles()).toEqual([])
  })

  it('without a word of its own is what its runner says, whatever an earlier attempt said', async () => {
    const runner = new ScriptedRunner(async (put, job) => {
      if (runner.jobs.length === 2) throw failed()
      await put('error.json', JSON.stringify({ version: 1, step: 'old', class: 'X', message: 'old' }))
      throw new LakeferryError('JOB_UNAVAILABLE', {
        runner: 'scripted',
        operation: 'ask about the job',
        reason: job.id,
        next: 'Again.',
      })
    })
    // Nobody could be asked: the job may be under way, and stays as it is.
    await expect(ask(runner)).rejects.toMatchObject({ code: 'JOB_UNAVAILABLE' })
    expect(await jobFiles()).toEqual(['asked.json', 'error.json', 'job.py', 'spec.json'])
    await expect(ask(runner)).rejects.toMatchObject({ code: 'JOB_FAILED', message: expect.stringContaining('exit 1') })
    expect(await jobFiles()).toEqual([])
    expect(runner.jobs[0]?.id).toBe(runner.jobs[1]?.id)
  })

  it('is left as it is when it was we who were stopped', async () => {
    const stopping = new AbortController()
    const runner = new ScriptedRunner(async () => {
      stopping.abort(new LakeferryError('INTERRUPTED', { signal: 'SIGINT' }))
      throw stopping.signal.reason
    })
    await expect(ask(runner, { signal: stopping.signal })).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(await jobFiles()).toEqual(['asked.json', 'job.py', 'spec.json'])
  })
})

it('a statement that does not tell its cells is a mistake of whoever asks', async () => {
  const engine = openBatchEngine({ lake, runner: new ScriptedRunner(answering) })
  const statements = [{ name: 'facts', sql: 'SELECT 1' }]
  await expect(
    engine.run({ manifest: MANIFEST, columns: [], statements, onPage: async () => undefined }),
  ).rejects.toThrow(TypeError)
})
