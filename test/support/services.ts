import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { inject, type TestContext } from 'vitest'
import { type LocalServer, startSecantus } from '../../src/demo/secantus.js'
import { secantusProgram } from './programs.js'

/** The server that all test files share; it takes `configureFailPoint`. */
export interface MongoService {
  /** With `directConnection`, without a database. */
  readonly uri: string
  readonly port: number
  readonly pid: number
}

/** The S3 server that all test files share. */
export interface S3Service {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/**
 * A MongoDB for tests, shared: work in a {@link freshDatabase}, and leave failpoints off. It is started by the first
 * test file that asks, which takes a second or two.
 */
export const mongo = (): Promise<MongoService> => ask<MongoService>('mongo')

/** An S3 for tests, shared: work below a {@link freshPrefix}. Started by the first who asks: 1 to 10 s. */
export const s3 = (): Promise<S3Service> => ask<S3Service>('s3')

async function ask<T>(name: string): Promise<T> {
  const { url, token } = inject('broker')
  const response = await fetch(`${url}/${name}`, { headers: { authorization: token } })
  const text = await response.text()
  if (!response.ok) throw new Error(`the tests' ${name} service: ${text}`)
  return JSON.parse(text)
}

/** A database name that no other test uses. */
export const freshDatabase = (): string => `test_${randomBytes(6).toString('hex')}`

/** A key prefix that no other test uses, without slashes at its ends. */
export const freshPrefix = (): string => `test-${randomBytes(6).toString('hex')}`

export interface OwnMongoOptions {
  /** Requires these credentials (SCRAM, database `admin`, role `root`) of whoever connects. */
  readonly auth?: { readonly user: string; readonly password: string }
  /** Further flags of `secantusd-py`, such as `--standalone`. */
  readonly flags?: readonly string[]
  /** `:memory:`, or a directory that outlives the server. @defaultValue a temporary folder that goes with it */
  readonly storagePath?: string
}

/**
 * A MongoDB of the test's own, to be broken at will: stopped in mid-read, killed by its `pid`, started with other
 * flags. Stop it in `afterAll`; should the test die, it ends as well.
 */
export async function startMongo(options: OwnMongoOptions = {}): Promise<LocalServer> {
  const program = await secantusProgram()
  const flags = ['--enable-test-commands', ...(options.flags ?? [])]
  const { storagePath, auth } = options
  if (auth === undefined)
    return startSecantus({ program, flags, ...(storagePath === undefined ? {} : { storagePath }) })

  // A user can be made only while nobody is asked for credentials: hence two starts over the same files.
  const own = storagePath === undefined ? await mkdtemp(join(tmpdir(), 'lakeferry-auth-')) : undefined
  const directory = storagePath ?? own ?? ''
  const removeOwn = async (): Promise<void> => {
    if (own !== undefined) await rm(own, { recursive: true, force: true })
  }
  try {
    const open = await startSecantus({ program, flags, storagePath: directory })
    try {
      const client = await MongoClient.connect(open.uri)
      await client.db('admin').command({ createUser: auth.user, pwd: auth.password, roles: ['root'] })
      await client.close()
    } finally {
      await open.stop()
    }
    const server = await startSecantus({ program, flags: [...flags, '--auth'], storagePath: directory })
    return { ...server, stop: () => server.stop().then(removeOwn) }
  } catch (error) {
    await removeOwn()
    throw error
  }
}

/**
 * URI of a real replica set, for what only one can show (pinned snapshots across cursors, step-down). Without
 * `LAKEFERRY_TEST_MONGODB_URI` the calling test is skipped, and the report says why.
 */
export function realReplicaSet(context: Pick<TestContext, 'skip'>): string {
  const uri = process.env['LAKEFERRY_TEST_MONGODB_URI']
  if (uri === undefined || uri === '') {
    return context.skip('needs a real replica set: set LAKEFERRY_TEST_MONGODB_URI')
  }
  return uri
}
