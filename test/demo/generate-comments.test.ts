import { BSON } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { type DamagedComment, generateComments } from '../../src/demo/generate-comments.js'
import { generatePapers } from '../../src/demo/generate-papers.js'

const FULL = generateComments({ count: 60_000, seed: 2026, papers: 20_000 })
const comments = Array.from({ length: FULL.count }, (_, index) => FULL.document(index))

const isText = (value: unknown): value is string => typeof value === 'string'
const isThere = (value: unknown): boolean => value !== undefined && value !== null
const timesUsed = new Map<unknown, number>()
for (const { id } of comments) timesUsed.set(id, (timesUsed.get(id) ?? 0) + 1)

/** What the contract in examples/comments.odcs.yaml says, said once more. */
const BROKEN: Readonly<Record<string, (comment: DamagedComment) => boolean>> = {
  'id.pattern': ({ id }) => !isText(id) || !/^[A-Za-z0-9]{10}$/.test(id),
  'id.unique': ({ id }) => timesUsed.get(id) !== 1,
  'paperId.required': ({ paperId }) => !isThere(paperId),
  'paperId.pattern': ({ paperId }) => isText(paperId) && !/^[A-Za-z0-9]{10}$/.test(paperId),
  'replyTo.pattern': ({ replyTo }) => isThere(replyTo) && !/^[A-Za-z0-9]{10}$/.test(replyTo as string),
  'kind.enum': ({ kind }) => !['review', 'reply', 'remark'].includes(kind as string),
  'author.required': ({ author }) => !isThere(author),
  'text.notEmpty': ({ text }) => !text,
  'text.maxLength': ({ text }) => isText(text) && [...text].length > 4_000,
  'rating.type': ({ rating }) => isThere(rating) && typeof rating !== 'number',
  'rating.minimum': ({ rating }) => typeof rating === 'number' && rating < 1,
  'rating.maximum': ({ rating }) => typeof rating === 'number' && rating > 10,
  'createdAt.required': ({ createdAt }) => !isThere(createdAt),
  'createdAt.type': ({ createdAt }) => !(createdAt instanceof Date),
}

describe('generated comments', () => {
  it('have exactly the planted defects, each where the list says', () => {
    const found = Object.entries(BROKEN)
      .map(([rule, wrong]) => [rule, comments.filter(wrong).map(comment => comment._id.toHexString())] as const)
      .filter(([, ids]) => ids.length > 0)
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(FULL.planted.expected))
  })

  it('are about papers that there are, a reply about the same paper as what it answers', () => {
    const { document, count } = generatePapers({ count: 20_000, seed: 2026 })
    // Those whose own id is the planted defect are known by it no longer.
    const known = new Set(Array.from({ length: count }, (_, index) => document(index).id))
    const lost = comments.filter(({ paperId }) => isText(paperId) && !known.has(paperId))
    expect(lost.length).toBeLessThan(150)
    const byId = new Map(comments.map(comment => [comment.id, comment]))
    const replies = comments.filter(comment => byId.has(comment.replyTo))
    expect(replies.length).toBeGreaterThan(19_000)
    const astray = replies.filter(reply => byId.get(reply.replyTo)?.paperId !== reply.paperId)
    expect(astray.length).toBeLessThan(60)
  })

  it('are the same to the byte for the same seed', () => {
    const again = generateComments({ count: 60_000, seed: 2026, papers: 20_000 })
    for (const index of [59_999, 0, 31_415]) {
      expect(BSON.serialize(again.document(index))).toEqual(BSON.serialize(comments[index]!))
    }
  })

  it('can be made where there are no papers', () => {
    expect(generateComments({ count: 10, seed: 1, papers: 0 }).document(9)._id).toBeDefined()
  })
})
