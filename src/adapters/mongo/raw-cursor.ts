import type { ClientSession, Document } from 'mongodb'
import { interruption } from '../../errors.js'
import type { ClusterTime } from '../../model/cluster-time.js'
import type { RawBlock } from '../../ports/document-source.js'
import type { Member } from './connection.js'
import { type CursorReply, MalformedReply, readCursorReply } from './cursor-reply.js'
import type { Driver } from './driver.js'
import { SilentServer } from './mongo-failure.js'
import type { Pace } from './pace.js'

/** What a reply is asked to weigh, in bytes: large enough that the round trip does not count, small against memory. */
const REPLY_BYTES = 4 * 1024 * 1024
/** A thousand documents of 16 MB would be no sample any more, in bytes. */
const SAMPLE_BYTES = 8 * 1024 * 1024
/** Before anything is known of the documents. */
export const FIRST_BATCH = 1_000
/** However small the documents are. */
const MAX_BATCH = 100_000
/** For what is only tidying up, in milliseconds. */
const KILL_WITHIN_MS = 2_000
/** Well within the 30 minutes after which a server drops an idle session and its cursors, in milliseconds. */
const REFRESH_EVERY_MS = 5 * 60 * 1000

export interface CursorRequest {
  readonly driver: Driver
  readonly member: Member
  readonly collection: string
  /** The whole first command but for its batch size and comment. */
  readonly first: (batchSize: number) => Document
  /** Put on everything that is sent. */
  readonly comment: string | undefined
  readonly pace: Pace
  /** Whether a reply that takes longer than others means that the server has less time for us. @defaultValue true */
  readonly minded?: boolean
  /** What the server must have read at, where it says. */
  readonly at?: ClusterTime | undefined
  /** How many documents to ask for first. @defaultValue {@link FIRST_BATCH} */
  readonly firstBatch?: number
  /** How long a reply may take, in milliseconds. Undefined: as long as the connection is alive. */
  readonly patience?: { readonly first: number; readonly more: number } | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The replies of one server-side cursor as blocks. The next reply is asked for before the consumer wants it, and no
 * more than that one: two replies at most are in memory. However it ends, the cursor is closed on the server.
 *
 * A consumer may take its time: cursors are opened with `noCursorTimeout`, and while one is open its session is
 * refreshed, so neither the 10 minutes of an idle cursor nor the 30 of an idle session end it; should this process die,
 * the second still does.
 *
 * @throws what the driver throws, {@link MalformedReply}, {@link SilentServer}
 */
export async function* rawCursor(request: CursorRequest): AsyncGenerator<RawBlock> {
  const { driver, member, collection, comment, at, pace, patience, minded = true } = request
  if (request.signal?.aborted) throw interruption(request.signal)
  // Causal consistency would add an afterClusterTime to a read concern that has its own time.
  const session = member.sessions ? member.client.startSession({ causalConsistency: false }) : undefined
  const leaving = new AbortController()
  const signal = request.signal === undefined ? leaving.signal : AbortSignal.any([request.signal, leaving.signal])
  const refreshing = keepAlive(request, session)

  let pauseMs = 0
  const ask = async (command: Document, batchSize: number): Promise<CursorReply> => {
    await pace.turn(batchSize, pauseMs, signal)
    const withinMs = 'getMore' in command ? patience?.more : patience?.first
    const silence = withinMs && setTimeout(() => leaving.abort(new SilentServer(withinMs)), withinMs)
    const before = performance.eventLoopUtilization()
    try {
      const options = { raw: true, signal, readPreference: member.db.readPreference, ...(session && { session }) }
      const reply = await member.db.command({ ...command, ...(comment && { comment }) }, options)
      // Time in which this thread had nothing else to do; with what it was busy is no fault of the server's.
      const ms = performance.eventLoopUtilization(before).idle
      const cursor: unknown = reply['cursor']
      if (!(cursor instanceof Uint8Array)) throw new MalformedReply('the reply has no cursor')
      const got = readCursorReply(cursor, batchSize)
      pace.unused(batchSize - got.block.starts.length)
      // The first reply includes planning, and may include a walk to where the range begins.
      if (minded && 'getMore' in command) pauseMs = pace.pauseAfter({ ms, bytes: cursor.length })
      return got
    } finally {
      clearTimeout(silence)
    }
  }

  let id = 0n
  let batchSize = Math.min(request.firstBatch ?? FIRST_BATCH, pace.batchMost)
  let next: Promise<CursorReply> | undefined
  let failed = false
  try {
    let reply = await ask(request.first(batchSize), batchSize)
    checkTime(reply.atClusterTime, at)
    for (;;) {
      id = reply.id
      const { block } = reply
      const documents = block.starts.length
      if (id !== 0n) {
        if (documents > 0) batchSize = Math.min(nextBatchSize(block.bytes.length / documents), pace.batchMost)
        next = ask({ getMore: driver.Long.fromBigInt(id), collection, batchSize }, batchSize)
        // Its failure is told when its turn comes; until then it is nobody's unhandled rejection.
        next.catch(() => undefined)
      }
      if (documents > 0) yield block
      if (next === undefined) return
      reply = await next
      next = undefined
    }
  } catch (error) {
    failed = true
    throw error
  } finally {
    clearInterval(refreshing)
    if (next !== undefined) {
      leaving.abort()
      await next.catch(() => undefined)
    }
    const tidied = tidyUp(request, session, id)
    // Nobody should have to wait for a server that has failed them.
    if (!failed) await tidied
  }
}

/** Documents of this size, in bytes, that make a reply of the wanted weight. */
export function nextBatchSize(documentBytes: number): number {
  return Math.min(MAX_BATCH, Math.max(1, Math.floor(REPLY_BYTES / documentBytes)))
}

function checkTime(got: ClusterTime | undefined, wanted: ClusterTime | undefined): void {
  if (wanted === undefined || got === undefined || (got.t === wanted.t && got.i === wanted.i)) return
  throw new MalformedReply(
    `asked for cluster time ${wanted.t}.${wanted.i}, the server read at ${got.t}.${got.i}: that is no snapshot`,
  )
}

function keepAlive({ member, comment }: CursorRequest, session: ClientSession | undefined): NodeJS.Timeout | undefined {
  if (session === undefined) return undefined
  const refresh = () => {
    const command = { refreshSessions: [session.id], ...(comment && { comment }) }
    // If it matters, the next getMore says so.
    member.client
      .db('admin')
      .command(command)
      .catch(() => undefined)
  }
  return setInterval(refresh, REFRESH_EVERY_MS).unref()
}

/** Never fails: what is still open after it, the server closes with the session. */
async function tidyUp(
  { driver, member, collection, comment }: CursorRequest,
  session: ClientSession | undefined,
  id: bigint,
): Promise<void> {
  if (id !== 0n) {
    const cursors = [driver.Long.fromBigInt(id)]
    const command = { killCursors: collection, cursors, ...(comment && { comment }) }
    const options = { signal: AbortSignal.timeout(KILL_WITHIN_MS), ...(session && { session }) }
    await member.db.command(command, options).catch(() => undefined)
  }
  await session?.endSession().catch(() => undefined)
}

/**
 * What a cursor yields, as one block. For samples: it is all in memory at once, so it ends early, with the reply that
 * brings it to {@link SAMPLE_BYTES}.
 */
export async function readWhole(blocks: AsyncIterable<RawBlock>, atMost: number): Promise<RawBlock> {
  const all: RawBlock[] = []
  let [documents, size] = [0, 0]
  for await (const block of blocks) {
    all.push(block)
    documents += block.starts.length
    size += block.bytes.length
    if (documents >= atMost || size >= SAMPLE_BYTES) break
  }
  if (all.length === 1 && documents <= atMost) return all[0]!
  const bytes = new Uint8Array(all.reduce((sum, block) => sum + block.bytes.length, 0))
  const starts = new Uint32Array(Math.min(documents, atMost))
  let [offset, count] = [0, 0]
  for (const block of all) {
    bytes.set(block.bytes, offset)
    for (const start of block.starts.subarray(0, starts.length - count)) {
      starts[count] = offset + start
      count += 1
    }
    offset += block.bytes.length
  }
  return { bytes, starts }
}
