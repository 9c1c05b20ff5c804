import { Double, Long, type ObjectId } from 'mongodb'
import { type GeneratedCollection, generateCollection, objectId, publicId } from './generated-collection.js'
import { PAPER_DEFECTS } from './paper-defects.js'
import type { Random } from './random.js'
import {
  APPROACHES,
  CONDITIONS,
  FAMILY_NAMES,
  FINDINGS,
  GIVEN_NAMES,
  KEYWORDS,
  METHODS,
  PROBLEMS,
  QUALITIES,
  TASKS,
} from './word-lists.js'

/** A paper as it should be. Defects remove fields and change types, hence the looser {@link DamagedPaper}. */
export interface Paper {
  _id: ObjectId
  /** Ten letters and digits, unique: how comments and people name it. */
  id: string
  title: string
  abstract: string
  authors: string[]
  keywords: string[]
  year: number
  status: string
  venue: { name: string; track: string }
  /** Marks of the reviewers, 1 to 10. */
  ratings: number[]
  /** Absent as long as there are no ratings. */
  ratingAverage?: Double
  views: Long
  submittedAt: Date
  updatedAt: Date
  /** In some papers only, and in no contract. */
  tldr?: string
}

export type DamagedPaper = { _id: ObjectId } & { [F in Exclude<keyof Paper, '_id'>]?: unknown }

export const PAPER_STATUSES: readonly string[] = ['Active', 'Poster', 'Spotlight', 'Oral', 'Reject', 'Withdraw']

export interface GenerateOptions {
  readonly count: number
  readonly seed: number
}

/** Papers that nobody wrote, with {@link PAPER_DEFECTS} planted. */
export function generatePapers({ count, seed }: GenerateOptions): GeneratedCollection<DamagedPaper> {
  const make = (index: number, random: Random): DamagedPaper => makePaper(seed, index, random)
  return generateCollection({ name: 'papers', count, seed, defects: PAPER_DEFECTS, make })
}

/** The public id that the paper with this index has, unless that is its defect. */
export function paperId(seed: number, index: number): string {
  return publicId('papers', seed, index)
}

function makePaper(seed: number, index: number, random: Random): Paper {
  const year = random.integer(2013, 2024)
  const method = random.pick(METHODS)
  const task = random.pick(TASKS)
  const submittedAt = new Date(Date.UTC(year - 1, 8, 20) + random.integer(0, 8 * 86_400_000))
  const ratings = Array.from({ length: random.chance(0.02) ? 0 : random.integer(3, 5) }, () => random.integer(2, 9))
  const finding = random.pick(FINDINGS)
  const paper: Paper = {
    _id: objectId('papers', seed, index),
    id: paperId(seed, index),
    title: title(method, task, random),
    abstract: abstract(method, task, finding, random),
    authors: Array.from({ length: random.integer(1, 6) }, () => personName(random)),
    keywords: random.several(KEYWORDS, random.integer(2, 6)),
    year,
    status: random.pick(PAPER_STATUSES),
    venue: { name: `ICLR ${year}`, track: random.chance(0.85) ? 'main' : random.pick(['workshop', 'tiny papers']) },
    ratings,
    views: Long.fromNumber(random.integer(0, 250_000)),
    submittedAt,
    updatedAt: new Date(submittedAt.getTime() + random.integer(0, 200 * 86_400_000)),
  }
  if (ratings.length > 0) {
    const average = ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length
    paper.ratingAverage = new Double(Math.round(average * 100) / 100)
  }
  if (random.chance(0.3)) paper.tldr = `${method} for ${task.toLowerCase()}, which ${finding}.`
  return paper
}

function title(method: string, task: string, random: Random): string {
  const quality = random.pick(QUALITIES)
  switch (random.integer(0, 4)) {
    case 0:
      return `${quality} ${method} for ${task}`
    case 1:
      return `${quality} ${method} for ${task} ${random.pick(CONDITIONS)}`
    case 2:
      return `How Far Does ${quality} ${method} Go? A Study of ${task}`
    case 3:
      return `${task} ${random.pick(CONDITIONS)}: ${quality} ${method} Revisited`
    default:
      return `On the Limits of ${method} in ${task}`
  }
}

function abstract(method: string, task: string, finding: string, random: Random): string {
  const name = method.toLowerCase()
  const gain = (random.integer(8, 94) / 10).toFixed(1)
  const sentences = [
    `In ${task.toLowerCase()}, ${random.pick(PROBLEMS)}.`,
    `We ask whether ${name} can help where larger models have not.`,
    `To this end we propose ${random.pick(APPROACHES)}.`,
    `On ${random.integer(3, 14)} data sets the method ${finding}, with a mean improvement of ${gain} points.`,
  ]
  if (random.chance(0.6)) sentences.splice(2, 0, `The difficulty is that ${random.pick(PROBLEMS)}.`)
  if (random.chance(0.5))
    sentences.push(`For a step size $\\eta < ${gain}$ we prove that the error decays as $O(1/n)$.`)
  if (random.chance(0.4)) sentences.push('Code, logs and all failed runs are available.')
  return sentences.join(' ')
}

export function personName(random: Random): string {
  const middle = random.chance(0.15) ? ` ${random.text('ABCDEGHJKLMNPRSTVW', 1)}.` : ''
  return `${random.pick(GIVEN_NAMES)}${middle} ${random.pick(FAMILY_NAMES)}`
}
