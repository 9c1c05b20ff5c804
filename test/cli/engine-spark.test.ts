// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of lakeferry.yaml
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { freshDatabase, freshPrefix, mongo, s3 } from '../support/services.js'
import { SPARK_TEST_MS, s3aJars, sparkSubmit } from '../support/spark.js'
import { jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { lakeferry } from './spawned.js'

const CONTRACT = `apiVersion: v3.1.0
kind: DataContract
id: urn:test:papers
name: Papers
version: 1.0.0
status: active
schema:
  - name: papers
    properties:
      - {name: title, logicalType: string, required: true, logicalTypeOptions: {maxLength: 40}}
      - {name: number, logicalType: integer, unique: true}
      - {name: rating, logicalType: number, logicalTypeOptions: {minimum: 1, maximum: 10}}
      - {name: authors, logicalType: array, items: {logicalType: string}, logicalTypeOptions: {minItems: 1}}
`

const folders: string[] = []
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

/** Documents with every kind of defect that the contract knows, and text that is written differently in many places. */
const PAPERS = Array.from({ length: 120 }, (_, index) => ({
  _id: index,
  ...(index % 10 === 0 ? {} : { title: index % 11 === 0 ? 'ẞ😀\u2028'.repeat(20) : `Title "${index}" \\ é` }),
  number: index % 40 === 0 ? 7 : index + 1000,
  rating: index % 7 === 0 ? 1e300 : index % 5 === 0 ? 'ten' : (index % 9) + 0.1,
  authors: index % 13 === 0 ? [] : index % 17 === 0 ? 'alone' : ['a', null, 'b'],
}))

async function objects(lake: ObjectStore, prefix: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for await (const { key } of lake.list(prefix))
    found[key] = Buffer.from((await lake.get(key))?.body ?? []).toString('base64')
  return found
}

it('validate on Spark writes over S3 what DuckDB writes, to the byte', { timeout: SPARK_TEST_MS }, async context => {
  const submit = await sparkSubmit(context)
  const jars = await s3aJars(context)
  const [{ uri }, storage] = await Promise.all([mongo(), s3()])
  const cwd = await mkdtemp(join(tmpdir(), 'lakeferry-spark-cli-'))
  folders.push(cwd)
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = storage
  const prefix = freshPrefix()
  const keys = '    accessKeyId: ${KEY}\n    secretAccessKey: ${SECRET}\n'
  const sparkConf = 'spark.driver.memory: 1g, spark.sql.shuffle.partitions: 2'
  const configText = (conf: string): string =>
    `source: {uri: "${uri}", database: ${freshDatabase()}}\n` +
    `lake:\n  url: s3://${bucket}/${prefix}\n  endpoint: ${endpoint}\n  region: ${region}\n  credentials:\n${keys}` +
    'datasets: {papers: {collection: papers, contract: c.yaml}}\n' +
    `spark:\n  submit: ${submit}\n  master: local[2]\n  conf: {${conf}}\n`
  await writeFile(join(cwd, 'lakeferry.yaml'), configText(sparkConf))
  const refused =
    'spark.hadoop.fs.s3a.aws.credentials.provider: org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider'
  await writeFile(join(cwd, 'refused.yaml'), configText(`${sparkConf}, ${refused}`))
  await writeFile(join(cwd, 'c.yaml'), CONTRACT)
  await writeFile(join(cwd, 'papers.jsonl'), PAPERS.map(paper => `${JSON.stringify(paper)}\n`).join(''))
  const call = async (command: string, ...argv: string[]) => {
    const env = { KEY: accessKeyId, SECRET: secretAccessKey, LAKEFERRY_SPARK_JARS: jars.join(',') }
    const invocation = await lakeferry([command, '--json', ...argv], { cwd, env }).ended
    expect(invocation.stdout + invocation.stderr).not.toContain(secretAccessKey)
    const json = jsonOf(invocation)
    if (json['error'] === undefined) expect(differences(json, documentedShape(command)), invocation.stderr).toEqual([])
    return { ...invocation, json: json as { datasets?: Record<string, unknown>[]; error?: Record<string, unknown> } }
  }

  expect((await call('import', 'papers.jsonl', '--collection', 'papers')).exitCode).toBe(0)
  expect((await call('export')).exitCode).toBe(0)
  const lake = await openS3Store({ ...storage, bucket, prefix, credentials: { accessKeyId, secretAccessKey } })
  try {
    const duckdb = await call('validate', '--engine', 'duckdb', '--rows')
    const before = await objects(lake, 'validation-reports/')
    const spark = await call('validate', '--engine', 'spark', '--rows', '--again')
    const after = await objects(lake, 'validation-reports/')

    expect(duckdb.exitCode, duckdb.stderr).toBe(1)
    expect(spark.exitCode, spark.stderr).toBe(1)
    expect(spark.json.datasets?.[0]).toMatchObject({
      engine: 'spark',
      violations: duckdb.json.datasets?.[0]?.['violations'],
    })
    expect(spark.stderr).toContain('spark: RUNNING')
    const isAboutOnce = (key: string): boolean => key.endsWith('/execution.json')
    const same = (all: Record<string, string>) =>
      Object.fromEntries(Object.entries(all).filter(([key]) => !isAboutOnce(key)))
    expect(Object.keys(before).some(key => key.includes('/violations/'))).toBe(true)
    expect(Object.keys(before).some(key => key.includes('/rows/'))).toBe(true)
    expect(same(after)).toEqual(same(before))
    const execution = JSON.parse(
      Buffer.from(Object.entries(after).find(([key]) => isAboutOnce(key))?.[1] ?? '', 'base64').toString(),
    )
    expect(execution).toMatchObject({
      engine: 'spark',
      engineVersion: '4.0.2',
      facts: { master: 'local[2]', job: expect.stringMatching(/^[0-9a-f]{16}$/), seconds: expect.any(Number) },
    })
    expect(await objects(lake, '_lakeferry/jobs/')).toEqual({})

    const anonymous = await call('validate', '--config', 'refused.yaml', '--engine', 'spark', '--again')
    expect(anonymous).toMatchObject({
      exitCode: 3,
      json: {
        error: { code: 'JOB_FAILED', hint: expect.stringMatching(/refused by the lake: check lake\.credentials/) },
      },
    })
    // No verdict of a check that could not run.
    expect(same(await objects(lake, 'validation-reports/'))).toEqual(same(before))
  } finally {
    await lake.close()
  }
})
