import { Double } from 'mongodb'
import type { DamagedPaper } from './generate-papers.js'
import { publicId } from './generated-collection.js'
import type { Defect } from './planted.js'

/** What is wrong with some papers, and which rules of `examples/papers.odcs.yaml` must say so. */
export const PAPER_DEFECTS: readonly Defect<DamagedPaper>[] = [
  {
    name: 'no title',
    count: 37,
    rules: ['title.notEmpty'],
    plant: (paper, turn) => {
      if (turn % 3 === 0) delete paper.title
      else paper.title = turn % 3 === 1 ? null : ''
    },
  },
  {
    name: 'no authors',
    count: 23,
    rules: ['authors.notEmpty'],
    plant: (paper, turn) => {
      if (turn % 3 === 0) delete paper.authors
      else paper.authors = turn % 3 === 1 ? [] : null
    },
  },
  {
    name: 'authors in one text',
    count: 8,
    // A text is no list, so there is no list with anybody in it either.
    rules: ['authors.type', 'authors.notEmpty'],
    plant: paper => {
      paper.authors = (paper.authors as string[]).join(';')
    },
  },
  {
    name: 'year as text',
    count: 11,
    rules: ['year.type'],
    plant: paper => {
      paper.year = `${paper.year}`
    },
  },
  {
    name: 'year out of this world',
    count: 5,
    rules: ['year.maximum'],
    plant: (paper, turn) => {
      paper.year = 2100 + turn
    },
  },
  {
    name: 'unknown status',
    count: 17,
    rules: ['status.enum'],
    plant: (paper, turn) => {
      paper.status = ['accepted?', 'active', 'On hold', ''][turn % 4]
    },
  },
  {
    name: 'unknown track',
    count: 5,
    rules: ['venue.track.enum'],
    plant: paper => {
      paper.venue = { name: 'ICLR', track: 'Main ' }
    },
  },
  {
    name: 'average below 1',
    count: 9,
    rules: ['ratingAverage.minimum'],
    plant: paper => {
      // Somebody's way of writing that there is none.
      paper.ratingAverage = new Double(-1)
    },
  },
  {
    name: 'average above 10',
    count: 4,
    rules: ['ratingAverage.maximum'],
    plant: (paper, turn) => {
      paper.ratingAverage = new Double(10.5 + turn)
    },
  },
  {
    name: 'id used twice',
    count: 12,
    together: 2,
    rules: ['id.unique'],
    plant: (paper, turn) => {
      paper.id = publicId('papers', 0, `twice/${Math.floor(turn / 2)}`)
    },
  },
  {
    name: 'malformed id',
    count: 7,
    rules: ['id.pattern'],
    plant: (paper, turn) => {
      paper.id = `paper ${turn + 1}/draft`
    },
  },
  {
    name: 'abstract too short',
    count: 14,
    rules: ['abstract.minLength'],
    plant: (paper, turn) => {
      paper.abstract = ['TBA', 'To follow.', '…'][turn % 3]
    },
  },
  {
    name: 'too many keywords',
    count: 4,
    rules: ['keywords.maxItems'],
    plant: paper => {
      paper.keywords = Array.from({ length: 21 }, (_, number) => `keyword ${number + 1}`)
    },
  },
  {
    name: 'submission date as text',
    count: 6,
    rules: ['submittedAt.type'],
    plant: paper => {
      paper.submittedAt = (paper.submittedAt as Date).toISOString()
    },
  },
  {
    name: 'no submission date',
    count: 3,
    rules: ['submittedAt.required'],
    plant: paper => {
      delete paper.submittedAt
    },
  },
]
