import { BSON, Decimal128, Double, Int32, Long, ObjectId } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { documentJson } from '../../src/app/page-json.js'
import { type Field, fieldOf, mergeFields, readFields, writeFields } from '../../src/app/stored-fields.js'
import { JsonReader } from '../../src/server/json-reader.js'

const AS_STORED = { promoteValues: false, bsonRegExp: true } as const
const served = (bytes: Uint8Array): Record<string, unknown> =>
  new JsonReader(Buffer.from(documentJson(bytes)).toString()).read() as Record<string, unknown>

function put(stored: Uint8Array, sent: Record<string, unknown>): Uint8Array {
  const old = new Map(readFields(stored).map(field => [field.name, field]))
  return writeFields(Object.entries(sent).map(([name, value]) => fieldOf(name, value, old.get(name))))
}

/** RFC 7396, section 2, word by word. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const result: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name]
    else result[name] = mergePatch(result[name], value)
  }
  return result
}

const name = fc.string({ minLength: 1, maxLength: 6 }).filter(text => /^[^\0$.]*$/.test(text) && text !== '__proto__')
const leaf = fc.oneof(
  fc.string({ maxLength: 8 }).filter(text => !text.includes('\0')),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (Object.is(value, -0) ? 0 : value)),
  fc.boolean(),
  fc.constant(null),
)
const value = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(name, tie('any'), { maxKeys: 3 }),
  ),
})).any
const object = fc.dictionary(name, value, { maxKeys: 5 })

describe('a document that is sent back as it was served', () => {
  it('stays what it was, every type of it, to the byte', () => {
    const stored = BSON.serialize({
      _id: new ObjectId(),
      views: Long.fromString('9007199254740993'),
      small: Long.fromNumber(3),
      mean: new Double(5),
      year: new Int32(2024),
      price: Decimal128.fromString('1.50'),
      submittedAt: new Date('2024-01-02T03:04:05.678Z'),
      dateAsText: '2024-01-02T03:04:05.678Z',
      nested: { at: new Date(0), list: [Long.fromNumber(1), new Date(1), { deep: new ObjectId() }] },
      '\ufeffviews': Long.fromNumber(7),
    })
    expect(Buffer.from(put(stored, served(stored)))).toEqual(Buffer.from(stored))
  })

  it('does so for whatever JSON was stored', () => {
    fc.assert(
      fc.property(object, document => {
        const stored = writeFields(Object.entries(document).map(([name, value]) => fieldOf(name, value)))
        expect(Buffer.from(put(stored, served(stored)))).toEqual(Buffer.from(stored))
        expect(BSON.deserialize(stored)).toEqual(document)
      }),
    )
  })

  it('changes what is changed, in the type that was there', () => {
    const stored = BSON.serialize({
      views: Long.fromNumber(3),
      mean: new Double(5),
      at: new Date(0),
      year: new Int32(1),
    })
    const now = BSON.deserialize(
      put(stored, { views: 4, mean: 6, at: '2020-01-01T00:00:00+01:00', year: 2 ** 40 }),
      AS_STORED,
    )
    expect(now['views']).toEqual(Long.fromNumber(4))
    expect(now['mean']).toEqual(new Double(6))
    expect(now['at']).toEqual(new Date('2019-12-31T23:00:00Z'))
    expect(now['year']).toEqual(Long.fromNumber(2 ** 40))
  })

  it('knows the dates of papers, where a new one has text of the right form', () => {
    const date = (sent: string): Field => fieldOf('submittedAt', sent)
    expect(date('2024-01-02T03:04:05Z').type).toBe(0x09)
    expect(date('2 January').type).toBe(0x02)
    expect(date('2024-13-02T03:04:05Z').type).toBe(0x02)
    expect(fieldOf('title', '2024-01-02T03:04:05Z').type).toBe(0x02)
  })
})

describe('a merge patch', () => {
  it('does what RFC 7396 says, for whatever it is and goes into', () => {
    fc.assert(
      fc.property(object, object, (document, patch) => {
        const fields = Object.entries(document).map(([name, value]) => fieldOf(name, value))
        expect(BSON.deserialize(writeFields(mergeFields(fields, patch)))).toEqual(mergePatch(document, patch))
      }),
      { numRuns: 300 },
    )
  })

  it('leaves the bytes of all other fields alone', () => {
    const stored = BSON.serialize({
      when: new BSON.Timestamp({ t: 1, i: 2 }),
      r: /x/i,
      n: Long.fromNumber(1),
      text: 'a',
    })
    const patched = writeFields(mergeFields(readFields(stored), { text: 'b' }))
    expect(BSON.deserialize(patched, AS_STORED)).toEqual({ ...BSON.deserialize(stored, AS_STORED), text: 'b' })
  })
})
