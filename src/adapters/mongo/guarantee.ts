import type { Document } from 'mongodb'
import { reasonOf } from '../../errors.js'
import type { ClusterTime } from '../../model/cluster-time.js'
import type { Guarantee } from '../../model/manifest.js'
import type { Member } from './connection.js'
import type { Driver } from './driver.js'
import { codeOf, isServerError, isTransient, isUnauthorized, SERVER_CODE } from './mongo-failure.js'
import { blamesFilter } from './query-filter.js'

/** How every read of a run is done, and what may be said of it. */
export interface ReadPoint {
  readonly guarantee: Guarantee
  /** Goes into every `find`; undefined where the server has no read concern. */
  readonly readConcern: Document | undefined
  /** Set for a snapshot. */
  readonly at: ClusterTime | undefined
  /** Whether a cursor may be kept waiting; the smallest tiers of Atlas don't allow it. */
  readonly noCursorTimeout: boolean
}

export interface Probed {
  readonly driver: Driver
  readonly member: Member
  readonly collection: string
  readonly filter: Document | undefined
  readonly comment: string | undefined
}

/** A probe looks for one `_id`, so it is quick on a collection of any size; on a view it may not be. In milliseconds. */
const PROBE_WITHIN_MS = 10_000
/** Far from now, in seconds. */
const A_YEAR = 365 * 86_400

/**
 * Fixes one point in time for all readers, where the server keeps it.
 *
 * A server that only speaks the protocol may take `atClusterTime` and ignore it. So before it is believed it has to
 * refuse two times that no server can read at: one long before its history begins, and one that has not come yet.
 *
 * @param at the point in time to read at; without one, it is now
 * @throws {@link SnapshotGone} when `at` is given and not to be had
 * @throws what the driver throws when the collection cannot be read at all
 */
export async function findReadPoint(probed: Probed, at?: ClusterTime): Promise<ReadPoint> {
  const found = await trySnapshot(probed, at)
  const reason = typeof found === 'string' ? found : await whyNotHonoured(probed, found.at)
  if (typeof found !== 'string' && reason === undefined) {
    return {
      guarantee: { kind: 'snapshot', clusterTime: found.at },
      readConcern: snapshotAt(probed.driver, found.at),
      at: found.at,
      noCursorTimeout: found.noCursorTimeout,
    }
  }
  if (at !== undefined) throw new SnapshotGone(reason ?? '')
  return majority(probed, reason ?? '')
}

/** A point in time that is asked for cannot be read at. */
export class SnapshotGone extends Error {
  override readonly name = 'SnapshotGone'
}

interface Snapshot {
  readonly at: ClusterTime
  readonly noCursorTimeout: boolean
}

/** What a first read at one point in time shows; a text when there is none, why. */
async function trySnapshot(probed: Probed, wanted: ClusterTime | undefined): Promise<Snapshot | string> {
  const { driver, member } = probed
  const readConcern = wanted === undefined ? { level: 'snapshot' } : snapshotAt(driver, wanted)
  let noCursorTimeout = member.sessions
  let reply: Document
  try {
    reply = await probe(probed, { readConcern, ...(noCursorTimeout && { noCursorTimeout }) }).catch(error => {
      if (!noCursorTimeout || !isServerError(driver, error)) throw error
      // Only now it matters which of the two it was that the server did not like.
      noCursorTimeout = false
      return probe(probed, { readConcern })
    })
  } catch (error) {
    if (!isServerError(driver, error)) throw error
    const passing = isTransient(driver, error) && codeOf(error) !== SERVER_CODE.snapshotUnavailable
    if (passing || (wanted !== undefined && isUnauthorized(driver, error))) throw error
    // What the filter is to blame for is told by a read without any read concern.
    if (wanted !== undefined && probed.filter !== undefined && blamesFilter(error)) await probe(probed, {})
    return whyNoSnapshot(member, error)
  }
  const time: unknown = reply['cursor']?.atClusterTime
  if (!(time instanceof driver.Timestamp))
    return 'the server answers read concern snapshot without telling the cluster time'
  const at = { t: time.t, i: time.i }
  if (wanted !== undefined && (at.t !== wanted.t || at.i !== wanted.i))
    return `asked for cluster time ${wanted.t}.${wanted.i}, the server reads at ${at.t}.${at.i}`
  return { at, noCursorTimeout }
}

function snapshotAt(driver: Driver, at: ClusterTime): Document {
  return { level: 'snapshot', atClusterTime: new driver.Timestamp(at) }
}

/** Members that have shown that they honour a cluster time: what they are does not change while we are connected. */
const HONEST = new WeakSet<Member>()

/** Undefined when the member refuses the times that it has to refuse. */
export async function whyNotHonoured(probed: Probed, at: ClusterTime): Promise<string | undefined> {
  if (HONEST.has(probed.member)) return undefined
  for (const t of [1, at.t + A_YEAR]) {
    const readConcern = snapshotAt(probed.driver, { t, i: 1 })
    if (!(await refuses(probed, { readConcern }))) return 'the server accepts atClusterTime but does not honour it'
  }
  HONEST.add(probed.member)
  return undefined
}

async function majority(probed: Probed, reason: string): Promise<ReadPoint> {
  const readConcern = { level: 'majority' }
  const noCursorTimeout = probed.member.sessions && !(await refuses(probed, { noCursorTimeout: true }))
  const point: ReadPoint = { guarantee: { kind: 'majority', reason }, readConcern, at: undefined, noCursorTimeout }
  try {
    await probe(probed, { readConcern })
    return point
  } catch (error) {
    if (!isRefusal(probed.driver, error)) throw error
    // A view may take its time; whether it can be read, reading it will tell.
    if (codeOf(error) === SERVER_CODE.maxTimeMsExpired) return point
    // Without a replica set there is one copy, and what it acknowledged is what there is.
    await probe(probed, {})
    const local = `${reason}; nor read concern majority (${reasonOf(error)}): read as the one server had it`
    return { ...point, guarantee: { kind: 'majority', reason: local }, readConcern: undefined }
  }
}

async function refuses(probed: Probed, options: Document): Promise<boolean> {
  try {
    await probe({ ...probed, filter: undefined }, options)
    return false
  } catch (error) {
    // Out of reach, in either direction, is the refusal that is hoped for.
    if (codeOf(error) === SERVER_CODE.snapshotUnavailable) return true
    if (isRefusal(probed.driver, error)) return codeOf(error) !== SERVER_CODE.maxTimeMsExpired
    throw error
  }
}

function probe({ member, collection, filter, comment }: Probed, options: Document): Promise<Document> {
  const one = { _id: 0 }
  const find = {
    find: collection,
    // The filter is in it so that one the server cannot read is found out here; first, because not every server looks at
    // the second condition where the first one never holds.
    filter: filter === undefined ? one : { $and: [filter, one] },
    // Should there be one, it may be 16 MB, of which the driver would make half a gigabyte of objects.
    projection: { _id: 1 },
    limit: 1,
    singleBatch: true,
    maxTimeMS: PROBE_WITHIN_MS,
    ...options,
    ...(comment && { comment }),
  }
  return member.db.command(find, { readPreference: member.db.readPreference })
}

/** The server has understood and said no, which is neither silence nor trouble of its own nor a matter of permission. */
function isRefusal(driver: Driver, error: unknown): boolean {
  return isServerError(driver, error) && !isTransient(driver, error) && !isUnauthorized(driver, error)
}

function whyNoSnapshot({ hello }: Member, error: unknown): string {
  if (codeOf(error) === SERVER_CODE.notAReplicaSet || (hello.setName === undefined && hello.msg !== 'isdbgrid'))
    return 'a standalone server keeps no snapshots'
  return `the server refuses read concern snapshot: ${reasonOf(error)}`
}
