import type { ColumnType } from '../../src/model/column.js'
import * as hand from '../bson/support/hand-made.js'
import type { Cell } from '../parquet/read-back.js'

const { binary, codeWithScope, cstring, decimal, document, element, float64, int32, int64, string } = hand

/** What a format that cannot hold a document has in its place: the whole run has it in `_rejects/`, with this. */
export interface Rejected {
  readonly code: string
  readonly path: string
}

/** One trap: the field `v` of a document, and what each format has of it. `bson.gz` has every one as it is. */
export interface Trap {
  readonly name: string
  readonly type: number
  readonly value: hand.Bytes
  /** Alias of the type in the census. */
  readonly census?: string
  /** Plain JSON: of `ndjson.gz`, `json`, `_extra`, `_misfit` and `json` columns. */
  readonly json?: string
  /** Canonical Extended JSON, or why the runs that write it reject the document. */
  readonly ejson?: string | Rejected
  /** A Parquet column: what it holds, or that the value is in `_misfit` instead. */
  readonly column?: { readonly type: ColumnType; readonly cell: Cell | 'misfit' }
  /** Why no format takes the document. */
  readonly rejected?: Rejected
}

const kind = (name: 'string' | 'int32' | 'int64' | 'double' | 'timestamp' | 'json' | 'objectId' | 'boolean') => ({
  kind: name,
})
const list = (element: ColumnType): ColumnType => ({ kind: 'list', element })
const misfit = (type: ColumnType) => ({ type, cell: 'misfit' }) as const
const nul = (name: string) => element(0x0a, name)
const alike = (path: string): Rejected => ({ code: 'extended-json', path })

function nested(depth: number): hand.Bytes {
  let value = document()
  for (let level = 1; level < depth; level++) value = document(element(0x03, 'd', value))
  return value
}
const nestedText = `${'{"d":'.repeat(179)}{}${'}'.repeat(179)}`

const double = (name: string, bits: hand.Bytes, json: string, ejson: Trap['ejson'], cell: Cell): Trap => ({
  name,
  type: 0x01,
  value: bits,
  census: 'double',
  json,
  ...(ejson === undefined ? {} : { ejson }),
  column: { type: kind('double'), cell },
})

const date = (name: string, ms: bigint, json: string, cell: Cell | 'misfit'): Trap => ({
  name,
  type: 0x09,
  value: int64(ms),
  census: 'date',
  json,
  ejson: `{"$date":{"$numberLong":"${ms}"}}`,
  column: { type: kind('timestamp'), cell },
})

const dec = (name: string, bits: string, json: string, ejson: Trap['ejson']): Trap => ({
  name,
  type: 0x13,
  value: decimal(bits),
  census: 'decimal',
  json,
  ...(ejson === undefined ? {} : { ejson }),
  column: { type: kind('json'), cell: json },
})

/** A type that JSON and Parquet do not have: written as Extended JSON everywhere, and a misfit in any typed column. */
const exotic = (name: string, type: number, census: string, value: hand.Bytes, text: string): Trap => ({
  name,
  type,
  value,
  census,
  json: text,
  ejson: text,
  column: misfit(kind('string')),
})

const object = (name: string, value: hand.Bytes, json: string, ejson: Trap['ejson']): Trap => ({
  name,
  type: 0x03,
  value,
  census: 'object',
  json,
  ...(ejson === undefined ? {} : { ejson }),
  column: { type: kind('json'), cell: json },
})

const lost = (name: string, type: number, value: hand.Bytes, code: string, path: string): Trap => ({
  name,
  type,
  value,
  rejected: { code, path },
})

/** The table "BSON to JSON, Parquet and back" of the correctness traps, row by row. */
export const TRAPS: readonly Trap[] = [
  {
    name: 'int64 9007199254740993',
    type: 0x12,
    value: int64(9_007_199_254_740_993n),
    census: 'long',
    json: '9007199254740993',
    ejson: '{"$numberLong":"9007199254740993"}',
    column: { type: kind('int64'), cell: 9_007_199_254_740_993n },
  },
  {
    name: 'int64 9007199254740993 in a column of doubles, which round it',
    type: 0x12,
    value: int64(9_007_199_254_740_993n),
    json: '9007199254740993',
    ejson: '{"$numberLong":"9007199254740993"}',
    column: misfit(kind('double')),
  },
  double('-0', float64(-0), '-0.0', '{"$numberDouble":"-0.0"}', -0),
  double('NaN', float64(Number.NaN), '"NaN"', '{"$numberDouble":"NaN"}', Number.NaN),
  double('NaN with a payload', int64((0x7ff8n << 48n) | 7n), '"NaN"', alike('v'), Number.NaN),
  double('Infinity', float64(Infinity), '"Infinity"', '{"$numberDouble":"Infinity"}', Infinity),
  double('-Infinity', float64(-Infinity), '"-Infinity"', '{"$numberDouble":"-Infinity"}', -Infinity),
  double('double 1.0', float64(1), '1.0', '{"$numberDouble":"1.0"}', 1),
  {
    name: 'double 1.0 in a column of integers',
    type: 0x01,
    value: float64(1),
    json: '1.0',
    ejson: '{"$numberDouble":"1.0"}',
    column: misfit(kind('int32')),
  },
  {
    name: 'int 1',
    type: 0x10,
    value: int32(1),
    census: 'int',
    json: '1',
    ejson: '{"$numberInt":"1"}',
    column: { type: kind('int32'), cell: 1 },
  },
  date('a date beyond 8.64e15 ms', 8_640_000_000_000_001n, '{"$date":{"$numberLong":"8640000000000001"}}', 'misfit'),
  date('a date beyond -8.64e15 ms', -8_640_000_000_000_001n, '{"$date":{"$numberLong":"-8640000000000001"}}', 'misfit'),
  date('the last date within', 8_640_000_000_000_000n, '"+275760-09-13T00:00:00.000Z"', '8640000000000000 ms'),
  date('a date before 1970', -1n, '"1969-12-31T23:59:59.999Z"', '-1 ms'),
  date('a date after 9999', 253_402_300_800_000n, '"+010000-01-01T00:00:00.000Z"', '253402300800000 ms'),
  date('a date before the year 0', -62_198_755_200_000n, '"-000001-01-01T00:00:00.000Z"', '-62198755200000 ms'),
  lost('duplicate keys', 0x03, document(nul('a'), nul('b'), nul('a')), 'duplicate-field', 'v.a'),
  object(
    'integer-like keys, in their order',
    document(nul('z'), nul('10'), nul('2')),
    '{"z":null,"10":null,"2":null}',
    '{"z":null,"10":null,"2":null}',
  ),
  object('__proto__', document(element(0x02, '__proto__', string('x'))), '{"__proto__":"x"}', '{"__proto__":"x"}'),
  object(
    'empty, dotted and $ keys',
    document(nul(''), nul('a.b'), nul('$set')),
    '{"":null,"a.b":null,"$set":null}',
    '{"":null,"a.b":null,"$set":null}',
  ),
  object('depth 180', nested(180), nestedText, nestedText),
  {
    name: 'an array with odd keys: they are positions, and in no format',
    type: 0x04,
    value: document(element(0x02, '7', string('a')), element(0x02, 'x', string('b'))),
    census: 'array',
    json: '["a","b"]',
    ejson: alike('v[7]'),
    column: { type: list(kind('string')), cell: ['a', 'b'] },
  },
  exotic('undefined', 0x06, 'undefined', [], '{"$undefined":true}'),
  exotic('a symbol', 0x0e, 'symbol', string('s'), '{"$symbol":"s"}'),
  exotic(
    'a DBPointer',
    0x0c,
    'dbPointer',
    [...string('db.c'), ...hand.OID],
    '{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"5f9d88c1a2b3c4d5e6f70819"}}}',
  ),
  exotic('code', 0x0d, 'javascript', string('f()'), '{"$code":"f()"}'),
  exotic(
    'code with a scope',
    0x0f,
    'javascriptWithScope',
    codeWithScope('f()', document(element(0x02, 'x', string('y')))),
    '{"$code":"f()","$scope":{"x":"y"}}',
  ),
  exotic('MinKey', 0xff, 'minKey', [], '{"$minKey":1}'),
  exotic('MaxKey', 0x7f, 'maxKey', [], '{"$maxKey":1}'),
  exotic(
    'flags of a regular expression',
    0x0b,
    'regex',
    [...cstring('^a'), ...cstring('imx')],
    '{"$regularExpression":{"pattern":"^a","options":"imx"}}',
  ),
  exotic(
    'flags that are not sorted',
    0x0b,
    'regex',
    [...cstring('^a'), ...cstring('xmi')],
    '{"$regularExpression":{"pattern":"^a","options":"xmi"}}',
  ),
  {
    name: "a timestamp's increment",
    type: 0x11,
    value: int64((4_294_967_295n << 32n) | 4_294_967_294n),
    census: 'timestamp',
    json: '{"t":4294967295,"i":4294967294}',
    ejson: '{"$timestamp":{"t":4294967295,"i":4294967294}}',
    column: misfit(kind('timestamp')),
  },
  {
    name: 'binary of subtype 3',
    type: 0x05,
    value: binary(3, hand.UUID),
    census: 'binData',
    json: '"ABEiM0RVZneImaq7zN3u/w=="',
    ejson: '{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"03"}}',
    column: misfit(kind('string')),
  },
  {
    name: 'binary of subtype 4',
    type: 0x05,
    value: binary(4, hand.UUID),
    json: '"00112233-4455-6677-8899-aabbccddeeff"',
    ejson: '{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}}',
    column: { type: kind('json'), cell: '"00112233-4455-6677-8899-aabbccddeeff"' },
  },
  dec('Decimal128 1.10', '303c000000000000000000000000006e', '"1.10"', '{"$numberDecimal":"1.10"}'),
  dec('Decimal128 -0E-6176', '80000000000000000000000000000000', '"-0E-6176"', '{"$numberDecimal":"-0E-6176"}'),
  dec('Decimal128 NaN', '7c000000000000000000000000000000', '"NaN"', '{"$numberDecimal":"NaN"}'),
  dec('Decimal128 NaN with a sign', 'fc000000000000000000000000000000', '"NaN"', alike('v')),
  {
    name: 'Decimal128 NaN in a column of decimals',
    type: 0x13,
    value: decimal('7c000000000000000000000000000000'),
    json: '"NaN"',
    ejson: '{"$numberDecimal":"NaN"}',
    column: misfit({ kind: 'decimal', precision: 10, scale: 2 }),
  },
  lost('invalid UTF-8', 0x02, string([0xff]), 'invalid-utf8', 'v'),
  lost('an encoded surrogate', 0x02, string([0xed, 0xa0, 0x80]), 'invalid-utf8', 'v'),
  lost('invalid UTF-8 in a name', 0x03, document(element(0x0a, [0xc3])), 'invalid-utf8', 'v.\ufffd'),
  {
    name: 'a NUL inside a string',
    type: 0x02,
    value: string('a\0b'),
    census: 'string',
    json: '"a\\u0000b"',
    ejson: '"a\\u0000b"',
    column: { type: kind('string'), cell: 'a\0b' },
  },
  object(
    'an Extended JSON look-alike',
    document(element(0x02, '$numberLong', string('5'))),
    '{"$numberLong":"5"}',
    alike('v.$numberLong'),
  ),
  object(
    'a DBRef, which is none',
    document(element(0x02, '$ref', string('c')), element(0x07, '$id', hand.OID)),
    '{"$ref":"c","$id":"5f9d88c1a2b3c4d5e6f70819"}',
    '{"$ref":"c","$id":{"$oid":"5f9d88c1a2b3c4d5e6f70819"}}',
  ),
]
