import { Decimal128, Long, ObjectId, serialize, Timestamp, UUID } from 'bson'
import { expect, it } from 'vitest'
import { ByteSink } from '../../src/bson/byte-sink.js'
import { idExtendedJson, idText, writeIdText } from '../../src/bson/id-text.js'
import { MalformedBson } from '../../src/bson/malformed-bson.js'
import * as hand from './support/hand-made.js'

const cases: [unknown, text: string, extendedJson: string][] = [
  ['abc', 'abc', '"abc"'],
  ['', '', '""'],
  ['a"\n€', 'a"\n€', '"a\\"\\n€"'],
  ['1001', '1001', '"1001"'],
  ['\ufeffa', '\ufeffa', '"\ufeffa"'],
  [1001, '{"$numberInt":"1001"}', '{"$numberInt":"1001"}'],
  [1001.5, '{"$numberDouble":"1001.5"}', '{"$numberDouble":"1001.5"}'],
  [Number.NaN, '{"$numberDouble":"NaN"}', '{"$numberDouble":"NaN"}'],
  [Long.fromString('9007199254740993'), '{"$numberLong":"9007199254740993"}', '{"$numberLong":"9007199254740993"}'],
  [Decimal128.fromString('1.10'), '{"$numberDecimal":"1.10"}', '{"$numberDecimal":"1.10"}'],
  [null, 'null', 'null'],
  [true, 'true', 'true'],
  [new Date(0), '{"$date":{"$numberLong":"0"}}', '{"$date":{"$numberLong":"0"}}'],
  [new ObjectId('5f9d88c1a2b3c4d5e6f70819'), '5f9d88c1a2b3c4d5e6f70819', '{"$oid":"5f9d88c1a2b3c4d5e6f70819"}'],
  [
    new UUID('00112233-4455-6677-8899-aabbccddeeff'),
    '{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}}',
    '{"$binary":{"base64":"ABEiM0RVZneImaq7zN3u/w==","subType":"04"}}',
  ],
  [new Timestamp({ t: 1, i: 2 }), '{"$timestamp":{"t":1,"i":2}}', '{"$timestamp":{"t":1,"i":2}}'],
  [{ a: 1, b: 'x' }, '{"a":{"$numberInt":"1"},"b":"x"}', '{"a":{"$numberInt":"1"},"b":"x"}'],
]

it.each(cases)('tells the _id %o', (id, text, extendedJson) => {
  for (const document of [
    { _id: id, a: 1 },
    { _i: 0, _idx: 1, nested: { _id: 'no' }, _id: id, z: 1 },
  ]) {
    const { bytes, view } = hand.bytesOf([1, 2, 3, ...serialize(document), 7, 7, 7])
    expect(idText(bytes, view, 3)).toBe(text)
    expect(idExtendedJson(bytes, view, 3)).toBe(extendedJson)
  }
})

it('is null without an _id, whatever the neighbouring document has', () => {
  const { bytes, view } = hand.bytesOf([...serialize({ a: { _id: 1 } }), ...serialize({ _id: 'neighbour' })])
  const sink = new ByteSink()
  expect(writeIdText(sink, bytes, view, 0)).toBe(false)
  expect(sink.length).toBe(0)
  expect(idText(bytes, view, 0)).toBeNull()
  expect(idExtendedJson(bytes, view, 0)).toBe('null')
})

it('appends to what the sink has', () => {
  const { bytes, view } = hand.bytesOf([...serialize({ _id: 'x' })])
  const sink = new ByteSink()
  sink.ascii('a:')
  expect(writeIdText(sink, bytes, view, 0)).toBe(true)
  expect(Buffer.from(sink.view()).toString()).toBe('a:x')
})

it('refuses an _id that runs out of its document', () => {
  const document = [...hand.document(hand.element(0x02, '_id', hand.string('abc')))]
  document[9] = 5
  const { bytes, view } = hand.bytesOf([...document, ...document])
  expect(() => idText(bytes, view, 0)).toThrow(MalformedBson)
  expect(() => idExtendedJson(bytes, view, 0)).toThrow(MalformedBson)
})
