import type { Timestamp } from 'mongodb'
import { reasonOf } from '../../errors.js'
import { type ClockReading, clockReading, type OplogState, type SourceHealth } from '../../ports/source-health.js'
import type { Hello, Member, MongoConnection } from './connection.js'
import { isServerError, isUnauthorized } from './mongo-failure.js'

/** Any one question may take so long on the server, in milliseconds. */
const WITHIN_MS = 2_000

/**
 * Time and oplog of the member that a run would read from. Three small questions.
 *
 * @throws what the driver throws, when the server does not answer at all
 */
export async function serverHealth(connection: MongoConnection, comment: string | undefined): Promise<SourceHealth> {
  const member = await connection.member()
  return { clock: await readClock(member, comment), oplog: await readOplog(connection, member, comment) }
}

async function readClock({ client }: Member, comment: string | undefined): Promise<ClockReading | undefined> {
  const asked = new Date()
  const answer = await client.db('admin').command({ hello: 1, ...(comment && { comment }) })
  const theirs: unknown = answer['localTime']
  return theirs instanceof Date && !Number.isNaN(theirs.getTime()) ? clockReading(asked, theirs, new Date()) : undefined
}

async function readOplog(
  { driver }: MongoConnection,
  { client, hello }: Member,
  comment: string | undefined,
): Promise<OplogState> {
  const none = noOplog(hello)
  if (none !== undefined) return { kind: 'none', reason: none }
  const oplog = client.db('local').collection<OplogEntry>('oplog.rs')
  const end = async (direction: 1 | -1): Promise<OplogEntry | null> => {
    const projection = { ts: 1, 'o.msg': 1 }
    const options = { sort: { $natural: direction }, projection, maxTimeMS: WITHIN_MS, ...(comment && { comment }) }
    return await oplog.findOne({}, options)
  }
  try {
    const [first, last] = [await end(1), await end(-1)]
    const [from, to] = [secondsOf(first), secondsOf(last)]
    if (from === undefined || to === undefined) {
      return { kind: 'unknown', reason: 'the server shows nothing in its oplog' }
    }
    const whole = first?.o?.msg === FIRST_ENTRY
    return { kind: 'window', seconds: Math.max(0, to - from), from: new Date(from * 1000).toISOString(), whole }
  } catch (error) {
    if (isUnauthorized(driver, error)) {
      const remedy = 'give the user the role read on the database local, or clusterMonitor on admin'
      return { kind: 'unknown', reason: `it may not be read: ${reasonOf(error)}`, remedy }
    }
    if (isServerError(driver, error)) return { kind: 'unknown', reason: reasonOf(error) }
    throw error
  }
}

interface OplogEntry {
  readonly ts?: Timestamp
  readonly o?: { readonly msg?: unknown }
}

/** What the server writes when a replica set is made (`kInitiatingSetMsg`, src/mongo/db/repl/replication_coordinator_impl.cpp). */
const FIRST_ENTRY = 'initiating set'

/** Since the epoch, as an unsigned number: beyond 2038, too. */
function secondsOf(entry: OplogEntry | null): number | undefined {
  const seconds: unknown = entry?.ts?.getHighBits?.()
  return typeof seconds === 'number' ? seconds >>> 0 : undefined
}

/** Why there is none to look at; undefined when there is one. */
function noOplog({ msg, setName }: Hello): string | undefined {
  if (msg === 'isdbgrid') return 'each shard of a sharded cluster has its own, and a mongos shows none of them'
  return setName === undefined ? 'a standalone server has none' : undefined
}
