import { existsSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { sparkHome } from '../support/programs.js'
import { noJava, SparkSession } from './spark-session.js'

/** A virtual environment of Python with PySpark 3.5 in it, for those who want both. */
const OLDER = process.env['LAKEFERRY_TEST_SPARK35_HOME']

/**
 * The same tests on each Spark that is here, one session each: 4.0, which is installed for the tests, and 3.5 where a
 * variable names one.
 *
 * @param settings - for the session, beside those that it is started with
 */
export function describeSpark(
  what: string,
  tests: (spark: { readonly session: SparkSession }) => void,
  settings: Readonly<Record<string, string>> = {},
): void {
  const java = noJava()
  const none = OLDER === undefined || !existsSync(OLDER)
  on('Spark 4.0', java, sparkHome)
  on(
    'Spark 3.5',
    java ?? (none ? 'LAKEFERRY_TEST_SPARK35_HOME names no Python with PySpark 3.5' : undefined),
    async () => OLDER!,
  )

  function on(version: string, reason: string | undefined, home: () => Promise<string>): void {
    describe(`${what}, on ${version}`, () => {
      let session: SparkSession | undefined
      beforeAll(async () => {
        if (reason === undefined) session = await SparkSession.open(await home(), settings)
      }, 300_000)
      beforeEach(context => {
        if (reason !== undefined) context.skip(reason)
      })
      afterAll(async () => session?.close(), 60_000)
      tests({
        get session() {
          return session!
        },
      })
    })
  }
}
