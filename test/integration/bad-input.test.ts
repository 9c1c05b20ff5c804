import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import type { LocalServer } from '../../src/demo/secantus.js'
import { lakeferry, MAIN } from '../cli/spawned.js'
import { freshDatabase, mongo, s3, startMongo } from '../support/services.js'

let work: string
let uri: string
let database: string
let client: MongoClient
let guarded: LocalServer

const CONTRACT = (title: string) => `apiVersion: v3.1.0
kind: DataContract
id: papers
version: 1.0.0
status: active
schema:
  - name: papers
    properties:
      - name: title
${title}
`

beforeAll(async () => {
  uri = (await mongo()).uri
  guarded = await startMongo({ auth: { user: 'reader', password: 'right horse' } })
  work = await mkdtemp(join(tmpdir(), 'lakeferry-bad-'))
  database = freshDatabase()
  client = await new MongoClient(uri).connect()
  const db = client.db(database)
  await db
    .collection('papers')
    .insertMany(Array.from({ length: 2_000 }, (_, n) => ({ title: `Title ${n} ${'x'.repeat(400)}` })))
  await db.createCollection('empty')
})

afterAll(async () => {
  await client?.db(database).dropDatabase()
  await client?.close()
  await guarded?.stop()
  if (work) await rm(work, { recursive: true, force: true })
})

interface Given {
  source?: string
  lake?: string
  dataset?: string
  contract?: string
  more?: string
}

/** Writes the configuration and gives its path, with a lake of its own. */
async function configure(name: string, given: Given): Promise<string> {
  const file = join(work, `${name}.yaml`)
  if (given.contract !== undefined) await writeFile(join(work, `${name}.odcs.yaml`), given.contract)
  const contract = given.contract === undefined ? '' : `, contract: ${name}.odcs.yaml`
  const lines = [
    `source: ${given.source ?? `{uri: "${uri}", database: ${database}}`}`,
    `lake: ${given.lake ?? `{url: "file:./${name}-lake"}`}`,
    `datasets: {papers: {${given.dataset ?? 'collection: papers'}${contract}}}`,
    given.more ?? '',
  ]
  await writeFile(file, lines.join('\n'))
  return file
}

/** But for the record of attempts: that something failed is not forgotten. */
async function lakeKeys(name: string): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of openFsStore({ root: join(work, `${name}-lake`) }).list('')) found.push(key)
  return found.filter(key => !key.startsWith('_lakeferry/attempts/'))
}

describe('bad input gets an error with its code, what was wanted and what arrived, and a next step', () => {
  it.each<[string, number, string, RegExp, () => Promise<Given>]>([
    [
      'no server at the URI',
      3,
      'SOURCE_UNREACHABLE',
      /127\.0\.0\.1:9/,
      async () => ({ source: `{uri: "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=500", database: x}` }),
    ],
    [
      'wrong credentials',
      3,
      'SOURCE_AUTH',
      /refused the credentials/,
      async () => ({ source: `{uri: "${guarded.uri.replace('://', '://reader:wrong-horse@')}", database: x}` }),
    ],
    [
      'an absent collection',
      2,
      'COLLECTION_MISSING',
      /no collection .*absent/,
      async () => ({ dataset: 'collection: absent' }),
    ],
    [
      'an unknown configuration key',
      2,
      'CONFIG_UNKNOWN_KEY',
      /lake\.urll|urll/,
      async () => ({ lake: '{urll: "file:./x"}' }),
    ],
    [
      'a format that does not exist',
      2,
      'CONFIG_INVALID',
      /csv/,
      async () => ({ dataset: 'collection: papers, formats: [csv]' }),
    ],
    [
      'a contract with a wrong type',
      2,
      'CONTRACT_INVALID',
      /:10:\d+: .*txt/,
      async () => ({ contract: CONTRACT('        logicalType: txt') }),
    ],
    [
      'a contract with a broken regular expression',
      2,
      'CONTRACT_INVALID',
      /:11:\d+: /,
      async () => ({ contract: CONTRACT("        logicalType: string\n        logicalTypeOptions: {pattern: '(['}") }),
    ],
    [
      'an absent contract',
      2,
      'CONTRACT_MISSING',
      /nowhere/,
      async () => ({ dataset: 'collection: papers, contract: nowhere.yaml' }),
    ],
    [
      'a bucket that does not exist',
      3,
      'LAKE_BUCKET_MISSING',
      /no-such-bucket/,
      async () => {
        const { endpoint, region } = await s3()
        return { lake: `{url: "s3://no-such-bucket/x", endpoint: "${endpoint}", region: ${region}, pathStyle: true}` }
      },
    ],
  ])('%s', async (title, exitCode, code, message, given) => {
    const name = title.replaceAll(/\W/g, '-')
    const config = await configure(name, await given())
    const { accessKeyId, secretAccessKey } = await s3()
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey }
    const json = await lakeferry(['export', '--config', config, '--json'], { cwd: work, env }).ended
    const { error } = JSON.parse(json.stdout)
    expect([json.exitCode, error.code]).toEqual([exitCode, code])
    expect(error.message).toMatch(message)
    expect(error.hint.length).toBeGreaterThan(10)
    expect(JSON.stringify(error) + json.stderr).not.toContain('wrong-horse')
    expect(await lakeKeys(name)).toEqual([])

    const text = await lakeferry(['export', '--config', config, '--quiet'], { cwd: work, env }).ended
    expect(text.stdout).toBe('')
    expect(text.stderr).toContain(code)
    expect(text.stderr).toContain(error.hint)
  })

  it('an empty collection: a valid run of 0 documents, with a warning', async () => {
    const config = await configure('empty', { dataset: 'collection: empty' })
    const { exitCode, stdout, stderr } = await lakeferry(['export', '--config', config, '--json'], { cwd: work }).ended
    expect([exitCode, JSON.parse(stdout).datasets[0].documents]).toEqual([0, 0])
    expect(stderr + stdout).toContain('no documents')
  })

  it('an existing run id', async () => {
    const config = await configure('existing', {})
    const again = () =>
      lakeferry(['export', '--config', config, '--json', '--run-id', '20261122T020000.000Z-abcdef'], { cwd: work })
        .ended
    expect((await again()).exitCode).toBe(0)
    const before = await lakeKeys('existing')
    const second = await again()
    expect([second.exitCode, JSON.parse(second.stdout).error.code]).toEqual([2, 'RUN_EXISTS'])
    expect(await lakeKeys('existing')).toEqual(before)
  })

  it('a JSON line that does not parse: told with file and line, the others imported', async () => {
    const config = await configure('import', {})
    const file = join(work, 'lines.jsonl')
    await writeFile(file, '{"n": 1}\n{"n": \n{"n": 3}\n')
    const { exitCode, stdout } = await lakeferry(
      ['import', file, '--collection', 'lines', '--config', config, '--json'],
      { cwd: work },
    ).ended
    const answer = JSON.parse(stdout)
    expect(exitCode).toBe(2)
    expect(answer).toMatchObject({ documents: 2, rejected: 1, error: { code: 'IMPORT_REJECTED' } })
    expect(JSON.stringify(answer)).toContain('lines.jsonl:2')
    expect(await client.db(database).collection('lines').countDocuments()).toBe(2)
  })

  it('a full disk: exit 3, and nothing of the run is left', async () => {
    const config = await configure('full', { dataset: 'collection: papers, formats: [json]' })
    // The shell's limit on the size of a file is met with EFBIG where a full disk would answer ENOSPC.
    const script = `ulimit -f 100; exec "${process.execPath}" "${MAIN}" export --config "${config}" --json --quiet`
    let answer = ''
    try {
      execFileSync('sh', ['-c', script], { cwd: work, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    } catch (error) {
      answer = (error as { stdout: string }).stdout
      expect((error as { status: number }).status).toBe(3)
    }
    expect(JSON.parse(answer).error.code).toBe('LAKE_FULL')
    expect(await lakeKeys('full')).toEqual([])
  })
})
