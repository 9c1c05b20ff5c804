import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MongoClient } from 'mongodb'
import { LakeferryError, reasonOf } from '../errors.js'
import { startMongod } from './mongod.js'
import { type InstallOptions, installPythonPackage, SECANTUS_PACKAGE } from './python-package.js'
import { startSecantus } from './secantus.js'
import { servicesHome } from './services-home.js'

export interface LocalMongoOptions {
  /** @defaultValue the process's own */
  readonly env?: NodeJS.ProcessEnv
  /** Told what takes long, such as an installation. */
  readonly say?: (line: string) => void
  readonly signal?: AbortSignal
  /** @defaultValue {@link servicesHome} */
  readonly servicesHome?: string
  readonly pythons?: InstallOptions['pythons']
}

export interface LocalMongo {
  readonly uri: string
  /** One line for people, without secrets: `mongod on the PATH, started for this at 127.0.0.1:40123`. */
  readonly description: string
  /** Whether it was there before us and stays when we go. */
  readonly configured: boolean
  /** Ends the server, if it was started here, and removes its data. */
  stop(): Promise<void>
}

/** How long a configured server may take to answer, in milliseconds. */
const CONFIGURED_WAIT_MS = 5_000

/**
 * A MongoDB to work with: the one that `MONGODB_URI` names; else a `mongod` on the PATH, `mongodb-memory-server` if it
 * is installed, or SecantusDB, installed on demand. Whatever is started here listens to the loopback only and ends with
 * this process at the latest.
 *
 * @throws {@link LakeferryError} `SOURCE_UNREACHABLE` when `MONGODB_URI` is set and doesn't answer: quietly taking
 *   another server instead would not be what was asked for
 * @throws {@link LakeferryError} `DEMO_NO_MONGODB`, which lists what was tried, when none could be had
 */
export async function startLocalMongo(options: LocalMongoOptions = {}): Promise<LocalMongo> {
  const env = options.env ?? process.env
  const configured = env['MONGODB_URI']
  if (configured !== undefined && configured !== '') return ofConfiguration(configured)

  const tried = ['MONGODB_URI: not set']
  const ways: readonly (readonly [string, () => Promise<LocalMongo>])[] = [
    ['mongod on the PATH', () => fromPath(env, options)],
    ['mongodb-memory-server', () => fromMemoryServer()],
    [`${SECANTUS_PACKAGE.name} ${SECANTUS_PACKAGE.version}`, () => fromPythonPackage(options)],
  ]
  for (const [name, start] of ways) {
    try {
      return await start()
    } catch (error) {
      if (options.signal?.aborted) throw error
      tried.push(`${name}: ${reasonOf(error)}`)
    }
  }
  throw new LakeferryError('DEMO_NO_MONGODB', { tried })
}

async function ofConfiguration(uri: string): Promise<LocalMongo> {
  const started = Date.now()
  let hosts = 'MONGODB_URI'
  try {
    const client = new MongoClient(uri, { serverSelectionTimeoutMS: CONFIGURED_WAIT_MS })
    hosts = client.options.hosts.map(host => host.toString()).join(',')
    try {
      await client.db('admin').command({ ping: 1 })
    } finally {
      await client.close()
    }
  } catch (error) {
    const waitedMs = Date.now() - started
    throw new LakeferryError('SOURCE_UNREACHABLE', { uri: hosts, reason: reasonOf(error), waitedMs }, { cause: error })
  }
  return { uri, description: `the server of MONGODB_URI at ${hosts}`, configured: true, stop: async () => undefined }
}

async function fromPath(env: NodeJS.ProcessEnv, options: LocalMongoOptions): Promise<LocalMongo> {
  const program = (env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, process.platform === 'win32' ? 'mongod.exe' : 'mongod'))
    .find(file => existsSync(file))
  if (program === undefined) throw new Error('not found')
  const { uri, port, stop } = await startMongod(program, options.signal)
  return { uri, description: `mongod on the PATH, started at 127.0.0.1:${port}`, configured: false, stop }
}

async function fromMemoryServer(): Promise<LocalMongo> {
  // In the user's project first: a package run by npx has node_modules of its own.
  const { MongoMemoryReplSet } = await importInstalled()
  const set = await MongoMemoryReplSet.create({ replSet: { count: 1, ip: '127.0.0.1' } })
  const stop = async (): Promise<void> => {
    await set.stop()
  }
  return { uri: set.getUri(), description: 'mongodb-memory-server, started', configured: false, stop }
}

/** What is used of `mongodb-memory-server`, which is no dependency: its types are not there to import. */
interface MemoryServer {
  readonly MongoMemoryReplSet: {
    create(options: { replSet: { count: number; ip: string } }): Promise<{ getUri(): string; stop(): Promise<unknown> }>
  }
}

async function importInstalled(): Promise<MemoryServer> {
  for (const base of [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url]) {
    let file: string
    try {
      file = createRequire(base).resolve('mongodb-memory-server')
    } catch {
      continue
    }
    const module: MemoryServer & { default?: MemoryServer } = await import(pathToFileURL(file).href)
    return module.default ?? module
  }
  throw new Error('not installed')
}

async function fromPythonPackage(options: LocalMongoOptions): Promise<LocalMongo> {
  const { say, signal, pythons } = options
  const program = await installPythonPackage(SECANTUS_PACKAGE, {
    home: options.servicesHome ?? servicesHome(options.env),
    ...(say === undefined ? {} : { say }),
    ...(signal === undefined ? {} : { signal }),
    ...(pythons === undefined ? {} : { pythons }),
  })
  const server = await startSecantus({ program, ...(signal === undefined ? {} : { signal }) })
  return {
    uri: server.uri,
    description: `${SECANTUS_PACKAGE.name} ${SECANTUS_PACKAGE.version}, a server that speaks MongoDB’s protocol, started at 127.0.0.1:${server.port}`,
    configured: false,
    stop: server.stop,
  }
}
