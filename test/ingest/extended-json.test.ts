import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  type Document,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
  UUID,
} from 'bson'
import { expect, it } from 'vitest'
import { JsonToBson } from '../../src/ingest/json-to-bson.js'

const bsonOfValue = (json: string): string => {
  const text = Buffer.from(`{"_id":0,"v":${json}}`)
  return Buffer.from(new JsonToBson().parse(text, 0, text.length).bson).toString('hex')
}
const bson = (v: unknown): string => Buffer.from(serialize({ _id: 0, v } as Document)).toString('hex')

it.each<[string, unknown]>([
  ['{"$oid":"0123456789abcdefABCDEF01"}', ObjectId.createFromHexString('0123456789abcdefabcdef01')],
  ['{"$numberInt":"-5"}', new Int32(-5)],
  ['{"$numberLong":"5"}', Long.fromNumber(5)],
  ['{"$numberLong":"9007199254740993"}', Long.fromString('9007199254740993')],
  ['{"$numberDouble":"1.0"}', new Double(1)],
  ['{"$numberDouble":"-0.0"}', new Double(-0)],
  ['{"$numberDouble":"NaN"}', new Double(Number.NaN)],
  ['{"$numberDouble":"-Infinity"}', new Double(Number.NEGATIVE_INFINITY)],
  ['{"$numberDecimal":"1.10"}', Decimal128.fromString('1.10')],
  ['{"$date":"2024-01-05T10:00:00Z"}', new Date('2024-01-05T10:00:00Z')],
  ['{"$date":"2024-01-05T10:00:00.5+02:00"}', new Date('2024-01-05T08:00:00.500Z')],
  ['{"$date":"2014-01-01T00:00:00.000+0000"}', new Date('2014-01-01T00:00:00Z')],
  ['{"$date":{"$numberLong":"-1"}}', new Date(-1)],
  ['{"$date":1700000000000}', new Date(1700000000000)],
  ['{ "$date" : { "$numberLong" : "0" } }', new Date(0)],
  ['{"$binary":{"base64":"YWI=","subType":"80"}}', new Binary(Buffer.from('ab'), 0x80)],
  ['{"$binary":{"subType":"0","base64":""}}', new Binary(Buffer.alloc(0), 0)],
  ['{"$binary":"YWI=","$type":"00"}', new Binary(Buffer.from('ab'), 0)],
  ['{"$uuid":"00112233-4455-6677-8899-aabbccddeeff"}', new UUID('00112233-4455-6677-8899-aabbccddeeff')],
  ['{"$timestamp":{"t":4294967295,"i":2}}', new Timestamp({ t: 4294967295, i: 2 })],
  ['{"$regularExpression":{"pattern":"^a","options":"imx"}}', new BSONRegExp('^a', 'imx')],
  ['{"$regex":"^a","$options":"i"}', new BSONRegExp('^a', 'i')],
  ['{"$symbol":"s"}', new BSONSymbol('s')],
  ['{"$code":"x"}', new Code('x')],
  ['{"$code":"x\\n","$scope":{"b":1,"a":{"$numberLong":"2"}}}', new Code('x\n', { b: 1, a: Long.fromNumber(2) })],
  ['{"$minKey":1}', new MinKey()],
  ['{"$maxKey":1}', new MaxKey()],
  [
    '[{"$oid":"0123456789abcdef01234567"},{"a":{"$numberInt":"1"}}]',
    [ObjectId.createFromHexString('0123456789abcdef01234567'), { a: 1 }],
  ],
])('%s is the typed value', (json, value) => expect(bsonOfValue(json)).toBe(bson(value)))

it('knows the types that JavaScript has no value for', () => {
  const wrap = (type: string, value: string) => {
    const body = `105f69640000000000${type}7600${value}00`
    return `${Buffer.from([body.length / 2 + 4, 0, 0, 0]).toString('hex')}${body}`
  }
  expect(bsonOfValue('{"$undefined":true}')).toBe(wrap('06', ''))
  expect(bsonOfValue('{"$dbPointer":{"$ref":"x","$id":{"$oid":"111111111111111111111111"}}}')).toBe(
    wrap('0c', `020000007800${'11'.repeat(12)}`),
  )
})

it.each([
  '{"$ref":"papers","$id":{"$numberInt":"5"}}',
  '{"$type":"string"}',
  '{"$regex":"a"}',
  '{"$regex":"a","$foo":"i"}',
  '{"$options":"i"}',
  '{"$gt":5}',
  '{"a":1,"$oid":"x"}',
  '{"$":1}',
])('%s is a document of its own', json => {
  const plain = JSON.parse(json.replace('{"$numberInt":"5"}', '5'))
  expect(bsonOfValue(json)).toBe(bson(plain))
})

it.each([
  ['{"$oid":"xyz"}', '24 hexadecimal digits'],
  ['{"$oid":5}', 'wants a string'],
  ['{"$oid":"0123456789abcdef01234567","more":1}', 'beside other keys'],
  ['{"$oid":"0123456789abcdef01234567","$oid":"1123456789abcdef01234567"}', 'twice'],
  ['{"$numberInt":"2147483648"}', 'integer of 32 bits'],
  ['{"$numberLong":5}', 'wants a string'],
  ['{"$numberLong":"9223372036854775808"}', 'integer of 64 bits'],
  ['{"$numberDouble":"many"}', 'wants a number'],
  ['{"$numberDecimal":"1.2345678901234567890123456789012345678"}', 'inexact'],
  ['{"$date":"yesterday"}', 'RFC 3339'],
  ['{"$date":"2024-01-05"}', 'RFC 3339'],
  ['{"$date":"2024-01-05T10:00:00"}', 'time zone'],
  ['{"$date":"2024-13-05T10:00:00Z"}', 'RFC 3339'],
  ['{"$date":"2024-01-05T10:00:00.123456Z"}', 'finer than a millisecond'],
  ['{"$date":1.5}', 'RFC 3339'],
  ['{"$binary":{"base64":"*","subType":"00"}}', 'base64'],
  ['{"$binary":{"base64":"YQ=="}}', 'base64 and subType'],
  ['{"$uuid":"1"}', 'UUID'],
  ['{"$timestamp":{"t":-1,"i":0}}', 'unsigned'],
  ['{"$minKey":2}', 'wants 1'],
  ['{"$code":"x","$scope":5}', '$scope wants a document'],
  ['{"$code":"x","other":{}}', 'beside other keys'],
  ['{"$code":5}', '$code wants a string'],
  ['{"$undefined":false}', 'wants true'],
])('%s is refused, because it is one that went wrong', (json, reason) =>
  expect(() => bsonOfValue(json)).toThrow(reason),
)
