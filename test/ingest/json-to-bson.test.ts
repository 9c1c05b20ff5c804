import { Decimal128, type Document, Double, deserialize, EJSON, Long, ObjectId, serialize } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonProblem } from '../../src/ingest/json-problem.js'
import { JsonToBson } from '../../src/ingest/json-to-bson.js'

const parser = new JsonToBson()
const toBson = (json: string | Uint8Array): Uint8Array => {
  const text = typeof json === 'string' ? Buffer.from(json) : json
  const { bson, end } = parser.parse(text, 0, text.length)
  if (end < text.length) throw new JsonProblem('more than a document', end)
  return bson
}
const problemOf = (json: string | Uint8Array): { reason: string; offset: number } => {
  try {
    toBson(json)
  } catch (error) {
    if (error instanceof JsonProblem) return { reason: error.message, offset: error.offset }
    throw error
  }
  throw new Error(`nothing is wrong with ${json}`)
}
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const ordered = (...entries: [string, unknown][]): Document => new Map(entries) as unknown as Document
const expectBson = (json: string, document: Document): void => expect(hex(toBson(json))).toBe(hex(serialize(document)))

describe('numbers', () => {
  it.each([
    ['1', 1],
    ['-2147483648', -2147483648],
    ['2147483648', Long.fromNumber(2147483648)],
    ['9007199254740993', Long.fromString('9007199254740993')],
    ['-9223372036854775808', Long.fromString('-9223372036854775808')],
    ['9223372036854775807', Long.fromString('9223372036854775807')],
    ['1.0', new Double(1)],
    ['1e2', new Double(100)],
    ['-0', new Double(-0)],
    ['0.1', new Double(0.1)],
    ['5e-324', new Double(5e-324)],
    ['100000000000000000000', new Double(1e20)],
  ])('%s keeps its value and its type', (json, value) => expectBson(`{"_id":0,"n":${json}}`, { _id: 0, n: value }))

  it.each([
    ['9223372036854775809', 'does not fit 64 bits'],
    ['123456789012345678901234567890', 'does not fit 64 bits'],
    ['1e400', 'beyond a double'],
    ['01', 'no JSON number'],
    ['+1', 'no JSON number'],
    ['1.', 'no JSON number'],
    ['.5', 'no JSON number'],
    ['-', 'no JSON number'],
    ['NaN', 'got NaN'],
    ['-Infinity', 'no JSON number'],
  ])('%s is refused, not bent', (json, reason) => expect(problemOf(`{"n":${json}}`).reason).toContain(reason))
})

describe('names and text', () => {
  it('keeps the order of names that are digits, and takes no name for anything but a name', () => {
    const json = '{"_id":0,"z":1,"10":2,"2":3,"__proto__":{"b":1,"1":2},"constructor":null,"":true,"a.b":false,"$x":""}'
    const inner = ordered(['b', 1], ['1', 2])
    expectBson(
      json,
      ordered(
        ['_id', 0],
        ['z', 1],
        ['10', 2],
        ['2', 3],
        ['__proto__', inner],
        ['constructor', null],
        ['', true],
        ['a.b', false],
        ['$x', ''],
      ),
    )
  })

  it('understands every escape', () => {
    expectBson('{"_id":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83d\\ude00\\u0000"}', {
      _id: '"\\/\b\f\n\r\t\u00e9€😀\0',
    })
    expectBson('{"\\u005fid":1}', { _id: 1 })
  })

  it.each([
    ['{"a":"\\ud83d"}', 'surrogate'],
    ['{"a":"\\ude00\\ud83d"}', 'surrogate'],
    ['{"a":"\\x"}', 'escape'],
    ['{"a":"\\u12g4"}', 'hexadecimal'],
    ['{"a":"b\u0001"}', 'control character'],
    ['{"a\\u0000":1}', 'NUL'],
    ['{"a":1,"a":2}', 'twice'],
    ['{"b":[{"a":1,"\\u0061":2}]}', 'twice'],
    ['{"_id":1,"_id":1}', 'twice'],
  ])('%s is refused', (json, reason) => expect(problemOf(json).reason).toContain(reason))

  it('refuses what is no UTF-8, and says where', () => {
    const text = Buffer.concat([Buffer.from('{"a":"é'), Buffer.from([0xff]), Buffer.from('"}')])
    expect(problemOf(text)).toEqual({ reason: 'invalid UTF-8', offset: 8 })
    expect(problemOf(Buffer.from([...Buffer.from('{"a":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')])).reason).toBe(
      'invalid UTF-8',
    )
  })
})

describe('structure', () => {
  it.each([
    ['{"a":1', 'the text ends', 6],
    ['{"a":1,}', 'a field name', 7],
    ['{"a" 1}', 'a colon', 5],
    ['{a:1}', 'a field name', 1],
    ["{'a':1}", 'a field name', 1],
    ['{"a":[1,]}', 'a value', 8],
    ['{"a":[1 2]}', 'a comma or ]', 8],
    ['{"a":tru}', 'a value', 5],
    ['{"a":1 "b":2}', 'a comma or }', 7],
    ['{"a":undefined}', 'got undefined', 5],
    ['{"a":"b', 'not closed', 5],
    ['{"a":\0}', 'byte 0x00', 5],
  ])('%s is refused with the place', (json, reason, offset) => {
    const problem = problemOf(json)
    expect(problem.reason).toContain(reason)
    expect(problem.offset).toBe(offset)
  })

  it('refuses nesting that MongoDB would, however deep', () => {
    expect(problemOf(`{"a":${'['.repeat(100_000)}`).reason).toContain('nested')
    expect(problemOf('{"a":'.repeat(100_000)).reason).toContain('nested')
    expect(() => toBson(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`)).not.toThrow()
  })

  it('puts an ObjectId first where there is no _id, and only there', () => {
    const { _id, ...rest } = deserialize(toBson('{"id":"p1","x":{"_id":5}}'))
    expect(_id).toBeInstanceOf(ObjectId)
    expect(rest).toEqual({ id: 'p1', x: { _id: 5 } })
    expect(Object.keys(deserialize(toBson('{"a":1}')))).toEqual(['_id', 'a'])
    expectBson('{"a":1,"_id":null}', { a: 1, _id: null })
  })
})

describe('any document', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => new Double(value)),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(value => Long.fromBigInt(value)),
    fc.uint8Array({ minLength: 12, maxLength: 12 }).map(bytes => new ObjectId(bytes)),
    fc.date({ noInvalidDate: true }),
    fc.constantFrom(Decimal128.fromString('1.10'), Decimal128.fromString('-0E-6176')),
  )
  const { value } = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('value'), { maxKeys: 4 }),
    ),
  }))
  const document = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), value, { maxKeys: 6 })

  it('comes out of its canonical Extended JSON byte for byte', () => {
    fc.assert(
      fc.property(document, fields => {
        const whole = { _id: 0, ...fields }
        expectBson(EJSON.stringify(whole, { relaxed: false }), whole)
        expectBson(EJSON.stringify(whole, { relaxed: false }, 2), whole)
      }),
      { numRuns: 300 },
    )
  })

  it('as plain JSON means what JSON.parse says, or is refused when that refuses it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: fc.constantFrom(...'{}[]",:\\u0 1e-.tn') })), json => {
        const text = `{"_id":0,"v":${json}}`
        let wanted: unknown
        try {
          wanted = JSON.parse(text)
        } catch {
          expect(() => toBson(text)).toThrow(JsonProblem)
          return
        }
        try {
          const got = deserialize(toBson(text), { useBigInt64: true })
          const asNumber = (_: string, value: unknown) => (typeof value === 'bigint' ? Number(value) : value)
          expect(JSON.stringify(got, asNumber)).toBe(JSON.stringify(wanted))
        } catch (error) {
          // What JSON allows and BSON, or exactness, does not.
          if (!(error instanceof JsonProblem)) throw error
          expect(error.message).toMatch(/twice|surrogate|64 bits|beyond a double|NUL|nested/)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
