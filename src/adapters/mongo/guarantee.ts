import type { Document } from 'mongodb'
import { reasonOf } from '../../errors.js'
import type { Guarantee } from '../../model/manifest.js'
import type { Member } from './connection.js'
import type { ClusterTime } from './cursor-reply.js'
import type { Driver } from './driver.js'
import { codeOf, SERVER_CODE } from './mongo-failure.js'

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
 * @throws what the driver throws when the collection cannot be read at all
 */
export async function findReadPoint(probed: Probed): Promise<ReadPoint> {
  const point = await findGuarantee(probed)
  const noCursorTimeout = probed.member.sessions && !(await refuses(probed, { noCursorTimeout: true }))
  return { ...point, noCursorTimeout }
}

async function findGuarantee(probed: Probed): Promise<Omit<ReadPoint, 'noCursorTimeout'>> {
  const { driver, member } = probed
  const Timestamp = driver.Timestamp
  let reply: Document
  try {
    reply = await probe(probed, { readConcern: { level: 'snapshot' } })
  } catch (error) {
    if (!isRefusal(driver, error)) throw error
    return majority(probed, whyNoSnapshot(member, error))
  }
  const time: unknown = reply['cursor']?.atClusterTime
  if (!(time instanceof Timestamp))
    return majority(probed, 'the server answers read concern snapshot without telling the cluster time')
  const at = { t: time.t, i: time.i }
  for (const t of [1, at.t + A_YEAR]) {
    const impossible = new Timestamp({ t, i: 1 })
    if (!(await refuses(probed, { readConcern: { level: 'snapshot', atClusterTime: impossible } })))
      return majority(probed, 'the server accepts atClusterTime but does not honour it')
  }
  return {
    guarantee: { kind: 'snapshot', clusterTime: at },
    readConcern: { level: 'snapshot', atClusterTime: time },
    at,
  }
}

async function majority(probed: Probed, reason: string): Promise<Omit<ReadPoint, 'noCursorTimeout'>> {
  const readConcern = { level: 'majority' }
  try {
    await probe(probed, { readConcern })
    return { guarantee: { kind: 'majority', reason }, readConcern, at: undefined }
  } catch (error) {
    if (!isRefusal(probed.driver, error)) throw error
    // A view may take its time; whether it can be read, reading it will tell.
    if (codeOf(error) === SERVER_CODE.maxTimeMsExpired)
      return { guarantee: { kind: 'majority', reason }, readConcern, at: undefined }
    // Without a replica set there is one copy, and what it acknowledged is what there is.
    await probe(probed, {})
    const local = `${reason}; nor read concern majority (${reasonOf(error)}): read as the one server had it`
    return { guarantee: { kind: 'majority', reason: local }, readConcern: undefined, at: undefined }
  }
}

async function refuses(probed: Probed, options: Document): Promise<boolean> {
  try {
    await probe({ ...probed, filter: undefined }, options)
    return false
  } catch (error) {
    if (isRefusal(probed.driver, error)) return codeOf(error) !== SERVER_CODE.maxTimeMsExpired
    throw error
  }
}

function probe({ member, collection, filter, comment }: Probed, options: Document): Promise<Document> {
  const one = { _id: 0 }
  return member.db.command({
    find: collection,
    // The filter is in it so that one the server cannot read is found out here; first, because not every server looks at
    // the second condition where the first one never holds.
    filter: filter === undefined ? one : { $and: [filter, one] },
    limit: 1,
    singleBatch: true,
    maxTimeMS: PROBE_WITHIN_MS,
    ...options,
    ...(comment && { comment }),
  })
}

/** The server has understood and said no, which is neither silence nor a matter of permission. */
function isRefusal(driver: Driver, error: unknown): boolean {
  return error instanceof driver.MongoServerError && codeOf(error) !== SERVER_CODE.unauthorized
}

function whyNoSnapshot({ hello }: Member, error: unknown): string {
  if (codeOf(error) === SERVER_CODE.notAReplicaSet || (hello.setName === undefined && hello.msg !== 'isdbgrid'))
    return 'a standalone server keeps no snapshots'
  return `the server refuses read concern snapshot: ${reasonOf(error)}`
}
