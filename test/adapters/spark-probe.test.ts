import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { probeSpark } from '../../src/adapters/spark/spark-probe.js'
import { SPARK_TEST_MS, s3aJars, sparkSubmit } from '../support/spark.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-probe-'))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function program(name: string, script: string): Promise<string> {
  const file = join(folder, 'bin', name)
  await mkdir(join(folder, 'bin'), { recursive: true })
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
  return file
}

describe('what there is of Spark', () => {
  it('is told with its versions, and an s3:// lake without S3A is not', { timeout: SPARK_TEST_MS }, async context => {
    const submit = await sparkSubmit(context)
    const here = { url: 'file:/lake' }
    expect(await probeSpark({ submit, lake: here, master: 'local[2]' })).toMatchObject({
      submit,
      version: '4.0.2',
      java: expect.stringMatching(/^\d+/),
      master: 'local[2]',
    })
    const lake = { url: 's3://bucket/prefix' }
    await expect(probeSpark({ submit, lake })).rejects.toMatchObject({
      code: 'JOB_UNAVAILABLE',
      message: expect.stringMatching(/no hadoop-aws in spark\.jars \(empty\), nor in .*pyspark\/jars$/),
      hint: expect.stringContaining('LAKEFERRY_SPARK_JARS'),
    })
    const jars = await s3aJars(context)
    expect(await probeSpark({ submit, lake, jars })).toMatchObject({ version: '4.0.2' })
  })

  it('is what a broken program says of itself', async () => {
    const lake = { url: 'file:/lake' }
    const env = { PATH: `${join(folder, 'bin')}:/bin` }
    await program('java', 'echo "Error: no libjvm.so" >&2; exit 2')
    const submit = await program('spark-submit', 'echo "find-spark-home: no pyspark" >&2; exit 1')
    await expect(probeSpark({ submit, lake, env })).rejects.toMatchObject({
      message: `spark could not start the job: ${join(folder, 'bin/java')} does not run: Error: no libjvm.so`,
      hint: expect.stringContaining('Java 17'),
    })
    await program('java', 'echo \'openjdk version "17.0.13" 2024-10-15\' >&2')
    await expect(probeSpark({ submit, lake, env })).rejects.toMatchObject({
      message: `spark could not start the job: ${submit} does not run: find-spark-home: no pyspark`,
      hint: expect.stringContaining('spark-submit --version'),
    })
    await program('spark-submit', 'echo "Welcome to version 3.5.6" >&2')
    expect(await probeSpark({ submit, lake, env })).toMatchObject({ version: '3.5.6', java: '17.0.13' })
    await expect(probeSpark({ submit, lake: { url: 's3://b' }, env })).rejects.toMatchObject({
      code: 'JOB_UNAVAILABLE',
    })
    // By the name: nobody but Spark can see more, and it takes a session to.
    const conf = { 'spark.jars.packages': 'org.apache.hadoop:hadoop-aws:3.4.1' }
    expect(await probeSpark({ submit, lake: { url: 's3://b' }, env, conf })).toMatchObject({ version: '3.5.6' })
    await mkdir(join(folder, 'conf'))
    await writeFile(
      join(folder, 'conf/spark-defaults.conf'),
      'spark.driver.extraClassPath /usr/lib/hadoop/hadoop-aws.jar\n',
    )
    expect(await probeSpark({ submit, lake: { url: 's3://b' }, env })).toMatchObject({ version: '3.5.6' })
  })
})
