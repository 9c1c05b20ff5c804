import type { ClientSession, Document } from 'mongodb'
import { interruption } from '../../errors.js'
import type { RawBlock } from '../../ports/document-source.js'
import type { Member } from './connection.js'
import { type ClusterTime, type CursorReply, MalformedReply, readCursorReply } from './cursor-reply.js'
import type { Driver } from './driver.js'

/** What a reply is asked to weigh, in bytes: large enough that the round trip does not count, small against memory. */
const REPLY_BYTES = 4 * 1024 * 1024
/** Before anything is known of the documents. */
const FIRST_BATCH = 1_000
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
  /** The whole first command but for its batch size. */
  readonly first: (batchSize: number) => Document
  /** Put on every getMore as well. */
  readonly comment: string | undefined
  /** What the server must have read at, where it says. */
  readonly at?: ClusterTime | undefined
  /** How many documents to ask for first. @defaultValue 1_000 */
  readonly firstBatch?: number
  readonly signal?: AbortSignal | undefined
  /** Makes a LakeferryError of what the driver throws. */
  readonly failure: (error: unknown, read: number) => unknown
}

/**
 * The replies of one server-side cursor as blocks. The next reply is asked for before the consumer wants it, and no
 * more than that one: two replies at most are in memory. However it ends, the cursor is closed on the server.
 *
 * A consumer may take its time: cursors are opened with `noCursorTimeout`, and while one is open its session is
 * refreshed, so neither the 10 minutes of an idle cursor nor the 30 of an idle session end it; should this process die,
 * the second still does.
 */
export async function* rawCursor(request: CursorRequest): AsyncGenerator<RawBlock> {
  const { driver, member, collection, comment, at, failure } = request
  if (request.signal?.aborted) throw interruption(request.signal)
  // Causal consistency would add an afterClusterTime to a read concern that has its own time.
  const session = member.sessions ? member.client.startSession({ causalConsistency: false }) : undefined
  const leaving = new AbortController()
  const signal = request.signal === undefined ? leaving.signal : AbortSignal.any([request.signal, leaving.signal])
  const refreshing = keepAlive(member, session)

  const ask = async (command: Document, expected: number): Promise<CursorReply> => {
    const reply = await member.db.command(command, { raw: true, signal, ...(session && { session }) })
    const cursor: unknown = reply['cursor']
    if (!(cursor instanceof Uint8Array)) throw new MalformedReply('the reply has no cursor')
    return readCursorReply(cursor, expected)
  }

  let id = 0n
  let read = 0
  let batchSize = request.firstBatch ?? FIRST_BATCH
  let next: Promise<CursorReply> | undefined
  try {
    let reply = await ask(request.first(batchSize), batchSize)
    checkTime(reply.atClusterTime, at)
    for (;;) {
      id = reply.id
      const { block } = reply
      const documents = block.starts.length
      if (id !== 0n) {
        if (documents > 0) batchSize = nextBatchSize(block.bytes.length / documents)
        const more = { getMore: driver.Long.fromBigInt(id), collection, batchSize, ...(comment && { comment }) }
        next = ask(more, batchSize)
        // Its failure is told when its turn comes; until then it is nobody's unhandled rejection.
        next.catch(() => undefined)
      }
      if (documents > 0) {
        read += documents
        yield block
      }
      if (next === undefined) return
      reply = await next
      next = undefined
    }
  } catch (error) {
    throw failure(error, read)
  } finally {
    clearInterval(refreshing)
    if (next !== undefined) {
      leaving.abort()
      await next.catch(() => undefined)
    }
    if (id !== 0n) await kill(request, session, id)
    await session?.endSession().catch(() => undefined)
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

function keepAlive(member: Member, session: ClientSession | undefined): NodeJS.Timeout | undefined {
  if (session === undefined) return undefined
  const refresh = () => {
    const command = { refreshSessions: [session.id] }
    // If it matters, the next getMore says so.
    member.client
      .db('admin')
      .command(command)
      .catch(() => undefined)
  }
  return setInterval(refresh, REFRESH_EVERY_MS).unref()
}

async function kill(
  { driver, member, collection }: CursorRequest,
  session: ClientSession | undefined,
  id: bigint,
): Promise<void> {
  const command = { killCursors: collection, cursors: [driver.Long.fromBigInt(id)] }
  const options = { signal: AbortSignal.timeout(KILL_WITHIN_MS), ...(session && { session }) }
  // What is still open when this fails, the server closes with the session.
  await member.db.command(command, options).catch(() => undefined)
}

/** Everything that a cursor yields, as one block. For samples: it is all in memory at once. */
export async function readWhole(blocks: AsyncIterable<RawBlock>, atMost: number): Promise<RawBlock> {
  const all: RawBlock[] = []
  let documents = 0
  for await (const block of blocks) {
    all.push(block)
    documents += block.starts.length
    if (documents >= atMost) break
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
