import type { ObjectId } from 'mongodb'
import { COMMENT_DEFECTS } from './comment-defects.js'
import { type GenerateOptions, paperId, personName } from './generate-papers.js'
import { type GeneratedCollection, generateCollection, objectId, publicId } from './generated-collection.js'
import { Random } from './random.js'
import { DOUBTS, PRAISE, REPLIES } from './word-lists.js'

/** What somebody wrote about a paper: a review, the authors' answer to one, or a remark of anybody. */
export interface Comment {
  _id: ObjectId
  /** Ten letters and digits, unique. */
  id: string
  /** `id` of the paper it is about. */
  paperId: string
  /** `id` of the comment it answers; of replies only. */
  replyTo?: string
  kind: string
  author: string
  text: string
  /** 1 to 10; of reviews only. */
  rating?: number
  createdAt: Date
}

export type DamagedComment = { _id: ObjectId } & { [F in Exclude<keyof Comment, '_id'>]?: unknown }

export interface GenerateCommentsOptions extends GenerateOptions {
  /** How many papers there are to comment on, generated from the same seed. */
  readonly papers: number
}

/** Comments that nobody made on papers that nobody wrote, with {@link COMMENT_DEFECTS} planted. */
export function generateComments({
  count,
  seed,
  papers,
}: GenerateCommentsOptions): GeneratedCollection<DamagedComment> {
  const make = (index: number, random: Random): DamagedComment => makeComment(seed, papers, index, random)
  return generateCollection({ name: 'comments', count, seed, defects: COMMENT_DEFECTS, make })
}

function makeComment(seed: number, papers: number, index: number, random: Random): Comment {
  // Every third comment answers the one before it, about the same paper.
  const isReply = index % 3 === 2
  const topic = new Random(`${seed}/comments/topic/${isReply ? index - 1 : index}`)
  const paper = topic.integer(0, Math.max(0, papers - 1))
  const kind = isReply ? 'reply' : topic.chance(0.7) ? 'review' : 'remark'
  const day = random.integer(0, 364)
  return {
    _id: objectId('comments', seed, index),
    id: publicId('comments', seed, index),
    paperId: paperId(seed, paper),
    ...(isReply ? { replyTo: publicId('comments', seed, index - 1) } : {}),
    kind,
    author: kind === 'review' ? `Reviewer ${random.text('ABCDEFGHJKMNPQRSTUVWXYZ', 1)}` : personName(random),
    text: text(kind, random),
    ...(kind === 'review' ? { rating: random.integer(1, 10) } : {}),
    createdAt: new Date(Date.UTC(random.integer(2013, 2024), 0, 1 + day) + random.integer(0, 86_399_999)),
  }
}

function text(kind: string, random: Random): string {
  switch (kind) {
    case 'review': {
      const praise = random.several(PRAISE, random.integer(1, 3)).join(' ')
      const doubts = random.several(DOUBTS, random.integer(1, 4)).map(doubt => `- ${doubt}`)
      return `${praise}\n\nMy doubts:\n${doubts.join('\n')}`
    }
    case 'reply':
      return random.several(REPLIES, random.integer(2, 4)).join(' ')
    default:
      return `${random.pick([...PRAISE, ...DOUBTS])} ${random.pick(['Or am I missing something?', 'Well done!', '🙂'])}`
  }
}
