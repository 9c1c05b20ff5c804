import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { EJSON } from 'bson'
import { type Collection, type Document, MongoClient, ObjectId } from 'mongodb'
import { type Invocation, invoke } from '../cli/cli-fixture.js'
import { lakeferry } from '../cli/spawned.js'
import { freshDatabase, mongo } from '../support/services.js'
import { type Printed, type Situation, shell } from './book.js'

export const CONTRACT = `apiVersion: v3.1.0
kind: DataContract
id: papers
name: Papers
version: 1.0.0
status: active
schema:
  - name: papers
    properties:
      - {name: title, logicalType: string, required: true}
      - {name: year, logicalType: integer}
slaProperties:
  - {property: freshness, value: 26, unit: h}
`

export interface WorldOptions {
  /** @defaultValue the server that all tests share */
  readonly uri?: string
  /** For whoever sets the world up, where `uri` may only read. */
  readonly ownerUri?: string
  /** The lines of `lakeferry.yaml` from `lake:` to `datasets:`. @defaultValue a folder */
  readonly lake?: string
  /** Further settings of `source`, such as `maxDocumentsPerSecond: 500`. */
  readonly source?: string
  /** Further settings of the dataset, such as `partSize: 1MB`. */
  readonly dataset?: string
  /** Text that each paper has besides. */
  readonly fillerBytes?: number
  /** Further lines at the end. */
  readonly rest?: string
  /** @defaultValue 200 */
  readonly papers?: number
  readonly env?: Readonly<Record<string, string>>
}

// The SDK's warning about Node 20 says nothing about a test.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'

/** A configuration, a collection and a lake of a test's own, with the names that the runbook has. */
export class World {
  readonly cwd: string
  readonly database: string
  readonly client: MongoClient
  /** Of whoever may do everything. */
  readonly uri: string
  readonly env: Readonly<Record<string, string>>

  static async make(options: WorldOptions = {}): Promise<World> {
    const uri = options.uri ?? (await mongo()).uri
    const cwd = await mkdtemp(join(tmpdir(), 'lakeferry-runbook-'))
    const owner = options.ownerUri ?? uri
    const world = new World(cwd, owner, await MongoClient.connect(owner), options.env ?? {})
    await mkdir(join(cwd, 'contracts'))
    await writeFile(join(cwd, 'contracts/papers.odcs.yaml'), CONTRACT)
    await writeFile(
      join(cwd, 'lakeferry.yaml'),
      `source:\n  uri: "\${MONGODB_URI:-${uri}}"\n  database: ${world.database}\n${options.source ?? ''}` +
        `${options.lake ?? 'lake: {url: file:./lake}\n'}datasets:\n` +
        '  papers: {collection: papers, contract: contracts/papers.odcs.yaml, formats: [parquet, bson.gz]' +
        `${options.dataset === undefined ? '' : `, ${options.dataset}`}}\n` +
        (options.rest ?? ''),
    )
    const papers = Array.from({ length: options.papers ?? 200 }, (_, n) => ({
      ...paper(n),
      ...(options.fillerBytes === undefined ? {} : { filler: randomBytes(options.fillerBytes).toString('latin1') }),
    }))
    if (papers.length > 0) await world.papers.insertMany(papers)
    return world
  }

  private constructor(cwd: string, uri: string, client: MongoClient, env: Readonly<Record<string, string>>) {
    this.cwd = cwd
    this.uri = uri
    this.database = freshDatabase()
    this.client = client
    this.env = env
  }

  get papers(): Collection<Document> {
    return this.client.db(this.database).collection<Document>('papers')
  }

  /** @param values - what the runbook's words stand for, beside the database's name */
  situation(values: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}): Situation {
    return { cwd: this.cwd, env: { ...this.env, ...env }, values: { iclr_2024: this.database, ...values } }
  }

  /** Types `lakeferry …`. */
  async lakeferry(words: string, env: Readonly<Record<string, string>> = {}): Promise<Printed> {
    return shell(`lakeferry ${words}`, { cwd: this.cwd, env: { ...this.env, ...env } })
  }

  /** The same with an answer for programs: that about the first dataset. */
  async facts(words: string, env: Readonly<Record<string, string>> = {}): Promise<Document> {
    const { exitCode, stdout } = await this.#answer(`${words} --json --quiet`, { ...this.env, ...env })
    const { datasets, error } = JSON.parse(stdout) as { datasets?: Document[]; error?: Document }
    return { exitCode, error, ...datasets?.[0] }
  }

  /** In this process where that can be: exports need the compiled workers, and the AWS SDK this process's environment. */
  async #answer(
    words: string,
    env: Readonly<Record<string, string>>,
  ): Promise<Pick<Invocation, 'exitCode' | 'stdout'>> {
    const argv = (words.match(/"[^"]*"|\S+/g) ?? []).map(word => word.replaceAll('"', ''))
    const outside = /^(?:export|run)$/.test(argv[0] ?? '') || 'AWS_ACCESS_KEY_ID' in env || 'NODE_OPTIONS' in env
    return outside ? lakeferry(argv, { cwd: this.cwd, env }).ended : invoke(argv, { cwd: this.cwd, env })
  }

  /** Exports, and tells the id of the run. */
  async export(env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { exitCode, runId, error } = await this.facts('export papers', env)
    if (exitCode !== 0) throw new Error(`export: ${JSON.stringify(error)}`)
    return runId as string
  }

  /** A file of a `file:` lake. */
  inLake(...path: string[]): string {
    return join(this.cwd, 'lake', ...path)
  }

  run(runId: string, ...path: string[]): string {
    return this.inLake('papers', `run=${runId}`, ...path)
  }

  async pointer(): Promise<Document> {
    return JSON.parse(await readFile(this.inLake('papers/_latest.json'), 'utf8')) as Document
  }

  /** The collection as canonical Extended JSON, a line a document, by `_id`. */
  async documents(
    collection: string = 'papers',
    client: MongoClient = this.client,
    database: string = this.database,
  ): Promise<string[]> {
    const found = await client
      .db(database)
      .collection(collection)
      .find({}, { promoteValues: false })
      .sort({ _id: 1 })
      .toArray()
    return found.map(document => EJSON.stringify(document, { relaxed: false }))
  }

  /**
   * Titles in the Parquet files of the run that `_latest.json` points to, as another program reads them: by the pointer, the
   * folder, and DuckDB alone.
   */
  async titles(): Promise<string[]> {
    const { runId } = await this.pointer()
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    try {
      const files = this.run(runId as string, 'parquet/*.parquet').replaceAll("'", "''")
      const reader = await connection.runAndReadAll(`SELECT title FROM read_parquet('${files}') ORDER BY title`)
      return reader.getRows().map(([title]) => String(title))
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }

  /** The digest of docs/lake-format.md, from the collection itself. */
  async digest(): Promise<string> {
    const raw = await this.papers.find({}, { raw: true }).toArray()
    let sum = 0n
    for (const bytes of raw as unknown as Buffer[])
      sum += BigInt(`0x${createHash('sha256').update(bytes).digest('hex')}`)
    return (sum % 2n ** 256n).toString(16).padStart(64, '0')
  }

  async end(): Promise<void> {
    await this.client
      .db(this.database)
      .dropDatabase()
      .catch(() => undefined)
    await this.client.close()
    await rm(this.cwd, { recursive: true, force: true })
  }
}

/** With types that a copy may lose. */
export function paper(n: number): Document {
  const _id = n % 3 === 0 ? n : n % 3 === 1 ? `p${n}` : ObjectId.createFromHexString(n.toString(16).padStart(24, '0'))
  return { _id, title: `Title ${String(n).padStart(5, '0')}`, year: 2000 + (n % 25), at: new Date(n * 86_400_000) }
}
