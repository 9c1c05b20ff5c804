import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { interruption, reasonOf } from '../../errors.js'
import type { Job, JobOutcome, JobRunner, RunJobOptions } from '../../ports/job-runner.js'
import { driverFailure } from './driver-failure.js'
import { type Environment, findSpark, unavailable } from './find-spark.js'
import { type ProcessEnd, runGroup } from './process-group.js'
import { hadoopUri, type S3aCredentials, type S3aLake, s3aEnvironment } from './s3a-settings.js'
import { isLocal, submitArguments } from './submit-arguments.js'

export interface SparkOptions {
  /** Path of `spark-submit`, or a name on the PATH. @defaultValue that of `SPARK_HOME`, else the one on the PATH */
  readonly submit?: string
  /** @defaultValue `local[*]` */
  readonly master?: string
  /** Put before Spark's own classes, on every machine at the same path. */
  readonly jars?: readonly string[]
  /** Settings that win over ours; no secrets, they are on the command line. */
  readonly conf?: Readonly<Record<string, string>>
  /** `s3://bucket/prefix` or `file:/lake`, with how an S3 one is reached. */
  readonly lake: { readonly url: string } & S3aLake
  /** Asked just before the job starts. Undefined: Spark finds its own. */
  readonly credentials?: () => Promise<S3aCredentials | undefined>
  /** `job.py`, on this machine: the same that the job's folder has. */
  readonly program: URL
  /** @defaultValue this process's */
  readonly env?: Environment
}

/**
 * Spark by `spark-submit`: a process of this machine that holds the driver, and with a local master everything. It
 * ends when the signal aborts and when this process dies, so that no job ever runs beside its successor.
 */
export function openSparkSubmit(options: SparkOptions): JobRunner {
  return new SparkSubmitRunner(options)
}

class SparkSubmitRunner implements JobRunner {
  readonly name: string = 'spark'
  readonly #options: SparkOptions

  constructor(options: SparkOptions) {
    this.#options = options
  }

  async run(job: Job, { signal, onState }: RunJobOptions): Promise<JobOutcome> {
    signal?.throwIfAborted()
    const { master = 'local[*]', jars = [], conf = {}, lake, env = process.env } = this.#options
    const programs = findSpark(this.#options.submit, env)
    const isS3 = lake.url.startsWith('s3:')
    const credentials = isS3 ? await this.#options.credentials?.() : undefined
    const program = [fileURLToPath(this.#options.program), '--lake', hadoopUri(lake.url), '--folder', job.folder]
    const args = submitArguments({ master, jars, conf, s3a: isS3 ? lake : undefined }, job.name, program)

    // Spark leaves a warehouse, artifacts and, when it is killed, its blocks where it was started.
    const cwd = await mkdtemp(join(tmpdir(), 'lakeferry-spark-'))
    const startedAt = performance.now()
    try {
      onState?.('RUNNING')
      const end = await this.#submit({
        command: programs.submit,
        args,
        cwd,
        signal,
        env: {
          ...env,
          ...programs.env,
          ...(isLocal(master) ? { SPARK_LOCAL_IP: env['SPARK_LOCAL_IP'] || '127.0.0.1' } : {}),
          ...(isLocal(master) && !env['SPARK_LOCAL_DIRS'] ? { SPARK_LOCAL_DIRS: join(cwd, 'blocks') } : {}),
          ...s3aEnvironment(credentials),
        },
      })
      if (signal?.aborted) throw interruption(signal)
      if (end.code !== 0) throw driverFailure(job.id, end, secretsOf(credentials))
      return { facts: { master, submitSeconds: Math.round(performance.now() - startedAt) / 1000 } }
    } finally {
      await rm(cwd, { recursive: true, force: true, maxRetries: 3 })
    }
  }

  async close(): Promise<void> {}

  async #submit(order: Parameters<typeof runGroup>[0]): Promise<ProcessEnd> {
    try {
      return await runGroup(order)
    } catch (error) {
      throw unavailable(
        `${order.command} cannot be run: ${reasonOf(error)}`,
        'Is it a program that may be executed here?',
        error,
      )
    }
  }
}

function secretsOf(credentials: S3aCredentials | undefined): readonly string[] {
  return credentials === undefined ? [] : [credentials.secretAccessKey, credentials.sessionToken ?? '']
}
