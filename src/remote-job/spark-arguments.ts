import { SPARK_JAVA_OPTIONS } from '../model/spark-java.js'
import type { Job } from '../ports/job-runner.js'

/** What `job.py` is called with, wherever it runs: the root of the lake, and its own folder below it. */
export function jobArguments(lakeUrl: string, job: Job): string[] {
  return ['--lake', withSlash(lakeUrl), '--folder', job.folder]
}

/** Address of the program of a job. */
export function jobProgram(lakeUrl: string, job: Job): string {
  return `${withSlash(lakeUrl)}${job.folder}job.py`
}

/** Where driver and executors take Java's options from; the service's own defaults are under other names. */
const JAVA_OPTIONS = ['spark.driver.extraJavaOptions', 'spark.executor.extraJavaOptions']

/**
 * `--conf name=value` for each setting and for Java's options, in the order of names: the same settings give the same
 * request. The user's options of Java come last, and so win.
 */
export function confArguments(conf: Readonly<Record<string, string>>): string[] {
  const java = JAVA_OPTIONS.map(name => [name, [SPARK_JAVA_OPTIONS, conf[name]].filter(Boolean).join(' ')] as const)
  return Object.entries({ ...conf, ...Object.fromEntries(java) })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => ['--conf', `${name}=${value}`])
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`
}
