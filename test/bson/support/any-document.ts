import { Binary, Decimal128, Double, Int32, Long, ObjectId, serialize, Timestamp, UUID } from 'bson'
import fc from 'fast-check'

/** Values as the `bson` package writes them; documents are maps, so that the order of names is what was drawn. */
export type AnyValue = unknown
export type AnyDocument = Map<string, AnyValue>

const text = fc.string({ unit: 'binary', maxLength: 60 })
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 34n - 1n }), fc.nat(33), fc.integer({ min: -6176, max: 6111 }))
  .map(([negative, digits, less, exponent]) => `${negative ? '-' : ''}${digits / 10n ** BigInt(less)}E${exponent}`)

const scalar: fc.Arbitrary<AnyValue> = fc.oneof(
  text,
  fc.string({ maxLength: 200 }),
  fc.boolean(),
  fc.constant(null),
  fc.integer().map(value => new Int32(value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(value => Long.fromBigInt(value)),
  fc.integer().map(value => Long.fromNumber(value)),
  fc.double().map(value => new Double(value)),
  fc.date({ noInvalidDate: true }),
  bytes(12).map(id => new ObjectId(id)),
  bytes(16).map(id => new UUID(id)),
  fc
    .tuple(fc.uint8Array({ maxLength: 20 }), fc.constantFrom(0, 1, 5, 0x80))
    .map(([data, subtype]) => new Binary(data, subtype)),
  fc.oneof(decimal, fc.constantFrom('NaN', 'Infinity', '-Infinity')).map(text => Decimal128.fromString(text)),
  fc.tuple(fc.nat(), fc.nat()).map(([t, i]) => new Timestamp({ t, i })),
)

/** @param name - of fields; names may not hold a NUL, which is BSON's own rule */
export function anyDocument(name: fc.Arbitrary<string> = anyName): fc.Arbitrary<AnyDocument> {
  const { document } = fc.letrec(tie => ({
    value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, tie('document'), tie('array')),
    array: fc.array(tie('value'), { maxLength: 5 }),
    document: fc
      .uniqueArray(fc.tuple(name, tie('value')), { selector: ([key]) => key, maxLength: 6 })
      .map(pairs => new Map(pairs)),
  }))
  return document as fc.Arbitrary<AnyDocument>
}

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map(name => name.replaceAll('\0', '')),
  fc.constantFrom('', '__proto__', 'a.b', '$set', '10', '2', 'constructor', 'a"b', 'tab\there'),
)

export function bsonOf(document: AnyDocument): Uint8Array {
  return serialize(document)
}
