import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { S3A_HINT } from './driver-failure.js'
import { findSpark, JAVA_HINT, unavailable } from './find-spark.js'
import type { SparkOptions } from './spark-submit-runner.js'

const run = promisify(execFile)

/** What there is of Spark, found without a session. */
export interface SparkProbe {
  readonly submit: string
  /** `4.0.2`. */
  readonly version: string
  readonly java: string
  readonly master: string
}

const WITHIN_MS = 60_000

/** Lines of either program that have its version: `version 4.0.2`, `openjdk version "17.0.13" 2024-10-15`. */
const VERSION = /\bversion "?([0-9][^\s"]*)/

/**
 * Asks `spark-submit` and Java for their versions, and looks for the jars of S3A by their names.
 *
 * @throws {@link LakeferryError} `JOB_UNAVAILABLE`
 */
export async function probeSpark(options: Omit<SparkOptions, 'program'>): Promise<SparkProbe> {
  const { submit: wanted, master = 'local[*]', env = process.env } = options
  const { submit, java, env: programs } = findSpark(wanted, env)
  const childEnv = { ...env, ...programs }
  const javaVersion = await versionOf(java, ['-version'], childEnv, JAVA_HINT)
  if (options.lake.url.startsWith('s3:')) requireS3a(options, submit, childEnv)
  const next = 'Does it start on its own? Try: spark-submit --version'
  const version = await versionOf(submit, ['--version'], childEnv, next)
  return { submit, version, java: javaVersion, master }
}

async function versionOf(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  next: string,
): Promise<string> {
  try {
    const { stdout, stderr } = await run(program, args, { env, timeout: WITHIN_MS })
    const version = VERSION.exec(stderr + stdout)?.[1]
    if (version !== undefined) return version
    throw new Error('it does not tell its version')
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    const said = stderr?.split('\n').find(line => line.trim() !== '') ?? message
    throw unavailable(`${program} does not run: ${said.trim()}`, next, error)
  }
}

/** By its name, wherever Spark is told of jars: it would be missed only when the job is under way. */
function requireS3a(
  { jars = [], conf = {} }: Omit<SparkOptions, 'program'>,
  submit: string,
  env: NodeJS.ProcessEnv,
): void {
  const home = env['SPARK_HOME'] || packagedHome(submit) || dirname(dirname(submit))
  const told = ['spark.jars', 'spark.jars.packages', 'spark.driver.extraClassPath'].map(name => conf[name])
  const defaults = textOf(join(env['SPARK_CONF_DIR'] || join(home, 'conf'), 'spark-defaults.conf'))
  if (/hadoop-aws/.test([...jars, ...told, defaults, ...namesIn(join(home, 'jars'))].join(' '))) return
  throw unavailable(
    `Spark has no S3A to read an s3:// lake with: no hadoop-aws in spark.jars (${jars.join(', ') || 'empty'}), nor in ${join(home, 'jars')}`,
    S3A_HINT,
  )
}

/** Where the Python package has Spark: `bin/spark-submit` of its environment only leads there. */
function packagedHome(submit: string): string | undefined {
  const lib = join(dirname(dirname(submit)), 'lib')
  return namesIn(lib)
    .map(python => join(lib, python, 'site-packages', 'pyspark'))
    .find(home => namesIn(join(home, 'jars')).length > 0)
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
