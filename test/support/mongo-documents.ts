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
import fc from 'fast-check'
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

/** Documents to be compared whatever their order: each in hex, sorted. */
export function sortedHex(documents: readonly Uint8Array[]): string[] {
  return documents.map(one => Buffer.from(one).toString('hex')).sort()
}

/** Types kept apart, so that int 1 is not double 1. */
export function decode(bytes: Uint8Array): Document {
  return deserialize(bytes, { promoteValues: false, bsonRegExp: true })
}

/** Any `_id` that a server may take, most of them near each other; some are equal to each other, some have no order but the server's. */
export const anId: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...IDS_OF_EVERY_TYPE),
  fc.integer({ min: -3, max: 30 }),
  fc.string({ maxLength: 3 }),
  fc.double({ noDefaultInfinity: true }).map(value => new Double(value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(value => Long.fromBigInt(value)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map(bytes => new ObjectId(bytes)),
  fc.record({ a: fc.integer({ min: 0, max: 3 }), b: fc.constantFrom(null, 'x', 1.5) }, { requiredKeys: ['a'] }),
  // Field names in an order that a JavaScript object would change.
  fc.integer({ min: 0, max: 9 }).map(
    n =>
      new Map([
        ['z', n],
        ['1', 0],
      ]),
  ),
)
