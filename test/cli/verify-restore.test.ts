import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Document, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshDatabase, freshPrefix, mongo, s3 } from '../support/services.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { lakeferry } from './spawned.js'

const database = freshDatabase()
const [restored, other] = [`${database}_restored`, 'papers.copy']
let cwd: string
let client: MongoClient
let bucketEnv: Record<string, string>

beforeAll(async () => {
  const [server, bucket] = await Promise.all([mongo(), s3()])
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-proof-'))
  client = await MongoClient.connect(server.uri)
  const papers: Document[] = Array.from({ length: 3_000 }, (_, n) => ({ _id: n, title: `Title ${n}` }))
  // What Extended JSON cannot hold is set aside when it is among the formats.
  papers.push({ _id: 'odd', value: { $numberLong: 'five' } })
  await client.db(database).collection('papers').insertMany(papers)
  const lakes = {
    'file.yaml': 'lake: {url: file:./lake}',
    's3.yaml': `lake: {url: "s3://${bucket.bucket}/${freshPrefix()}", region: ${bucket.region}, endpoint: "${bucket.endpoint}", pathStyle: true}`,
  }
  bucketEnv = { AWS_ACCESS_KEY_ID: bucket.accessKeyId, AWS_SECRET_ACCESS_KEY: bucket.secretAccessKey }
  for (const [file, lake] of Object.entries(lakes)) {
    await writeFile(
      join(cwd, file),
      `source: {uri: "${server.uri}", database: ${database}}\n${lake}\ndatasets:\n` +
        '  papers: {collection: papers, formats: [parquet, ejson.gz]}\n  plain: {collection: papers, formats: [parquet]}\n',
    )
  }
})
afterAll(async () => {
  await client.db(database).dropDatabase()
  await client.db(restored).dropDatabase()
  await client.close()
  await rm(cwd, { recursive: true, force: true })
})

/** In this process where that can be: exports need the compiled workers, and the AWS SDK this process's environment. */
async function call(argv: readonly string[], config = 'file.yaml'): Promise<Invocation> {
  const words = [...argv, '--config', config]
  if (argv[0] !== 'export' && config !== 's3.yaml') return invoke(words, { cwd })
  return lakeferry(words, { cwd, env: bucketEnv }).ended
}

/** The JSON answer about the first dataset, checked against docs/cli.md. */
async function answer(argv: readonly string[], config?: string) {
  const invocation = await call([...argv, '--json', '--quiet'], config)
  const json = jsonOf(invocation)
  expect(differences(json, documentedShape(argv[0]!)), invocation.stderr).toEqual([])
  return { exitCode: invocation.exitCode, facts: (json['datasets'] as Record<string, unknown>[])[0]! }
}

describe.each(['file.yaml', 's3.yaml'])('a run on the lake of %s', config => {
  it('is verified and restored, with one digest all the way', async () => {
    const { stdout } = await call(['export', 'papers', '--json', '--quiet'], config)
    const exported = JSON.parse(stdout).datasets[0]
    expect(exported).toMatchObject({ documents: 3_001, rejects: 1 })

    const verified = await answer(['verify', 'papers', '--against', 'both'], config)
    expect(verified).toMatchObject({ exitCode: 0, facts: { matches: true, problems: [], orphans: [] } })
    expect(verified.facts['recomputed']).toEqual({ format: 'ejson.gz', documents: 3_000, digest: exported.digest })

    const back = await answer(['restore', 'papers', '--to', `${restored}.${other}`, '--drop'], config)
    expect(back).toMatchObject({ exitCode: 0, facts: { documents: 3_001, rejected: 1, refused: 0 } })
    expect(back.facts['digest']).toBe((verified.facts['source'] as Document)['digest'])
    const found = await client
      .db(restored)
      .collection<Document>(other)
      .findOne({ _id: 'odd' } as Document)
    expect(found).toEqual({ _id: 'odd', value: { $numberLong: 'five' } })
  })
})

describe('verify', () => {
  it('tells what was changed in the source since, by id, and exits with 1', async () => {
    const papers = client.db(database).collection<Document>('papers')
    await papers.deleteOne({ _id: 1 } as Document)
    await papers.updateOne({ _id: 2 } as Document, { $set: { title: 'Another' } })
    await papers.insertOne({ _id: 'new' } as Document)
    const { exitCode, facts } = await answer(['verify', 'papers', '--against', 'source'])
    expect(exitCode).toBe(1)
    expect(facts).toMatchObject({
      matches: false,
      problems: null,
      comparedWith: 'ejson.gz',
      missing: { count: 1, ids: ['"new"'] },
      extra: { count: 1, ids: ['{"$numberInt":"1"}'] },
      changed: { count: 1, ids: ['{"$numberInt":"2"}'] },
    })
    const { stdout } = await call(['verify', 'papers', '--against', 'source'])
    expect(stdout).toMatch(/✗ papers: run \S+, the source as it is now is not the same: 3,001 documents\n {2}1 missing/)
  })

  it('tells of a run in Parquet only which ids are missing and extra, and not which were changed', async () => {
    expect((await call(['export', 'plain'])).exitCode).toBe(0)
    await client
      .db(database)
      .collection<Document>('papers')
      .deleteOne({ _id: 3 } as Document)
    const { exitCode, facts } = await answer(['verify', 'plain', '--against', 'both'])
    expect(exitCode).toBe(1)
    expect(facts).toMatchObject({ recomputed: null, changed: null, extra: { ids: ['{"$numberInt":"3"}'] } })
  })

  it('tells every damaged part, and what is left over, and exits with 1', async () => {
    const { facts } = await answer(['verify', 'papers'])
    const folder = join(cwd, 'lake/papers', `run=${facts['runId']}`)
    const part = join(folder, 'parquet/part-00000.parquet')
    const whole = await readFile(part)
    await writeFile(part, whole.subarray(1))
    await writeFile(join(folder, 'parquet/part-00007.parquet'), 'nobody knows')
    const { exitCode, stdout, stderr } = await call(['verify', 'papers'])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/✗ papers: .*problems with what is on the lake\n {4}papers\/run=.*its size in bytes is/)
    expect(stderr).toContain('1 object in the run’s folder that the manifest does not name')
    await writeFile(part, whole)
    await rm(join(folder, 'parquet/part-00007.parquet'))
    expect((await call(['verify', 'papers'])).stdout).toMatch(
      /^✓ papers: run \S+, all 2 parts as committed: .* from ejson\.gz\n$/,
    )
  })

  it('is no verdict when a service does not answer', async () => {
    const text = await readFile(join(cwd, 'file.yaml'), 'utf8')
    await writeFile(
      join(cwd, 'down.yaml'),
      text.replace(/uri: "[^"]*"/, 'uri: "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200"'),
    )
    const { exitCode, stderr } = await call(['verify', 'papers', '--against', 'source'], 'down.yaml')
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('SOURCE_UNREACHABLE')])
    expect((await call(['verify', 'papers'], 'down.yaml')).exitCode).toBe(0)
  })

  it('leaves nothing behind in the temporary folder', async () => {
    const scratch = join(cwd, 'tmp')
    const env = { ...bucketEnv, TMPDIR: scratch }
    await mkdir(scratch)
    await lakeferry(['verify', 'papers', '--against', 'both', '--config', 's3.yaml'], { cwd, env }).ended
    expect(await readdir(scratch)).toEqual([])
  })
})

describe('restore', () => {
  it('refuses what it cannot do, before it touches anything', async () => {
    const to = `${restored}.target`
    await client
      .db(restored)
      .collection<Document>('target')
      .insertOne({ _id: 'old' } as Document)
    for (const [argv, code] of [
      [['restore', 'papers', '--to', to], 'RESTORE_TARGET'],
      [['restore', 'plain', '--to', to, '--drop'], 'RUN_NOT_LOSSLESS'],
      [['restore', 'papers', '--to', 'nowhere'], 'USAGE'],
      [['restore', 'papers', '--to', '.x'], 'USAGE'],
      [['restore', '--to', to], 'USAGE'],
    ] as const) {
      expect(await call(argv)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(code) })
    }
    expect(await client.db(restored).collection('target').countDocuments()).toBe(1)
  })

  it('says of a damaged run what is there already, and how to begin again', async () => {
    const { facts } = await answer(['verify', 'papers'])
    const folder = join(cwd, 'lake/papers', `run=${facts['runId']}`)
    const key = join(folder, '_rejects/part-00000.ndjson')
    const whole = await readFile(key)
    await rm(key)
    const { exitCode, stderr } = await call(['restore', 'papers', '--to', `${restored}.half`])
    expect(exitCode).toBe(3)
    expect(stderr).toContain(`${restored}.half has 3000 or more documents of this restore, which is not whole`)
    expect(stderr).toContain('LAKE_OBJECT_MISSING')
    await writeFile(key, whole)
    expect((await answer(['restore', 'papers', '--to', `${restored}.half`, '--drop'])).exitCode).toBe(0)
  })
})

describe('the certificate', () => {
  it('of a run that nobody validated, in its documented JSON and in every format', async () => {
    for (const argv of [[], ['--format', 'md'], ['--output', 'c.html']]) {
      const { exitCode, facts } = await answer(['report', 'papers', '--certificate', ...argv])
      expect([exitCode, facts['status'], facts['documents']]).toEqual([0, null, 3_000])
    }
    expect(await readFile(join(cwd, 'c.html'), 'utf8')).toContain('1 extended-json')
    const text = (await call(['report', 'papers', '--certificate'])).stdout
    expect(text).toMatch(/^CERTIFICATE OF ONE EXPORT: papers, run /)
    await call(['report', 'papers', '--certificate', '--output', 'c.txt'])
    expect(await readFile(join(cwd, 'c.txt'), 'utf8')).toBe(text)
    expect(await call(['report', 'papers', '--certificate', '--format', 'junit'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('a certificate is html, md or text, and not junit'),
    })
    expect(existsSync(join(cwd, 'c.md'))).toBe(false)
  })
})
