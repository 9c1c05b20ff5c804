import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArrayFramer } from '../../src/proof/array-framer.js'
import { jsonMember } from '../../src/proof/json-member.js'

const json = fc.jsonValue({ maxDepth: 3 })
const object = fc.dictionary(fc.string(), json, { maxKeys: 4 })

function framed(text: string, size: number): string[] {
  const bytes = Buffer.from(text)
  const framer = new ArrayFramer()
  const found: string[] = []
  for (let at = 0; at < bytes.length; at += size)
    for (const one of framer.push(bytes.subarray(at, at + size))) found.push(Buffer.from(one).toString())
  framer.end()
  return found
}

describe('the documents of a JSON array', () => {
  it('are found whatever is in them and however they come in', () => {
    fc.assert(
      fc.property(fc.array(object, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (documents, size) => {
        expect(framed(`${JSON.stringify(documents)}\n`, size)).toEqual(documents.map(one => JSON.stringify(one)))
      }),
    )
  })

  it.each(['', '[', '[{}', '[{"a":1}', '{}', '[{}]]', '[[]]', '["a"]', '[1]', '[{}][{}]', ']', '[{}]x'])(
    'are not found in %j',
    text => expect(() => framed(text, 3)).toThrow(/after document/),
  )
})

describe('a member of a document', () => {
  it('has the text that was written for it', () => {
    fc.assert(
      fc.property(object, json, object, (before, id, after) => {
        const document = { ...before, _id: id, ...after }
        const found = jsonMember(Buffer.from(JSON.stringify(document)), '_id')
        expect(Buffer.from(found ?? []).toString()).toBe(JSON.stringify(document._id))
      }),
    )
  })

  it('is not one of the same name further in, and not there when it is not', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 4 }), json), document => {
        const text = JSON.stringify({ ...document, inner: { _id: 1 }, text: '"_id":1' })
        expect(jsonMember(Buffer.from(text), '_id')).toBeUndefined()
      }),
    )
  })
})
