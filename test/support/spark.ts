import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { TestContext } from 'vitest'
import { s3aJarFiles, sparkProgram } from './programs.js'

const run = promisify(execFile)

/** Long enough for an installation, which the first test that asks waits for; a session itself takes 8 s and more. */
export const SPARK_TEST_MS = 600_000

/** Settings for a session that takes little of a machine that is shared. */
export const SMALL_SESSION: Readonly<Record<string, string>> = {
  'spark.driver.memory': '1g',
  'spark.ui.enabled': 'false',
  'spark.sql.shuffle.partitions': '2',
}

/** Path of `spark-submit`. Without Java the calling test is skipped, and the report says why. */
export async function sparkSubmit(context: Pick<TestContext, 'skip'>): Promise<string> {
  const java = process.env['JAVA_HOME'] ? `${process.env['JAVA_HOME']}/bin/java` : 'java'
  const found = await run(java, ['-version']).catch(() => undefined)
  if (found === undefined) return context.skip('needs Java 17, and there is no java on the PATH')
  return sparkProgram()
}

/** The jars of S3A. Without Maven to get them the calling test is skipped, and the report says why. */
export async function s3aJars(context: Pick<TestContext, 'skip'>): Promise<readonly string[]> {
  try {
    return await s3aJarFiles()
  } catch (error) {
    return context.skip(`needs the jars of S3A: ${(error as Error).message}`)
  }
}
