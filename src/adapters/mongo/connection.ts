import type { Db, MongoClient, MongoClientOptions } from 'mongodb'
import { LakeferryError, reasonOf } from '../../errors.js'
import { directUri, hasOption, hostsOf, redactMessage } from './connection-string.js'
import { type Driver, loadDriver } from './driver.js'
import { type Attempt, mongoFailure } from './mongo-failure.js'
import type { ReplyPatience, ResumeLimits } from './resumption.js'

export interface MongoOptions {
  /** `mongodb://` or `mongodb+srv://`, credentials included. Never shown. */
  readonly uri: string
  readonly database: string
  /** What the server's log calls us. @defaultValue `lakeferry` */
  readonly appName?: string
  /** @defaultValue the URI's own, else the driver's, `primary` */
  readonly readPreference?: ReadPreferenceMode
  /** How long to look for a server, in milliseconds. @defaultValue the URI's own, else 10_000 */
  readonly serverSelectionTimeoutMs?: number
  /** Put before our own comment on every operation. */
  readonly comment?: string
  /** Documents read in a second, at most, by all cursors of the source together. @defaultValue as many as there are */
  readonly maxDocumentsPerSecond?: number
  /** How long a reading that broke off is tried again. @defaultValue {@link RESUME_LIMITS} */
  readonly resume?: Partial<ResumeLimits>
  /** How long a reply may take before the cursor is given up for lost. @defaultValue {@link REPLY_PATIENCE} */
  readonly patience?: Partial<ReplyPatience>
  /**
   * Whether the driver tells of each command, which {@link MongoConnection.member} needs; it parses every reply for that.
   *
   * @defaultValue true
   */
  readonly monitorCommands?: boolean
}

export type ReadPreferenceMode = 'primary' | 'primaryPreferred' | 'secondary' | 'secondaryPreferred' | 'nearest'

/** One server, over a client that talks to no other: a cursor lives on the server that opened it. */
export interface Member {
  /** `host:port` */
  readonly address: string
  readonly client: MongoClient
  readonly db: Db
  /** Whether it has logical sessions: every mongod since 3.6 has. */
  readonly sessions: boolean
  readonly hello: Hello
}

/** What we read of the answer to `hello`. */
export interface Hello {
  readonly setName?: string
  /** `isdbgrid`: this is a mongos. */
  readonly msg?: string
  readonly logicalSessionTimeoutMinutes?: number
}

const SERVER_SELECTION_TIMEOUT_MS = 10_000

/** A connected client, and direct ones to the members it chose. */
export class MongoConnection {
  /** Hosts only. */
  readonly server: string
  readonly database: string
  readonly driver: Driver
  readonly client: MongoClient
  /** The database, on whichever member the read preference chooses, anew for each command. */
  readonly db: Db
  readonly #options: MongoOptions
  readonly #clientOptions: MongoClientOptions
  readonly #members = new Map<string, Promise<Member>>()
  #choosing: Promise<unknown> = Promise.resolve()

  /**
   * @throws {@link LakeferryError} `SOURCE_URI`, `SOURCE_UNREACHABLE`, `SOURCE_AUTH`
   */
  static async open(options: MongoOptions): Promise<MongoConnection> {
    const driver = await loadDriver()
    const { uri } = options
    const server = hostsOf(uri)
    const timeoutMs = options.serverSelectionTimeoutMs ?? SERVER_SELECTION_TIMEOUT_MS
    const own = options.serverSelectionTimeoutMs !== undefined
    const clientOptions: MongoClientOptions = {
      appName: options.appName ?? 'lakeferry',
      ...(own || !hasOption(uri, 'serverSelectionTimeoutMS') ? { serverSelectionTimeoutMS: timeoutMs } : {}),
      // Also how long the driver's monitor waits before it calls a silent server dead and cuts what hangs on it.
      ...(hasOption(uri, 'connectTimeoutMS') ? {} : { connectTimeoutMS: timeoutMs }),
      ...(options.readPreference === undefined ? {} : { readPreference: options.readPreference }),
    }
    let client: MongoClient
    try {
      // Events of commands tell which member a command went to.
      client = new driver.MongoClient(uri, { ...clientOptions, monitorCommands: options.monitorCommands ?? true })
    } catch (error) {
      throw new LakeferryError('SOURCE_URI', { uri: server, reason: redactMessage(reasonOf(error), uri) })
    }
    const connection = new MongoConnection(driver, client, options, clientOptions, server)
    try {
      await client.connect()
    } catch (error) {
      await connection.close()
      throw connection.connectFailure(error)
    }
    return connection
  }

  private constructor(
    driver: Driver,
    client: MongoClient,
    options: MongoOptions,
    clientOptions: MongoClientOptions,
    server: string,
  ) {
    this.driver = driver
    this.client = client
    this.database = options.database
    // Once: the driver works its options out anew for each that is made.
    this.db = client.db(options.database)
    this.server = server
    this.#options = options
    this.#clientOptions = clientOptions
  }

  failure(
    error: unknown,
    attempt: Pick<Attempt, 'namespace' | 'operation' | 'read' | 'signal' | 'otherwise'>,
  ): unknown {
    return mongoFailure(this.driver, error, {
      ...attempt,
      server: this.server,
      waitedMs: this.client.options.serverSelectionTimeoutMS,
      redact: text => redactMessage(text, this.#options.uri),
    })
  }

  private connectFailure(error: unknown): unknown {
    const failure = this.failure(error, { namespace: this.database, operation: 'connect to' })
    // Whatever else keeps us from connecting (a name that the DNS does not know, TLS) is the way to the server, too.
    if (failure === error ? !isSystemError(error) : !isInterrupted(failure)) return failure
    const reason = redactMessage(reasonOf(error), this.#options.uri)
    const waitedMs = this.client.options.serverSelectionTimeoutMS
    return new LakeferryError('SOURCE_UNREACHABLE', { uri: this.server, waitedMs, reason }, { cause: error })
  }

  /** Chooses a member by the read preference, now, and stays with it. */
  async member(signal?: AbortSignal): Promise<Member> {
    // One after another, so that the event that is seen is that of our own command.
    const chosen = this.#choosing.then(() => this.#choose(signal))
    this.#choosing = chosen.catch(() => undefined)
    const { address, hello } = await chosen
    let member = this.#members.get(address)
    if (member === undefined) {
      member = this.#connectTo(address, hello)
      this.#members.set(address, member)
      member.catch(() => this.#members.delete(address))
    }
    return member
  }

  async #choose(signal?: AbortSignal): Promise<{ address: string; hello: Hello }> {
    let address: string | undefined
    const listener = (event: { commandName: string; address: string }) => {
      if (event.commandName === 'hello') address = event.address
    }
    this.client.on('commandStarted', listener)
    try {
      // Any command would do; this one tells what we want to know of the member besides.
      const options = { readPreference: this.client.readPreference, ...(signal && { signal }) }
      const hello: Hello = await this.client.db('admin').command({ hello: 1 }, options)
      return { address: address ?? this.server, hello }
    } finally {
      this.client.off('commandStarted', listener)
    }
  }

  async #connectTo(address: string, hello: Hello): Promise<Member> {
    const { options } = this.client
    // Behind a load balancer there is one address, and the driver keeps a session's cursor on its connection.
    const same = options.directConnection || options.loadBalanced
    const authSource = options.credentials?.source
    const uri = directUri(this.#options.uri, address, {
      tls: options.tls,
      ...(authSource === undefined ? {} : { authSource }),
    })
    const client = same ? this.client : new this.driver.MongoClient(uri, this.#clientOptions)
    try {
      if (!same) await client.connect()
      const sessions = typeof hello.logicalSessionTimeoutMinutes === 'number'
      return { address, client, db: client.db(this.database), sessions, hello }
    } catch (error) {
      if (!same) await client.close().catch(() => undefined)
      throw error
    }
  }

  async close(): Promise<void> {
    const members = await Promise.allSettled(this.#members.values())
    const clients = members.flatMap(member => (member.status === 'fulfilled' ? [member.value.client] : []))
    // A client that cannot say goodbye has nothing left that would need to be closed here.
    await Promise.allSettled([...new Set([this.client, ...clients])].map(client => client.close()))
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

function isInterrupted(failure: unknown): boolean {
  return failure instanceof LakeferryError && failure.code === 'SOURCE_INTERRUPTED'
}
