import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { S3Service } from '../services.js'
import type { WorkResult } from './outcome.js'

export interface SparkPrograms {
  /** Directory of Spark's `bin`. */
  readonly bin: string
  /** What S3A needs, absolute paths. */
  readonly jars: readonly string[]
  readonly python: string
}

/**
 * The real `spark-submit` with the words of a step or job run, and `s3://` as EMR has it: there EMRFS, here S3A with the
 * credentials of the machine, which are not the caller's to bring.
 */
export async function sparkWork(
  { bin, jars, python }: SparkPrograms,
  storage: S3Service,
  words: readonly string[],
  signal: AbortSignal,
): Promise<WorkResult> {
  const directory = await mkdtemp(join(tmpdir(), 'local-emr-'))
  const conf: Record<string, string> = {
    'spark.driver.extraClassPath': jars.join(':'),
    'spark.driver.memory': '1g',
    'spark.ui.enabled': 'false',
    'spark.sql.shuffle.partitions': '2',
    'spark.hadoop.fs.s3.impl': 'org.apache.hadoop.fs.s3a.S3AFileSystem',
    'spark.hadoop.fs.s3a.endpoint': storage.endpoint,
    'spark.hadoop.fs.s3a.endpoint.region': storage.region,
    'spark.hadoop.fs.s3a.path.style.access': 'true',
    'spark.hadoop.fs.s3a.connection.ssl.enabled': 'false',
  }
  const args = [
    '--master',
    'local[2]',
    ...Object.entries(conf).flatMap(([name, value]) => ['--conf', `${name}=${value}`]),
    ...words,
  ]
  const child = spawn(join(bin, 'spark-submit'), args, {
    cwd: directory,
    // A process group of its own, so that the JVM ends with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      HOME: process.env['HOME'] ?? directory,
      ...(process.env['JAVA_HOME'] === undefined ? {} : { JAVA_HOME: process.env['JAVA_HOME'] }),
      PYSPARK_PYTHON: python,
      SPARK_LOCAL_IP: '127.0.0.1',
      AWS_ACCESS_KEY_ID: storage.accessKeyId,
      AWS_SECRET_ACCESS_KEY: storage.secretAccessKey,
    },
  })
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
  signal.addEventListener('abort', kill, { once: true })
  process.once('exit', kill)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    return { ok: code === 0, stderr }
  } finally {
    signal.removeEventListener('abort', kill)
    process.off('exit', kill)
    await rm(directory, { recursive: true, force: true })
  }
}

/** A line of parameters as a shell splits it: quotes and backslashes, nothing else. */
export function shellWords(line: string): string[] {
  const words: string[] = []
  for (const [word] of line.matchAll(/(?:[^\s"']|"(?:[^"\\]|\\.)*"|'[^']*')+/g)) {
    words.push(
      word.replaceAll(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
        (_, double, single) => single ?? double.replaceAll(/\\(.)/g, '$1'),
      ),
    )
  }
  return words
}
