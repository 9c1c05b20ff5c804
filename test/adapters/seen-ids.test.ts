import { type Document, ObjectId, serialize } from 'bson'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SeenIds } from '../../src/adapters/mongo/seen-ids.js'
import { blockOf } from '../support/array-source.js'
import { anId } from '../support/mongo-documents.js'

/** A server puts `_id` first; what it makes up itself may have it anywhere, or not at all. */
const aDocument = fc.tuple(anId, fc.string({ maxLength: 5 }), fc.boolean()).map(
  ([_id, text, first]): Uint8Array =>
    serialize(
      first
        ? new Map([
            ['_id', _id],
            ['a', text],
          ])
        : { a: text, _id },
    ),
)

const idOf = (bytes: Uint8Array): string => {
  const at = Buffer.from(bytes).indexOf('_id\0', 4, 'latin1') - 1
  // Where `_id` comes last, it ends before the document's own NUL.
  const end = at === 4 ? Buffer.from(bytes).indexOf('\x02a\0', at, 'latin1') : bytes.length - 1
  return Buffer.from(bytes.subarray(at, end)).toString('hex')
}

it('says whether an _id came twice, byte for byte, whatever the ids and wherever they are', () => {
  fc.assert(
    fc.property(fc.array(aDocument, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (documents, perBlock) => {
      const seen = new SeenIds()
      for (let at = 0; at < documents.length; at += perBlock) seen.add(blockOf(documents.slice(at, at + perBlock)))
      const ids = documents.map(idOf)
      expect(seen.repeated).toBe(new Set(ids).size < ids.length)
    }),
  )
})

it.each([
  ['ObjectIds of one process', (n: number) => new ObjectId(`65920080512a81971e${n.toString(16).padStart(6, '0')}`)],
  ['numbers', (n: number) => n],
  ['texts', (n: number) => `paper-${n}`],
  ['embedded documents', (n: number) => ({ year: 2000 + (n % 30), number: n })],
])('takes no two of 300,000 %s for one', (_, idAt) => {
  const seen = new SeenIds()
  for (let n = 0; n < 300_000; n += 1_000) {
    const documents = Array.from({ length: 1_000 }, (__, index): Document => ({ _id: idAt(n + index) }))
    seen.add(blockOf(documents.map(document => serialize(document))))
  }
  expect(seen.repeated).toBe(false)
  seen.add(blockOf([serialize({ _id: idAt(123_456) })]))
  expect(seen.repeated).toBe(true)
})

it('leaves out documents without an _id', () => {
  const seen = new SeenIds()
  seen.add(blockOf([serialize({ a: 1 }), serialize({ a: 1 }), serialize({})]))
  expect(seen.repeated).toBe(false)
})
