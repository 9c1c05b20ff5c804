import { delimiter } from 'node:path'
import { SPARK_JAVA_OPTIONS } from '../../model/spark-java.js'
import { type S3aLake, s3aSettings } from './s3a-settings.js'

export interface SubmitOptions {
  readonly master: string
  readonly jars: readonly string[]
  /** The user's; they win over ours. */
  readonly conf: Readonly<Record<string, string>>
  /** Undefined for a `file:` lake. */
  readonly s3a: S3aLake | undefined
}

/** Whether driver and executors are one process of this machine. */
export function isLocal(master: string): boolean {
  return /^local(\[|$)/.test(master)
}

/** The settings that `spark-submit` is given, none of them a secret. */
export function submitSettings({ master, jars, conf, s3a }: SubmitOptions): Readonly<Record<string, string>> {
  return {
    'spark.submit.deployMode': 'client',
    // A console has nothing to show of a bar, and our log has no room for it.
    'spark.ui.showConsoleProgress': 'false',
    ...(isLocal(master) ? { 'spark.ui.enabled': 'false' } : {}),
    ...(s3a === undefined ? {} : s3aSettings(s3a)),
    ...conf,
    // Not --jars, which copies half a gigabyte for each job.
    ...classPath('spark.driver.extraClassPath', jars, conf),
    ...(isLocal(master) ? {} : classPath('spark.executor.extraClassPath', jars, conf)),
    ...javaOptions('spark.driver.extraJavaOptions', conf),
    ...(isLocal(master) ? {} : javaOptions('spark.executor.extraJavaOptions', conf)),
  }
}

/** The whole command line after `spark-submit`. */
export function submitArguments(options: SubmitOptions, name: string, program: readonly string[]): readonly string[] {
  const settings = Object.entries(submitSettings(options)).flatMap(([key, value]) => ['--conf', `${key}=${value}`])
  return ['--master', options.master, '--name', name, ...settings, ...program]
}

function classPath(name: string, jars: readonly string[], conf: SubmitOptions['conf']): Record<string, string> {
  if (jars.length === 0) return {}
  return { [name]: [...jars, ...(conf[name] === undefined ? [] : [conf[name]])].join(delimiter) }
}

/** The user's come last, and so win. */
function javaOptions(name: string, conf: SubmitOptions['conf']): Record<string, string> {
  return { [name]: [SPARK_JAVA_OPTIONS, conf[name]].filter(Boolean).join(' ') }
}
