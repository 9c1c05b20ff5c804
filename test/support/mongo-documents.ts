import {
  Binary,
  Decimal128,
  type Document,
  Double,
  deserialize,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'bson'
import type { RawBlock, SourceSnapshot } from '../../src/ports/document-source.js'

/** One `_id` of every BSON type that may be one, and the awkward ones; no two are equal to MongoDB. In BSON's order. */
export const IDS_OF_EVERY_TYPE: readonly unknown[] = [
  new MinKey(),
  null,
  new Double(Number.NaN),
  new Double(Number.NEGATIVE_INFINITY),
  Long.fromString('-9223372036854775808'),
  new Double(-1.5),
  new Int32(0),
  Decimal128.fromString('1.10'),
  new Double(1.5),
  new Int32(1001),
  Long.fromString('9007199254740993'),
  new Double(Number.POSITIVE_INFINITY),
  '',
  '1001',
  'a',
  'é',
  {},
  { a: 1 },
  { b: 'x', a: null },
  new Binary(Buffer.from('ab')),
  new UUID('00112233-4455-6677-8899-aabbccddeeff'),
  ObjectId.createFromHexString('000000000000000000000001'),
  ObjectId.createFromHexString('ffffffffffffffffffffffff'),
  false,
  true,
  new Date(-1),
  new Date(0),
  new Timestamp({ t: 1, i: 2 }),
  new MaxKey(),
]

/** The raw bytes of each document. */
export function documentsOf({ bytes, starts }: RawBlock): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return [...starts].map(start => bytes.subarray(start, start + view.getInt32(start, true)))
}

export async function readAll(snapshot: SourceSnapshot, ranges: number): Promise<Uint8Array[]> {
  const documents: Uint8Array[] = []
  for (const range of await snapshot.ranges(ranges)) {
    for await (const block of snapshot.read(range)) documents.push(...documentsOf(block))
  }
  return documents
}

/** Types kept apart, so that int 1 is not double 1. */
export function decode(bytes: Uint8Array): Document {
  return deserialize(bytes, { promoteValues: false, bsonRegExp: true })
}
