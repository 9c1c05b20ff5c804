import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { readManifest, readResult } from '../../src/catalog/catalog.js'
import { FORMATS } from '../../src/model/format.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { ValidationResult } from '../../src/model/result.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { lakeferry } from '../cli/spawned.js'
import { freshDatabase, freshPrefix, mongo, s3 } from '../support/services.js'
import { expectedPaperViolations } from './expected-violations.js'
import {
  type Fields,
  linesOf,
  NO_REAL_PAPERS,
  realCommentFiles,
  realPaperFiles,
  writeDriftingPapers,
} from './papers-input.js'
import { documentsOf, linesAt } from './read-lake.js'

const contracts = fileURLToPath(new URL('../contracts/', import.meta.url))
/** One run id for both lakes, so that their results can be compared to the byte. */
const RUN = '20261122T020000.000Z-0a1b2c'

let work: string
let database: string
let client: MongoClient
const lakes: Record<string, { store: ObjectStore; config: string; env: Record<string, string> }> = {}

async function run(lake: string, ...args: string[]): Promise<{ exitCode: number; json: Fields }> {
  const { config, env } = lakes[lake]!
  const { exitCode, stdout, stderr } = await lakeferry([...args, '--config', config, '--json', '--quiet'], {
    cwd: work,
    env,
  }).ended
  if (stdout === '') throw new Error(stderr)
  return { exitCode, json: JSON.parse(stdout) }
}

beforeAll(async () => {
  const [server, bucket] = await Promise.all([mongo(), s3()])
  work = await mkdtemp(join(tmpdir(), 'lakeferry-way-'))
  database = freshDatabase()
  client = await new MongoClient(server.uri).connect()
  const prefix = freshPrefix()
  const { accessKeyId, secretAccessKey, endpoint, region } = bucket
  const file = openFsStore({ root: join(work, 'lake') })
  const s3Store = await openS3Store({
    bucket: bucket.bucket,
    prefix,
    endpoint,
    region,
    pathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  })
  const datasets = ['real', 'drifting', 'comments'].map(name => {
    const contract = join(contracts, name === 'comments' ? 'comments.odcs.yaml' : 'papers.odcs.yaml')
    return `  ${name}: {collection: ${name}, contract: ${contract}, formats: [${FORMATS.join(', ')}]}`
  })
  const source = `source: {uri: "${server.uri}", database: ${database}}`
  for (const [name, store, lake] of [
    ['file', file, `{url: "file:${join(work, 'lake')}"}`],
    [
      's3',
      s3Store,
      `{url: "s3://${bucket.bucket}/${prefix}", endpoint: "${endpoint}", region: ${region}, pathStyle: true}`,
    ],
  ] as const) {
    const config = join(work, `${name}.yaml`)
    await writeFile(config, [source, `lake: ${lake}`, 'datasets:', ...datasets].join('\n'))
    lakes[name] = { store, config, env: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } }
  }
})

afterAll(async () => {
  await client?.db(database).dropDatabase()
  await client?.close()
  for (const { store } of Object.values(lakes)) await store.close()
  if (work) await rm(work, { recursive: true, force: true })
})

/** Files to collection, collection to both lakes in every format, and validation: everything is compared with the files. */
async function carriesEverything(
  dataset: string,
  files: readonly string[],
  expectedOf: (documents: Fields[]) => Record<string, string[]>,
) {
  const documents = linesOf(files)
  const imported = await run('file', 'import', ...files, '--collection', dataset, '--drop')
  expect(imported).toMatchObject({ exitCode: 0, json: { documents: documents.length, rejected: 0 } })
  const idOf = new Map<string, string>()
  for (const { _id, id } of await client.db(database).collection(dataset).find().toArray())
    idOf.set(_id.toHexString(), id)
  expect(idOf.size).toBe(documents.length)

  const results: ValidationResult[] = []
  for (const lake of ['file', 's3']) {
    const { store } = lakes[lake]!
    const exported = await run(lake, 'export', dataset, '--run-id', RUN)
    expect(exported).toMatchObject({ exitCode: 0, json: { datasets: [{ documents: documents.length, rejects: 0 }] } })
    const manifest = await readManifest(store, dataset, RUN)
    for (const format of FORMATS) await comparesWithFiles(store, manifest, format, documents, idOf)

    const validated = await run(lake, 'validate', dataset, '--rows')
    const result = (await readResult(store, dataset, RUN))!
    expect(validated.exitCode).toBe(result.status === 'fail' ? 1 : 0)
    await tellsEveryFailure(store, result, expectedOf(documents), idOf)
    await tellsEveryRow(store, result, documents.length)
    results.push(result)
  }
  expect(results[0]).toEqual(results[1])
  return results[0]!
}

async function comparesWithFiles(
  store: ObjectStore,
  manifest: Manifest,
  format: string,
  documents: Fields[],
  idOf: Map<string, string>,
) {
  const carried = new Map<unknown, Fields>()
  for (const { _id, ...fields } of await documentsOf(store, manifest, format)) {
    expect(idOf.get(String(_id)), `${format}: _id ${_id}`).toBe(fields['id'])
    carried.set(fields['id'], fields)
  }
  expect(carried.size, format).toBe(documents.length)
  for (const document of documents) {
    if (JSON.stringify(sorted(carried.get(document['id'])!)) !== JSON.stringify(sorted(document))) {
      expect(carried.get(document['id']), `${format}: ${document['id']}`).toEqual(document)
    }
  }
}

const sorted = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)))

async function tellsEveryFailure(
  store: ObjectStore,
  result: ValidationResult,
  expected: Record<string, string[]>,
  idOf: Map<string, string>,
) {
  const told: Record<string, string[]> = {}
  for (const line of await linesAt(store, `validation-reports/${result.dataset}/run=${RUN}/violations/`)) {
    const rule = String(line['rule'])
    told[rule] = [...(told[rule] ?? []), idOf.get(String(line['_id']))!]
  }
  for (const ids of Object.values(told)) ids.sort()
  expect(told).toEqual(expected)
  const counts = Object.fromEntries(
    result.rules.filter(rule => rule.violated > 0).map(rule => [rule.id, rule.violated]),
  )
  expect(counts).toEqual(Object.fromEntries(Object.entries(expected).map(([rule, ids]) => [rule, ids.length])))
}

async function tellsEveryRow(store: ObjectStore, result: ValidationResult, documents: number) {
  const rows = await linesAt(store, `validation-reports/${result.dataset}/run=${RUN}/rows/`)
  expect(rows).toHaveLength(documents)
  const failing = rows.filter(row =>
    Object.entries(row).some(([name, value]) => name.endsWith('_status') && value !== 'OK'),
  )
  expect(failing).toHaveLength(result.failingDocuments.any)
}

describe('the whole way, from files to a verdict, on both lakes in every format', () => {
  it('carries the real papers of 2013 to 2024', { timeout: 900_000 }, async context => {
    const files = realPaperFiles() ?? context.skip(NO_REAL_PAPERS)
    const result = await carriesEverything('real', files, expectedPaperViolations)
    expect(result.documents).toBe(8_623)
    expect(result.rules.find(rule => rule.id === 'authors.anyOf')).toMatchObject({
      violated: 7_304,
      severity: 'warning',
    })
  })

  it('carries the real comments', { timeout: 900_000 }, async context => {
    const files = realCommentFiles() ?? context.skip(NO_REAL_PAPERS)
    const short = (comments: Fields[]) =>
      comments.filter(({ text }) => [...String(text)].length < 50).map(({ id }) => String(id))
    const result = await carriesEverything('comments', files, comments => ({
      'text.minLength': short(comments).sort(),
    }))
    expect([result.documents, result.status]).toEqual([1_012, 'pass'])
  })

  it('carries made-up papers whose shape drifts in the same way', { timeout: 900_000 }, async () => {
    const files = await writeDriftingPapers(join(work, 'drifting.jsonl'), 2_500)
    const result = await carriesEverything('drifting', files, expectedPaperViolations)
    expect(result.status).toBe('fail')
    expect(Object.keys(expectedPaperViolations(linesOf(files)))).toHaveLength(12 - 1)
  })
})
