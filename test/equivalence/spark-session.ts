import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { LakeferryError } from '../../src/errors.js'
import { SPARK_JAVA_OPTIONS } from '../../src/model/spark-java.js'
import type { Job, JobRunner } from '../../src/ports/job-runner.js'

const DRIVER = fileURLToPath(new URL('driver.py', import.meta.url))
const JOB_FOLDER = fileURLToPath(new URL('../../spark/', import.meta.url))

/** Nothing here that an answer may depend on. */
const SETTINGS = {
  'spark.master': 'local[2]',
  'spark.driver.memory': '1g',
  'spark.driver.host': '127.0.0.1',
  'spark.driver.bindAddress': '127.0.0.1',
  'spark.driver.extraJavaOptions': SPARK_JAVA_OPTIONS,
  'spark.ui.enabled': 'false',
  'spark.ui.showConsoleProgress': 'false',
  'spark.sql.shuffle.partitions': '2',
  'spark.default.parallelism': '2',
}

/** Why no Spark can run here; undefined when Java is there. */
export function noJava(): string | undefined {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'there is no java on the PATH, and Spark needs 17'
  }
}

/** A long-lived Spark that runs `spark/job.py` for one spec after another, since a session takes seconds to begin. */
export class SparkSession {
  readonly version: string
  readonly #driver: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #answers: AsyncIterator<string>
  readonly #folder: string
  readonly #log: { text: string }
  #last: Promise<unknown> = Promise.resolve()

  private constructor(
    version: string,
    driver: ChildProcessByStdio<Writable, Readable, Readable>,
    answers: AsyncIterator<string>,
    folder: string,
    log: { text: string },
  ) {
    this.version = version
    this.#driver = driver
    this.#answers = answers
    this.#folder = folder
    this.#log = log
  }

  /** @param home - a virtual environment of Python with PySpark in it */
  static async open(home: string, settings: Readonly<Record<string, string>> = {}): Promise<SparkSession> {
    const folder = await mkdtemp(join(tmpdir(), 'lf-spark-'))
    const driver = spawn(
      join(home, 'bin', 'python3'),
      [DRIVER, JOB_FOLDER, JSON.stringify({ ...SETTINGS, ...settings })],
      {
        cwd: folder,
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', SPARK_LOCAL_IP: '127.0.0.1' },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    )
    const log = { text: '' }
    driver.stderr.setEncoding('utf8').on('data', (text: string) => {
      log.text = (log.text + text).slice(-20_000)
    })
    const answers = createInterface({ input: driver.stdout })[Symbol.asyncIterator]()
    const begun = await answers.next()
    if (begun.done) throw new Error(`Spark did not begin: ${log.text}`)
    return new SparkSession(JSON.parse(begun.value).version, driver, answers, folder, log)
  }

  /** @param root - the lake's folder */
  runner(root: string): JobRunner {
    return {
      name: 'spark',
      run: async job => {
        const answered = await this.#ask({ lake: `file:${root}/`, folder: job.folder })
        if (!answered) throw failed(job)
        return { facts: {} }
      },
      close: async () => undefined,
    }
  }

  /** Ends the driver; its Java process ends with it. */
  async close(): Promise<void> {
    const ended = new Promise(resolve => this.#driver.once('exit', resolve))
    this.#driver.stdin.end()
    await ended
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #ask(asked: { lake: string; folder: string }): Promise<boolean> {
    const answer = this.#last.then(async () => {
      this.#driver.stdin.write(`${JSON.stringify(asked)}\n`)
      const line = await this.#answers.next()
      if (line.done) throw new Error(`Spark ended: ${this.#log.text}`)
      return JSON.parse(line.value).answered === true
    })
    this.#last = answer.catch(() => undefined)
    return answer
  }
}

function failed({ id }: Job): LakeferryError {
  return new LakeferryError('JOB_FAILED', {
    runner: 'spark',
    job: id,
    state: 'failed',
    reason: 'see error.json',
    next: 'Look there.',
  })
}
