import type { DamagedComment } from './generate-comments.js'
import { publicId } from './generated-collection.js'
import type { Defect } from './planted.js'

/** The contract's bound, in code points. */
const TEXT_LIMIT = 4_000

/** What is wrong with some comments, and which rules of `examples/comments.odcs.yaml` must say so. */
export const COMMENT_DEFECTS: readonly Defect<DamagedComment>[] = [
  {
    name: 'empty text',
    count: 41,
    rules: ['text.notEmpty'],
    plant: (comment, turn) => {
      if (turn % 3 === 0) delete comment.text
      else comment.text = turn % 3 === 1 ? null : ''
    },
  },
  {
    name: 'text too long',
    count: 12,
    rules: ['text.maxLength'],
    plant: (comment, turn) => {
      comment.text = 'And another thing. '.repeat(300 + turn).slice(0, TEXT_LIMIT + 1 + turn)
    },
  },
  {
    name: 'malformed paper id',
    count: 19,
    rules: ['paperId.pattern'],
    plant: (comment, turn) => {
      comment.paperId = turn % 2 === 0 ? `paper #${turn}` : `${comment.paperId}?noteId=${turn}`
    },
  },
  {
    name: 'no paper id',
    count: 9,
    rules: ['paperId.required'],
    plant: comment => {
      delete comment.paperId
    },
  },
  {
    name: 'unknown kind',
    count: 14,
    rules: ['kind.enum'],
    plant: (comment, turn) => {
      comment.kind = ['Review', 'meta-review', 'spam'][turn % 3]
    },
  },
  {
    name: 'rating as text',
    count: 16,
    rules: ['rating.type'],
    plant: (comment, turn) => {
      comment.rating = `${1 + (turn % 10)}: my confidence is low`
    },
  },
  {
    name: 'rating below 1',
    count: 6,
    rules: ['rating.minimum'],
    plant: comment => {
      comment.rating = 0
    },
  },
  {
    name: 'rating above 10',
    count: 4,
    rules: ['rating.maximum'],
    plant: (comment, turn) => {
      comment.rating = 11 + turn
    },
  },
  {
    name: 'id used twice',
    count: 8,
    together: 2,
    rules: ['id.unique'],
    plant: (comment, turn) => {
      comment.id = publicId('comments', 0, `twice/${Math.floor(turn / 2)}`)
    },
  },
  {
    name: 'no author',
    count: 6,
    rules: ['author.required'],
    plant: (comment, turn) => {
      if (turn % 2 === 0) delete comment.author
      else comment.author = null
    },
  },
  {
    name: 'date as text',
    count: 7,
    rules: ['createdAt.type'],
    plant: comment => {
      comment.createdAt = (comment.createdAt as Date).toUTCString()
    },
  },
]
