import fc from 'fast-check'
import * as hand from './hand-made.js'

/** A value as BSON has it: its type and its bytes. */
export interface RawValue {
  readonly type: number
  readonly bytes: hand.Bytes
}

const raw = (type: number, bytes: hand.Bytes = []): RawValue => ({ type, bytes })
const bytesOf = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map(array => [...array])

/** With what JSON escapes, a NUL, and characters of one to four bytes of UTF-8. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\0', '"', '\\', '\n', '\u2028', '$', 'é', '\u{1f600}'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
})
const cstring = text.map(drawn => drawn.replaceAll('\0', ''))

const WRAPPERS = [
  ...['$oid', '$symbol', '$numberInt', '$numberLong', '$numberDouble', '$numberDecimal', '$binary', '$uuid', '$code'],
  ...['$scope', '$timestamp', '$regularExpression', '$dbPointer', '$date', '$minKey', '$maxKey', '$undefined'],
  ...['$regex', '$options', '$type', '$ref', '$id', '$db', '$set', '$', 'base64', 'subType', 't', 'i'],
]
const name = fc.oneof(
  { weight: 6, arbitrary: cstring },
  { weight: 1, arbitrary: fc.constantFrom('', '__proto__', 'constructor', 'a.b', '10', '2', '_id', '0') },
  { weight: 2, arbitrary: fc.constantFrom(...WRAPPERS) },
)

const int64s = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(
    0n,
    -1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    9_007_199_254_740_993n,
    8_640_000_000_000_001n,
    253_402_300_800_000n,
  ),
)
/** The bits of a double: any, and those around the edges. */
const doubles = fc.oneof(
  fc.double().map(hand.float64),
  fc
    .constantFrom(
      0x7ff8_0000_0000_0000n,
      0xfff8_0000_0000_0000n,
      0x7ff8_0000_0000_0001n,
      0x7ff0_0000_0000_0001n,
      0x7ff0_0000_0000_0000n,
      0xfff0_0000_0000_0000n,
      0x8000_0000_0000_0000n,
      1n,
    )
    .map(bits => hand.int64(BigInt.asIntN(64, bits))),
)
const decimals = fc.oneof(
  bytesOf(16),
  // Exponents and coefficients of every size.
  fc
    .tuple(
      fc.nat(1),
      fc.nat(12_287),
      fc.integer({ min: 1, max: 34 }).chain(digits => fc.bigInt({ min: 0n, max: 10n ** BigInt(digits) - 1n })),
    )
    .map(([sign, exponent, digits]) =>
      hand.decimal(((BigInt(sign) << 127n) | (BigInt(exponent) << 113n) | digits).toString(16).padStart(32, '0')),
    ),
  fc
    .constantFrom(
      '303c000000000000000000000000006e',
      'b0000000000000000000000000000000',
      '7c000000000000000000000000000000',
      'fc000000000000000000000000000000',
      '7c000000000000000000000000000001',
      '78000000000000000000000000000000',
      'f8000000000000000000000000000000',
      'f8000000000000000000000000000002',
      '3041ed09bead87c0378d8e63ffffffff',
      '3041ed09bead87c0378d8e6400000000',
      '6c100000000000000000000000000001',
    )
    .map(hand.decimal),
)
const binaries = fc
  .tuple(fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x80, 0xff), fc.uint8Array({ maxLength: 18 }))
  .map(([subtype, payload]) =>
    hand.binary(subtype, subtype === 2 ? [...hand.int32(payload.length), ...payload] : [...payload]),
  )

const scalar: fc.Arbitrary<RawValue> = fc.oneof(
  doubles.map(bytes => raw(0x01, bytes)),
  text.map(drawn => raw(0x02, hand.string(drawn))),
  binaries.map(bytes => raw(0x05, bytes)),
  fc.constantFrom(0x06, 0x0a, 0x7f, 0xff).map(type => raw(type)),
  bytesOf(12).map(bytes => raw(0x07, bytes)),
  fc.nat(1).map(bit => raw(0x08, [bit])),
  int64s.map(ms => raw(0x09, hand.int64(ms))),
  fc
    .tuple(cstring, fc.oneof(fc.constantFrom('', 'i', 'imx', 'xmi', 'zz'), cstring))
    .map(([pattern, options]) => raw(0x0b, [...hand.cstring(pattern), ...hand.cstring(options)])),
  fc.tuple(text, bytesOf(12)).map(([namespace, id]) => raw(0x0c, [...hand.string(namespace), ...id])),
  text.map(code => raw(0x0d, hand.string(code))),
  text.map(symbol => raw(0x0e, hand.string(symbol))),
  fc.integer().map(value => raw(0x10, hand.int32(value))),
  bytesOf(8).map(bytes => raw(0x11, bytes)),
  int64s.map(value => raw(0x12, hand.int64(value))),
  decimals.map(bytes => raw(0x13, bytes)),
)

const members = (value: fc.Arbitrary<RawValue>) =>
  fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 4 })
    .map(pairs => hand.document(...pairs.map(([key, { type, bytes }]) => hand.element(type, key, bytes))))

/**
 * Any document that `checkDocument` accepts, as bytes: every type of BSON with the edges of each, names that look like
 * Extended JSON, and arrays under odd names. Most are such that Extended JSON can hold them; many are not.
 */
export const anyBson: fc.Arbitrary<Uint8Array> = fc
  .letrec<{ value: RawValue; document: hand.Bytes; array: hand.Bytes }>(tie => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 6, arbitrary: scalar },
      { weight: 2, arbitrary: tie('document').map(bytes => raw(0x03, bytes)) },
      { weight: 2, arbitrary: tie('array').map(bytes => raw(0x04, bytes)) },
      {
        weight: 1,
        arbitrary: fc.tuple(text, tie('document')).map(([code, scope]) => raw(0x0f, hand.codeWithScope(code, scope))),
      },
    ),
    array: fc
      .tuple(
        fc.array(tie('value'), { maxLength: 12 }),
        fc.oneof(
          { weight: 9, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.constantFrom('', '00', '1', 'x', '+0') },
        ),
      )
      .map(([values, odd]) =>
        hand.document(...values.map(({ type, bytes }, index) => hand.element(type, odd ?? String(index), bytes))),
      ),
    document: members(tie('value')),
  }))
  .document.map(bytes => Uint8Array.from(bytes))
