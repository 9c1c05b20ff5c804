import { BSON, ObjectId } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { after, cursorAfter, positionOf } from '../../src/app/page-cursor.js'

const ORDER = [
  { field: 'rating_avg', descending: true },
  { field: 'title', descending: false },
] as const
const make = (document: object, order: typeof ORDER | readonly [] = ORDER) =>
  cursorAfter(BSON.serialize(document), 0, order, 'scope')

describe('a cursor', () => {
  it('comes back as the values that the page ended with, in their types', () => {
    const _id = new ObjectId()
    const cursor = make({ _id, title: 'Ä b', rating_avg: new BSON.Double(5) })!
    expect(cursor).toMatch(/^[\w.-]+$/)
    expect(positionOf(cursor, ORDER, 'scope')).toEqual({ id: _id, values: [new BSON.Double(5), 'Ä b'] })
    // What is not there sorts as null does.
    expect(positionOf(make({ _id })!, ORDER, 'scope')).toEqual({ id: _id, values: [null, null] })
  })

  it('is none where a value could not come back, or would make a link that no server takes', () => {
    expect(make({ _id: 1, title: ['a'] })).toBeUndefined()
    expect(make({ _id: { a: 1 } })).toBeUndefined()
    expect(make({ _id: 1, title: 'x'.repeat(5_000) })).toBeUndefined()
  })

  it('of something else is refused: another order, another search, something made up', () => {
    const cursor = make({ _id: 1, title: 'a' })!
    expect(positionOf(cursor, [], 'scope')).toBeUndefined()
    expect(positionOf(cursor, ORDER, 'other')).toBeUndefined()
    const forged = (document: object): string => `scope.${Buffer.from(BSON.serialize(document)).toString('base64url')}`
    expect(positionOf(forged({ 0: 1, 1: { $gt: '' }, 2: 'a' }), ORDER, 'scope')).toBeUndefined()
    expect(positionOf(forged({ 0: 1, 1: new BSON.Code('x'), 2: 'a' }), ORDER, 'scope')).toBeUndefined()
    expect(positionOf(forged({ 0: 1, 1: 2, 2: 'a', 3: 4 }), ORDER, 'scope')).toBeUndefined()
    expect(positionOf(forged({ $where: 'x', 1: 2, 2: 'a' }), ORDER, 'scope')).toBeUndefined()
  })

  it('throws for no bytes at all', () => {
    const bytes = fc.uint8Array({ maxLength: 80 })
    fc.assert(
      fc.property(bytes, fc.boolean(), (bytes, sized) => {
        const buffer = Buffer.from(bytes)
        if (sized && buffer.length >= 4) buffer.writeInt32LE(buffer.length)
        const position = positionOf(`scope.${buffer.toString('base64url')}`, ORDER, 'scope')
        expect(position === undefined || position.values.length === 2).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  it('puts its values where nothing is an operator', () => {
    const condition = JSON.stringify(after({ id: '$_id', values: ['$title', '$$ROOT'] }, ORDER))
    for (const text of ['$_id', '$title', '$$ROOT']) expect(condition).toContain(`{"$literal":"${text}"}`)
  })
})
