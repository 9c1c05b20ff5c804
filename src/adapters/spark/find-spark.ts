import { accessSync, constants, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { LakeferryError } from '../../errors.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** The programs that a Spark of this machine is started with. */
export interface SparkPrograms {
  /** Path of `spark-submit`. */
  readonly submit: string
  /** Path of `java`. */
  readonly java: string
  /** For the process: what `spark-submit` itself would look for. */
  readonly env: Readonly<Record<string, string | undefined>>
}

const RUNNER = 'spark'

/**
 * Finds `spark-submit` (as configured, else that of `SPARK_HOME`, else on the PATH) and Java (`JAVA_HOME`, else on the
 * PATH), and says which Python runs the job: `PYSPARK_PYTHON`, else the one of the virtual environment that Spark was
 * installed into, else what Spark finds.
 *
 * @param submit - an absolute path, or a name
 * @throws {@link LakeferryError} `JOB_UNAVAILABLE`
 */
export function findSpark(submit: string | undefined, env: Environment): SparkPrograms {
  const found = findSubmit(submit, env)
  const folder = dirname(found)
  const python = env['PYSPARK_PYTHON'] || [join(folder, 'python3'), join(folder, 'python')].find(isProgram)
  const java = findJava(env)
  requirePython(env)
  return {
    submit: found,
    java,
    env: {
      // The scripts of a virtual environment look for Python and for each other there.
      ...(isProgram(join(folder, 'python3')) ? { PATH: [folder, env['PATH']].filter(Boolean).join(delimiter) } : {}),
      ...(python === undefined
        ? {}
        : { PYSPARK_PYTHON: python, PYSPARK_DRIVER_PYTHON: env['PYSPARK_DRIVER_PYTHON'] || python }),
      // It would win over the program that is asked for by its path.
      ...(submit?.includes('/') && !isHomeOf(env['SPARK_HOME'], found) ? { SPARK_HOME: undefined } : {}),
    },
  }
}

function findSubmit(submit: string | undefined, env: Environment): string {
  const tried: string[] = []
  if (submit !== undefined) {
    const path = submit.includes('/') ? (isProgram(submit) ? submit : undefined) : onPath(submit, env)
    if (path !== undefined) return path
    tried.push(submit.includes('/') ? `${submit} (spark.submit)` : `${submit} on the PATH (spark.submit)`)
  } else {
    const home = env['SPARK_HOME']
    if (home) {
      const path = join(home, 'bin', 'spark-submit')
      if (isProgram(path)) return path
      tried.push(`${path} (SPARK_HOME)`)
    } else tried.push('SPARK_HOME (not set)')
    const path = onPath('spark-submit', env)
    if (path !== undefined) return path
    tried.push('spark-submit on the PATH')
  }
  throw unavailable(
    `Spark is not installed; looked for ${tried.join(', then ')}`,
    'Install it (pip install pyspark==4.0.2) and name its spark-submit in spark.submit, or validate with --engine duckdb.',
  )
}

function findJava(env: Environment): string {
  const home = env['JAVA_HOME']
  const java = home ? join(home, 'bin', 'java') : onPath('java', env)
  if (java !== undefined && isProgram(java)) return java
  const tried = home ? `${join(home, 'bin', 'java')} (JAVA_HOME)` : 'JAVA_HOME (not set), then java on the PATH'
  throw unavailable(`Java is missing; looked for ${tried}`, JAVA_HINT)
}

/** Of the driver, which runs here; that of executors elsewhere is theirs. */
function requirePython(env: Environment): void {
  const name = ['PYSPARK_DRIVER_PYTHON', 'PYSPARK_PYTHON'].find(variable => env[variable])
  const python = name === undefined ? undefined : env[name]
  if (python === undefined || (python.includes('/') ? isProgram(python) : onPath(python, env) !== undefined)) return
  throw unavailable(`Python is missing: ${name} names ${python}, which is no program`, PYTHON_HINT)
}

export const PYTHON_HINT =
  'Install Python 3.9 or newer on the machine of the driver and of the executors, or name one with PYSPARK_PYTHON.'

export const JAVA_HINT =
  'Install Java 17 (Debian, Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17) or set JAVA_HOME.'

export function unavailable(reason: string, next: string, cause?: unknown): LakeferryError {
  return new LakeferryError('JOB_UNAVAILABLE', { runner: RUNNER, operation: 'start the job', reason, next }, { cause })
}

function onPath(name: string, env: Environment): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter(folder => folder !== '')
    .map(folder => join(folder, name))
    .find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

function isHomeOf(home: string | undefined, submit: string): boolean {
  if (!home) return true
  try {
    return realpathSync(join(home, 'bin', 'spark-submit')) === realpathSync(submit)
  } catch {
    return false
  }
}
