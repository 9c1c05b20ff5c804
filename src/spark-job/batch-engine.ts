import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { isLakeferryError, LakeferryError, reasonOf } from '../errors.js'
import { canonicalJson } from '../model/canonical-json.js'
import { lakeKey } from '../model/lake-key.js'
import { manifestBytes } from '../model/manifest.js'
import { type Clock, systemClock } from '../ports/clock.js'
import type { JobOutcome, JobRunner } from '../ports/job-runner.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { QueryEngine, QueryRequest, Statement } from '../ports/query-engine.js'
import { type Asked, answerPages } from './answer-pages.js'
import { checkAnswers } from './answers.js'
import { jobFailure } from './job-failure.js'
import { JobFolder } from './job-folder.js'
import { jobSpec } from './job-spec.js'

export interface BatchEngineOptions {
  /** Where the parts are, and where the job's folder goes. */
  readonly lake: ObjectStore
  /** What runs the job. The engine's name is its name. The engine closes it. */
  readonly runner: JobRunner
  /** The program that each job is given. @defaultValue `spark/job.py` of this package */
  readonly program?: URL
  /** @defaultValue the system's */
  readonly clock?: Clock
  /** Told of each change of the job's state, in the runner's own words. */
  readonly onState?: (state: string) => void
}

/** The program of every job, on this machine. */
export const JOB_PROGRAM: URL = new URL('../../spark/job.py', import.meta.url)

/**
 * Statements of Spark SQL, answered by one job that runs elsewhere. All statements are asked at once, and the job's folder
 * on the lake carries questions and answers, so that whoever died while it ran finds its answers there.
 *
 * The folder goes once everything was read, and when the job has failed for good; it stays when we are asked to stop.
 */
export function openBatchEngine(options: BatchEngineOptions): QueryEngine {
  return new BatchEngine(options)
}

class BatchEngine implements QueryEngine {
  readonly name: string
  readonly dialect = 'spark'
  readonly #options: BatchEngineOptions
  #version: string | undefined
  #facts: Readonly<Record<string, string | number>> = {}

  constructor(options: BatchEngineOptions) {
    this.name = options.runner.name
    this.#options = options
  }

  /** Known from the answers, and so only after a run. */
  async version(): Promise<string> {
    if (this.#version === undefined) throw new TypeError(`${this.name} tells its version with its answers`)
    return this.#version
  }

  /** Of the last run: the job's id, what its runner and Spark tell of it. */
  facts(): Readonly<Record<string, string | number>> {
    return this.#facts
  }

  async run(request: QueryRequest): Promise<void> {
    const { manifest, onPage, signal } = request
    signal?.throwIfAborted()
    const asked = request.statements.map(ask)
    const spec = canonicalJson(jobSpec({ ...request, statements: asked }))
    const id = createHash('sha256').update(spec).digest('hex').slice(0, 16)
    const { lake } = this.#options
    const folder = new JobFolder(lake, lakeKey.job(manifest.dataset, manifest.runId, id))

    const read = this.#reading(folder, signal)
    const before = await read(() => folder.answers())
    const outcome = before === undefined ? await this.#submit(request, folder, spec, id) : undefined
    const answers = await read(async () => {
      const value = before ?? (await folder.answers())
      if (value === undefined) throw new RangeError('the job ended well and left no answers')
      const names = asked.map(({ name }) => name)
      return checkAnswers(value, names)
    })
    this.#version = answers.spark
    this.#facts = {
      job: id,
      ...(outcome === undefined ? { answers: 'of an earlier run of this job' } : outcome.facts),
      ...answers.facts,
    }
    const pages = answerPages({ lake, folder, asked, answers, engine: this.name, signal })
    try {
      for (;;) {
        const page = await read(() => pages.next())
        if (page.done) break
        await onPage(page.value.statement, page.value.rows)
      }
    } finally {
      await pages.return(undefined)
    }
    await folder.remove()
  }

  async close(): Promise<void> {
    await this.#options.runner.close()
  }

  async #submit(
    { manifest, references = [], signal }: QueryRequest,
    folder: JobFolder,
    spec: string,
    id: string,
  ): Promise<JobOutcome> {
    const { runner, program = JOB_PROGRAM, clock = systemClock, onState } = this.#options
    await folder.write(spec, await readFile(program), clock.now())
    const { dataset, runId } = manifest
    const job = {
      ...{ id, dataset, runId, folder: folder.key, name: `lakeferry ${dataset} ${runId}` },
      bytes: [manifest, ...references.map(reference => reference.manifest)].reduce(
        (sum, read) => sum + manifestBytes(read, 'parquet'),
        0,
      ),
    }
    try {
      return await runner.run(job, { ...(signal ? { signal } : {}), ...(onState ? { onState } : {}) })
    } catch (error) {
      if (signal?.aborted || !isLakeferryError(error, 'JOB_FAILED')) throw error
      // What the job itself says of its failure is better than what others make of its end.
      const told = await folder.failure().catch(() => undefined)
      return await this.#giveUp(folder, jobFailure(told, { lake: this.#options.lake.url, engine: this.name }) ?? error)
    }
  }

  /**
   * For what reads the job's folder. Answers that nobody can read would be found again by each further attempt: they are
   * removed. Those that only could not be reached stay.
   */
  #reading(folder: JobFolder, signal: AbortSignal | undefined): <T>(work: () => Promise<T>) => Promise<T> {
    return async work => {
      try {
        return await work()
      } catch (error) {
        if (signal?.aborted) throw error
        if (isLakeferryError(error)) {
          const spoilt = isLakeferryError(error, 'ENGINE_FAILED', 'LAKE_OBJECT_DAMAGED', 'LAKE_OBJECT_MISSING')
          if (spoilt) return this.#giveUp(folder, error)
          throw error
        }
        const details = { engine: this.name, step: 'read the answers of the job', reason: reasonOf(error) }
        return this.#giveUp(folder, new LakeferryError('ENGINE_FAILED', details, { cause: error }))
      }
    }
  }

  /** A job that failed for good leaves nothing that the next attempt could take for its own. */
  async #giveUp(folder: JobFolder, error: unknown): Promise<never> {
    await folder.remove().catch(() => undefined)
    throw error
  }
}

function ask({ name, sql, cells, atMost, given }: Statement): Asked & Pick<Statement, 'atMost' | 'given'> {
  const text = typeof sql === 'function' ? sql() : sql
  const types = typeof cells === 'function' ? cells() : cells
  if (types === undefined) throw new TypeError(`the statement ${name} does not tell the types of its cells`)
  return {
    ...{ name, sql: text, cells: types },
    ...(atMost === undefined ? {} : { atMost }),
    ...(given === undefined ? {} : { given }),
  }
}
