import { describe, expect, it } from 'vitest'
import { BsonType, bsonTypeAlias } from '../../src/bson/bson-type.js'
import { MalformedBson } from '../../src/bson/malformed-bson.js'
import { cstringEnd, documentEnd, valueEnd, viewOf } from '../../src/bson/walk.js'
import * as hand from './support/hand-made.js'

describe('the end of a value', () => {
  it('is where the next one begins, for every type', () => {
    for (const one of hand.EVERY_TYPE) {
      const { bytes, view } = hand.bytesOf([0xee, ...one, 0xee, 0xee])
      const value = cstringEnd(bytes, 2) + 1
      expect(valueEnd(bytes[1]!, bytes, view, value)).toBe(1 + one.length)
      expect(valueEnd(bytes[1]!, bytes, view, value, 1 + one.length)).toBe(1 + one.length)
    }
  })

  it('is refused when the limit comes before it, at every limit', () => {
    for (const one of hand.EVERY_TYPE) {
      const { bytes, view } = hand.bytesOf([...one, 0, 0, 0, 0])
      const value = cstringEnd(bytes, 1) + 1
      for (let limit = value; limit < one.length; limit++) {
        expect(() => valueEnd(bytes[0]!, bytes, view, value, limit)).toThrow(MalformedBson)
      }
    }
  })

  it('is refused for a type that does not exist', () => {
    const { bytes, view } = hand.bytesOf(new Array(32).fill(0))
    for (const type of [0x00, 0x14, 0x7e, 0x80, 0xfe]) {
      expect(() => valueEnd(type, bytes, view, 0)).toThrow(/no such element type/)
    }
  })
})

it('gives the end of a document within its parent', () => {
  const { bytes, view } = hand.bytesOf([7, ...hand.document(hand.element(0x0a, 'a')), 7])
  expect(documentEnd(bytes, view, 1)).toBe(9)
  expect(() => documentEnd(bytes, view, 1, 8)).toThrow(MalformedBson)
})

it('refuses a name without its NUL before the limit', () => {
  const { bytes } = hand.bytesOf([0x61, 0x62, 0])
  expect(cstringEnd(bytes, 0)).toBe(2)
  expect(() => cstringEnd(bytes, 0, 2)).toThrow(MalformedBson)
})

it('reads memory that does not begin at its buffer’s start', () => {
  const shifted = Uint8Array.from([9, 9, 9, ...hand.document()]).subarray(3)
  expect(documentEnd(shifted, viewOf(shifted), 0)).toBe(5)
})

it('calls types by the aliases of $type', () => {
  for (const [alias, type] of Object.entries(BsonType)) expect(bsonTypeAlias(type)).toBe(alias)
  expect(bsonTypeAlias(0x1f)).toBe('0x1f')
})
