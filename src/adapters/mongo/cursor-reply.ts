import type { ClusterTime } from '../../model/cluster-time.js'
import type { RawBlock } from '../../ports/document-source.js'
import { valueSize } from './element-size.js'

/** A reply that does not have the shape the protocol gives it. */
export class MalformedReply extends Error {
  override readonly name = 'MalformedReply'
}

export interface CursorReply {
  /** 0: the cursor is at its end, and the server has closed it. */
  readonly id: bigint
  readonly block: RawBlock
  /** The point in time that the server read at, told in the first reply of a snapshot read. */
  readonly atClusterTime: ClusterTime | undefined
}

const latin1 = new TextDecoder('latin1')

/**
 * Takes the documents out of the `cursor` document of a reply to `find`, `aggregate` or `getMore`, without looking into
 * them. The block is a view into the reply, with the few bytes of array index between documents: nobody writes to it, and
 * a copy would be 4 MB of garbage for every reply.
 *
 * Source: https://www.mongodb.com/docs/manual/reference/command/getMore/ and https://bsonspec.org
 *
 * @param expected number of documents that are likely, to size the offsets with
 * @throws {@link MalformedReply}
 */
export function readCursorReply(cursor: Uint8Array, expected = 1_000): CursorReply {
  const view = new DataView(cursor.buffer, cursor.byteOffset, cursor.byteLength)
  const end = cursor.length < 5 ? 0 : view.getInt32(0, true)
  if (end < 5 || end > cursor.length || cursor[end - 1] !== 0)
    throw new MalformedReply('the cursor document is cut off')
  let id: bigint | undefined
  let block: RawBlock | undefined
  let atClusterTime: ClusterTime | undefined
  let at = 4
  while (at < end - 1) {
    const type = cursor[at]!
    const nameEnd = cursor.indexOf(0, at + 1)
    if (nameEnd < 0 || nameEnd >= end) throw new MalformedReply('a name in the cursor document has no end')
    const name = latin1.decode(cursor.subarray(at + 1, nameEnd))
    const value = nameEnd + 1
    const size = valueSize(type, cursor, view, value, end)
    if (size < 0) throw new MalformedReply(`an unexpected value of type 0x${type.toString(16)} in the cursor document`)
    const next = value + size
    if (next > end - 1) throw new MalformedReply(`${name} runs out of the cursor document`)
    if (type === 4 && (name === 'firstBatch' || name === 'nextBatch'))
      block = blockOf(cursor.subarray(value, next), expected)
    else if (name === 'id' && type === 18) id = view.getBigInt64(value, true)
    else if (name === 'id' && type === 16) id = BigInt(view.getInt32(value, true))
    else if (name === 'atClusterTime' && type === 17)
      atClusterTime = { t: view.getUint32(value + 4, true), i: view.getUint32(value, true) }
    else if (name === 'partialResultsReturned' && cursor[value] === 1)
      throw new MalformedReply('the server left out the documents of a shard that did not answer')
    at = next
  }
  if (id === undefined || block === undefined) throw new MalformedReply('the cursor document has no id or no batch')
  return { id, block, atClusterTime }
}

function blockOf(bytes: Uint8Array, expected: number): RawBlock {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = bytes.length - 1
  let starts = new Uint32Array(Math.max(16, expected))
  let count = 0
  let at = 4
  while (at < end) {
    if (bytes[at] !== 3) throw new MalformedReply('an item of a batch is no document')
    at += 2
    // The name is the item's index in decimal digits.
    while (at < end && bytes[at] !== 0) at += 1
    at += 1
    const size = at + 4 <= end ? view.getInt32(at, true) : 0
    if (size < 5 || at + size > end) throw new MalformedReply('a document runs out of its batch')
    if (count === starts.length) {
      const grown = new Uint32Array(count * 2)
      grown.set(starts)
      starts = grown
    }
    starts[count] = at
    count += 1
    at += size
  }
  if (at !== end) throw new MalformedReply('a batch does not end where it says')
  return { bytes, starts: starts.slice(0, count) }
}
