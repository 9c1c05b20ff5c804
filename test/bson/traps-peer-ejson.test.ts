import { deserialize, EJSON } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyBson } from './support/any-bson.js'
import * as hand from './support/hand-made.js'
import { extendedJsonOf } from './support/written.js'

const { document, element, int32, string } = hand

/** The bson package's canonical Extended JSON, by the route that keeps most: no promotion of values to JavaScript's. */
function theirs(bytes: Uint8Array | hand.Bytes): string {
  const value = deserialize(Uint8Array.from(bytes), { promoteValues: false, bsonRegExp: true })
  return EJSON.stringify(value, { relaxed: false })
}

interface Difference {
  readonly name: string
  readonly why: string
  /** The smallest document that shows it. */
  readonly bson: hand.Bytes
  readonly ours: string
  /** Their text, or the error that they throw. */
  readonly theirs: string | RegExp
  /** Whether our text of a document has that in it. */
  readonly isIn: (ours: string) => boolean
}

const within = (pattern: RegExp) => (ours: string) => pattern.test(ours)

const DIFFERENCES: readonly Difference[] = [
  {
    name: 'a date beyond ±8.64e15 ms',
    why: 'it goes through a Date, which has none beyond; the text is then no number any more',
    bson: document(element(0x09, 'a', hand.int64(8_640_000_000_000_001n))),
    ours: '{"a":{"$date":{"$numberLong":"8640000000000001"}}}',
    theirs: '{"a":{"$date":{"$numberLong":"NaN"}}}',
    isIn: ours =>
      [...ours.matchAll(/"\$date":\{"\$numberLong":"(-?\d+)"/g)].some(([, ms]) => Math.abs(Number(ms)) > 8.64e15),
  },
  {
    name: 'options of a regular expression that are not in alphabetical order',
    why: 'BSONRegExp sorts them, as the specification has them written; ours are the bytes that are stored',
    bson: document(element(0x0b, 'a', [...hand.cstring('x'), ...hand.cstring('xmi')])),
    ours: '{"a":{"$regularExpression":{"pattern":"x","options":"xmi"}}}',
    theirs: '{"a":{"$regularExpression":{"pattern":"x","options":"imx"}}}',
    isIn: within(/\$regularExpression/),
  },
  {
    name: 'options of a regular expression that nobody knows',
    why: 'BSONRegExp refuses them; the server stores them',
    bson: document(element(0x0b, 'a', [...hand.cstring('x'), ...hand.cstring('z')])),
    ours: '{"a":{"$regularExpression":{"pattern":"x","options":"z"}}}',
    theirs: /option \[z\] is not supported/,
    isIn: within(/\$regularExpression/),
  },
  {
    name: 'a whole double from 2^53 on',
    why: 'all its digits are written, where the shortest text that gives the same double has fewer',
    bson: document(element(0x01, 'a', hand.float64(2 ** 60))),
    ours: '{"a":{"$numberDouble":"1152921504606847000.0"}}',
    theirs: '{"a":{"$numberDouble":"1152921504606846976.0"}}',
    isIn: within(/"\$numberDouble":"-?\d{16,}\.0"/),
  },
  {
    name: 'names that look like integers',
    why: 'JavaScript objects put them first, in their numeric order',
    bson: document(...['z', '10', '2'].map(name => element(0x0a, name))),
    ours: '{"z":null,"10":null,"2":null}',
    theirs: '{"2":null,"10":null,"z":null}',
    isIn: within(/"\d+":/),
  },
  {
    name: 'undefined',
    why: 'it becomes the value undefined of JavaScript, which JSON.stringify has to write as something else',
    bson: document(element(0x06, 'a')),
    ours: '{"a":{"$undefined":true}}',
    theirs: '{"a":null}',
    isIn: within(/\$undefined/),
  },
  {
    name: 'a DBPointer',
    why: 'it becomes a DBRef, which is a document: the type is lost',
    bson: document(element(0x0c, 'a', [...string('db.c'), ...hand.OID])),
    ours: '{"a":{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"5f9d88c1a2b3c4d5e6f70819"}}}}',
    theirs: '{"a":{"$ref":"c","$id":{"$oid":"5f9d88c1a2b3c4d5e6f70819"},"$db":"db"}}',
    isIn: within(/\$dbPointer/),
  },
  {
    name: 'a DBRef with its fields in another order',
    why: 'it becomes a DBRef object, whose own fields are written first',
    bson: document(
      element(
        0x03,
        'r',
        document(element(0x0a, 'x'), element(0x07, '$id', hand.OID), element(0x02, '$ref', string('c'))),
      ),
    ),
    ours: '{"r":{"x":null,"$id":{"$oid":"5f9d88c1a2b3c4d5e6f70819"},"$ref":"c"}}',
    theirs: '{"r":{"$ref":"c","$id":{"$oid":"5f9d88c1a2b3c4d5e6f70819"},"x":null}}',
    isIn: within(/"\$ref"/),
  },
  {
    name: 'a field called _bsontype',
    why: 'objects that have one are taken for values of the package',
    bson: document(element(0x02, '_bsontype', string('Long'))),
    ours: '{"_bsontype":"Long"}',
    theirs: /Unsupported BSON version/,
    isIn: within(/_bsontype/),
  },
  {
    name: 'a binary of subtype 9 that is no vector',
    why: 'it is held to the rules of vectors, which the server does not do',
    bson: document(element(0x05, 'a', hand.binary(9, [0x27, 1, 2]))),
    ours: '{"a":{"$binary":{"base64":"JwEC","subType":"09"}}}',
    theirs: /Invalid Vector/,
    isIn: within(/"subType":"09"/),
  },
  {
    name: 'a decimal in the long form, whose coefficient is beyond 34 digits',
    why: 'its bits are read as a number, where IEEE 754 has it mean zero',
    bson: document(element(0x13, 'a', [...Array<number>(14).fill(0), 0, 0x6c])),
    ours: '{"a":{"$numberDecimal":"0E-32"}}',
    theirs: '{"a":{"$numberDecimal":"103.84593717069655257060992658440192"}}',
    isIn: within(/"\$numberDecimal":"-?0(?:\.0+)?(?:E[+-]\d+)?"/),
  },
  {
    name: 'one name twice',
    why: 'the last value wins, at the place of the first. Ours are rejected before they are written',
    bson: document(element(0x0a, 'a'), element(0x0a, 'b'), element(0x10, 'a', int32(1))),
    ours: '{"a":null,"b":null,"a":{"$numberInt":"1"}}',
    theirs: '{"a":{"$numberInt":"1"},"b":null}',
    isIn: () => false,
  },
]

describe('the bson package writes otherwise', () => {
  it.each(DIFFERENCES.map(difference => [difference.name, difference] as const))('%s', (_, difference) => {
    expect(extendedJsonOf(difference.bson)).toBe(difference.ours)
    if (typeof difference.theirs === 'string') expect(theirs(difference.bson)).toBe(difference.theirs)
    else expect(() => theirs(difference.bson)).toThrow(difference.theirs)
  })
})

it('the bson package writes everything else as we do', () => {
  let compared = 0
  fc.assert(
    fc.property(anyBson, bytes => {
      const ours = extendedJsonOf(bytes)
      if (DIFFERENCES.some(({ isIn }) => isIn(ours))) return
      expect(theirs(bytes)).toBe(ours)
      compared++
    }),
    { numRuns: 2000 },
  )
  expect(compared).toBeGreaterThan(700)
})

it.each([
  ['-0.0', element(0x01, 'a', hand.float64(-0)), '{"a":{"$numberDouble":"-0.0"}}'],
  [
    '1.0 and 1',
    [...element(0x01, 'a', hand.float64(1)), ...element(0x10, 'b', int32(1))],
    '{"a":{"$numberDouble":"1.0"},"b":{"$numberInt":"1"}}',
  ],
  [
    'a decimal that is zero, with its exponent',
    element(0x13, 'a', [...Array<number>(14).fill(0), 0, 0x30]),
    '{"a":{"$numberDecimal":"0E-32"}}',
  ],
  [
    'an int64 beyond 2^53',
    element(0x12, 'a', hand.int64(9_007_199_254_740_993n)),
    '{"a":{"$numberLong":"9007199254740993"}}',
  ],
  [
    'a NaN with a payload, which no text tells',
    element(0x01, 'a', hand.int64((0x7ff8n << 48n) | 5n)),
    '{"a":{"$numberDouble":"NaN"}}',
  ],
  ['a date before 1970', element(0x09, 'a', hand.int64(-1n)), '{"a":{"$date":{"$numberLong":"-1"}}}'],
  [
    'a date after 9999',
    element(0x09, 'a', hand.int64(253_402_300_800_000n)),
    '{"a":{"$date":{"$numberLong":"253402300800000"}}}',
  ],
  ['__proto__', element(0x02, '__proto__', string('x')), '{"__proto__":"x"}'],
  ['a NUL in a string', element(0x02, 'a', string('x\0y')), '{"a":"x\\u0000y"}'],
  [
    'a look-alike',
    element(0x03, 'a', document(element(0x02, '$numberLong', string('5')))),
    '{"a":{"$numberLong":"5"}}',
  ],
])('both write %s the same way', (_, elements, text) => {
  expect(extendedJsonOf(document(elements))).toBe(text)
  expect(theirs(document(elements))).toBe(text)
})
