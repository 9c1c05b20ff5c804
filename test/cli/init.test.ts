import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Double, Int32, Long, ObjectId } from 'bson'
import fc from 'fast-check'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { databaseIn, datasetNames, firstConfigText, needsVariable } from '../../src/cli/steps/first-config.js'
import { bson, scratch, write } from '../adapters/bson-file-dump.js'
import { freshDatabase, mongo, startMongo } from '../support/services.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { lakeferry } from './spawned.js'

const database = freshDatabase()
let root: string
let remove: () => Promise<void>
let uri: string
let client: MongoClient
beforeAll(async () => {
  ;({ dir: root, remove } = await scratch())
  ;({ uri } = await mongo())
  client = await MongoClient.connect(uri)
  const papers = Array.from({ length: 60 }, (_, n) => ({
    _id: new ObjectId(),
    title: `Paper ${n}`,
    year: n % 2 === 0 ? new Int32(2013 + (n % 10)) : Long.fromNumber(2013),
    rating: new Double(n / 8),
    venue: { city: 'Vienna', rank: new Int32(n) },
    authors: ['a', 'b'],
    // Here a number, there a text.
    odd: n === 7 ? 'seven' : new Int32(n),
    ...(n === 3 ? { rare: true } : {}),
  }))
  await client.db(database).collection<object>('papers').insertMany(papers)
  await client.db(database).collection('my papers/2').insertOne({ title: 'one' })
  await client.db(database).createCollection('nothing')
})
afterAll(async () => {
  await client.db(database).dropDatabase()
  await client.close()
  await remove()
})

let cwd: string
let folders = 0
beforeEach(async () => {
  cwd = join(root, `folder ${folders++}`)
  await mkdir(cwd)
})

const call = (argv: string[], env: Record<string, string> = {}): Promise<Invocation> => invoke(argv, { cwd, env })
/** Looks at the database of this file. */
const init = (...more: string[]): Promise<Invocation> => call(['init', '--uri', uri, '--database', database, ...more])
/** In a process of its own, as threads need the compiled program. */
const spawned = (...argv: string[]): Promise<Invocation> => lakeferry(argv, { cwd }).ended
const read = (file: string): Promise<string> => readFile(join(cwd, file), 'utf8')

describe('init', () => {
  it('writes a configuration and contracts that a run goes through with', async () => {
    const { exitCode, stdout, stderr } = await init('--collection', 'papers')
    expect([exitCode, stderr]).toEqual([
      0,
      'Next: `lakeferry doctor` tries each part, `lakeferry run` exports and validates.\n',
    ])
    expect(stdout).toBe(
      `papers: 7 fields in 60 documents, contract contracts/papers.odcs.yaml\nlakeferry.yaml: 1 dataset of ${database}\n`,
    )
    const written = (await read('lakeferry.yaml')).replace(uri, 'URI').replace(database, 'DATABASE')
    expect(written).toMatchInlineSnapshot(`
      "# yaml-language-server: $schema=./node_modules/lakeferry/schema/lakeferry.schema.json
      source:
        uri: \${MONGODB_URI:-URI}
        database: DATABASE
      lake:
        url: file:./lake # or s3://bucket/prefix
      datasets:
        papers:
          collection: papers
          contract: contracts/papers.odcs.yaml
          formats: [parquet, bson.gz]
      "
    `)
    expect(await read('contracts/papers.odcs.yaml')).toMatchInlineSnapshot(`
      "# From 60 documents of the collection: its fields and their types, and no rules yet.
      # After an export, \`lakeferry contract suggest papers\` finds those that all documents keep.
      apiVersion: v3.1.0
      kind: DataContract
      id: papers
      name: papers
      version: 0.1.0
      status: draft
      schema:
        - name: papers
          properties:
            - name: authors
              logicalType: array # array in all 60 documents
              items:
                logicalType: string # string in all 120 elements
            - name: odd
              logicalType: integer # int 59, string 1 in 60 documents
              customProperties:
                - property: lakeferry
                  value:
                    type: {severity: info} # 1 value of another type: told, and not failed
            - name: rare
              logicalType: boolean # bool in 1 of 60 documents
            - name: rating
              logicalType: number # double in all 60 documents
            - name: title
              logicalType: string # string in all 60 documents
            - name: venue
              logicalType: object # object in all 60 documents
              properties:
                - name: city
                  logicalType: string # string in all 60 objects
                - name: rank
                  logicalType: integer # int in all 60 objects
            - name: year
              logicalType: integer # int 30, long 30 in 60 documents
      "
    `)
    expect((await call(['contract', 'lint'])).exitCode).toBe(0)
    const run = await spawned('run', '--json', '--quiet')
    expect(jsonOf(run)).toMatchObject({ datasets: [{ documents: 60, status: 'pass', engine: 'duckdb' }] })
    expect(run.exitCode).toBe(0)
  })

  it('takes every collection of the database, whatever its name, and one without documents without a contract', async () => {
    const invocation = await call(['init', '--json', '--quiet', '--database', database], { MONGODB_URI: uri })
    expect(differences(jsonOf(invocation), documentedShape('init'))).toEqual([])
    const datasets = jsonOf(invocation)['datasets'] as Record<string, unknown>[]
    expect(datasets.map(({ dataset, collection, contract }) => [collection, dataset, contract])).toEqual([
      ['my papers/2', 'my-papers-2', 'contracts/my-papers-2.odcs.yaml'],
      ['nothing', 'nothing', null],
      ['papers', 'papers', 'contracts/papers.odcs.yaml'],
    ])
    const exported = await spawned('export', '--json', '--quiet')
    expect(jsonOf(exported)).toMatchObject({ datasets: [{ documents: 1 }, { documents: 0 }, { documents: 60 }] })
  })

  it('knows the database by the URI, or because there is only one', async () => {
    const named = uri.replace('/?', `/${database}?`)
    expect(named).not.toBe(uri)
    expect(jsonOf(await call(['init', '--json', '--uri', named], { LAKEFERRY_CONFIG: 'named.yaml' }))).toMatchObject({
      database,
      config: join(cwd, 'named.yaml'),
    })
    const alone = await startMongo()
    try {
      const own = await MongoClient.connect(alone.uri)
      const initAlone = () => call(['init', '--uri', alone.uri, '--config', 'alone.yaml'])
      expect(await initAlone()).toMatchObject({
        exitCode: 2,
        stderr: 'error USAGE no database was named, and none can be seen\n  Name one with --database.\n',
      })
      await own.db('shop').collection('orders').insertOne({ sum: 1 })
      expect((await initAlone()).stdout).toContain('alone.yaml: 1 dataset of shop\n')
      await own.db('bakery').collection('cakes').insertOne({ sum: 1 })
      await own.close()
      expect((await call(['init', '--uri', alone.uri, '--config', 'two.yaml'])).stderr).toContain(
        'error USAGE no database was named; the server has bakery, shop\n  Name one with --database.\n',
      )
    } finally {
      await alone.stop()
    }
  })

  it('reads a backup as well', async () => {
    await write(join(cwd, 'dump/iclr/papers.bson'), bson([{ _id: 1, title: 'a' }]))
    const { exitCode } = await call(['init', '--uri', 'file:./dump', '--database', 'iclr'])
    expect(exitCode).toBe(0)
    expect(await read('lakeferry.yaml')).toContain('uri: file:./dump\n  database: iclr\n')
    expect((await spawned('run', '--quiet')).exitCode).toBe(0)
    expect((await call(['init', '--uri', 'file:./dump', '--config', 'b.yaml'])).stderr).toContain('--database')
  })

  it('writes addresses for where the configuration is, as they were typed for here', async () => {
    await write(join(cwd, 'dump/iclr/papers.bson'), bson([{ _id: 1, title: 'a' }]))
    const there = ['--config', 'deep/er/lakeferry.yaml']
    const typed = ['--uri', 'file:dump', '--database', 'iclr', '--lake', 'file:./deep/lake']
    expect((await call(['init', ...typed, ...there])).exitCode).toBe(0)
    const written = await read('deep/er/lakeferry.yaml')
    expect(written).toContain('uri: file:../../dump\n')
    expect(written).toContain('url: file:../lake #')
    expect((await spawned('run', '--quiet', ...there)).exitCode).toBe(0)
    expect(await readdir(join(cwd, 'deep/lake'))).toContain('papers')
    // The lake that nobody named is beside the configuration.
    const second = ['--config', 'other/lakeferry.yaml', '--uri', `file:${cwd}/dump`, '--database', 'iclr']
    expect((await call(['init', ...second])).exitCode).toBe(0)
    expect(await read('other/lakeferry.yaml')).toMatch(/uri: ['"]?file:\/.*\/dump['"]?\n[\s\S]*url: file:\.\/lake #/)
  })
})

describe('what init does not do', () => {
  it('write over a file', async () => {
    await writeFile(join(cwd, 'lakeferry.yaml'), 'mine')
    const again = await init()
    expect([again.exitCode, again.stdout]).toEqual([2, ''])
    expect(again.stderr).toMatch(/^error USAGE .*lakeferry\.yaml is there already, and nothing was written over it\n/)
    await mkdir(join(cwd, 'b/contracts'), { recursive: true })
    await writeFile(join(cwd, 'b/contracts/papers.odcs.yaml'), 'mine, too')
    const beside = await init('--config', 'b/lakeferry.yaml')
    expect(beside.exitCode).toBe(2)
    expect(await readdir(join(cwd, 'b'), { recursive: true })).toEqual(['contracts', 'contracts/papers.odcs.yaml'])
    expect([await read('lakeferry.yaml'), await read('b/contracts/papers.odcs.yaml')]).toEqual(['mine', 'mine, too'])
  })

  it('write down a password, or tell one', async () => {
    const secret = uri.replace('mongodb://', 'mongodb://ann:hunter2@')
    const datasets = [{ dataset: 'papers', collection: 'papers', contract: null }]
    for (const written of [secret, 'mongodb://h/?tlsCertificateKeyFilePassword=hunter2', 'mongodb://h/?appName=a}b']) {
      const text = firstConfigText({ uri: written, database: 'd', lake: 'file:./lake', datasets })
      expect(text).toContain(`  uri: \${MONGODB_URI}\n`)
      expect(needsVariable(written)).toBe(true)
    }
    // However this server takes it.
    expect(JSON.stringify(await call(['init', '--uri', secret, '--database', database]))).not.toContain('hunter2')
  })

  it('leave anything behind when a collection is not there', async () => {
    const { exitCode, stderr } = await init('--collection', 'papers', 'nope')
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`error COLLECTION_MISSING no collection ${database}.nope`)
    expect(await readdir(cwd)).toEqual([])
  })
})

describe('a database', () => {
  it.each([
    ['mongodb://h/shop', 'shop'],
    ['mongodb+srv://ann:p%40w@h.example/shop?retryWrites=true', 'shop'],
    ['mongodb://ann:p/w?x@h1:1,h2:2/sh%6Fp?authSource=admin', 'shop'],
    ['mongodb://h', undefined],
    ['mongodb://h/?appName=a/b', undefined],
    ['mongodb://h/%zz', undefined],
    ['file:dump/iclr', undefined],
  ])('in %s is %s', (uri, name) => {
    expect(databaseIn(uri)).toBe(name)
  })
})

it('datasets have names that a configuration takes, no two the same even where case does not count', () => {
  const taken = /^(?!validation-reports$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 80 }), { maxLength: 20 }), drawn => {
      const collections = [...drawn, 'papers', 'Papers', 'pa/pers', 'pa pers', 'x'.repeat(80), 'x'.repeat(81)]
      const names = datasetNames([...collections, 'validation-reports'])
      expect(names.filter(name => !taken.test(name))).toEqual([])
      expect(new Set(names.map(name => name.toLowerCase())).size).toBe(collections.length + 1)
    }),
  )
  expect(datasetNames(['papers', 'my papers/2'])).toEqual(['papers', 'my-papers-2'])
})
