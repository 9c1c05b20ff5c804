import { Double, Int32 } from 'bson'
import { generatePapers } from '../dist/demo/generate-papers.js'
import { Random } from '../dist/demo/random.js'

/** Of the real papers about one in seven has an abstract and the older fields; the others have more marks. */
const OLDER = 0.15
const PER_SENTENCE = /(?<=\.) /

/**
 * The same shape, 34 fields in all, from the project's own word lists, for those who have no real papers at hand. Each
 * has ids, numbers, names and sentences of its own, but of far fewer words than real ones: compressed sizes flatter.
 */
export function madePapers(count, seed) {
  const generated = generatePapers({ count, seed })
  return {
    document: index => {
      const random = new Random(`${seed}/bench/${index}`)
      const paper = generated.document(index)
      return random.chance(OLDER) ? older(paper, random) : newer(paper, random)
    },
  }
}

function older(paper, random) {
  const { authors, ...same } = shared(paper, random)
  const abstract = text(paper.abstract).split(PER_SENTENCE)
  return {
    ...same,
    tldr: text(paper.tldr),
    abstract: [...abstract, ...random.shuffled(abstract)].join(' '),
    primary_area: '',
    author: authors,
    aff: ';'.repeat(random.integer(0, 5)),
    github: '',
    project: '',
    reviewers: random.text('abcdefghijklmnop;', 36),
    site: `https://openreview.net/forum?id=${text(paper.id)}`,
    pdf_size: new Int32(random.integer(100_000, 3_000_000)),
    replies_avg: new Int32(random.integer(0, 12)),
    'authors#_avg': new Int32(random.integer(1, 8)),
  }
}

function newer(paper, random) {
  const reviewers = random.integer(3, 5)
  const [soundness, contribution, presentation] = [0, 0, 0].map(() => marks(random, reviewers, 4))
  return {
    ...shared(paper, random),
    soundness: soundness.join(';'),
    contribution: contribution.join(';'),
    presentation: presentation.join(';'),
    soundness_avg: mean(soundness),
    contribution_avg: mean(contribution),
    presentation_avg: new Int32(-1),
    corr_rating_correctness: new Double(0),
  }
}

function shared(paper, random) {
  const ratings = marks(random, random.integer(3, 5), 10)
  const confidence = marks(random, ratings.length, 5)
  const { year } = paper
  return {
    _id: paper._id,
    id: text(paper.id),
    title: text(paper.title),
    track: 'main',
    status: text(paper.status),
    keywords: list(paper.keywords),
    authors: list(paper.authors),
    rating: ratings.join(';'),
    confidence: confidence.join(';'),
    rating_avg: mean(ratings),
    confidence_avg: mean(confidence),
    corr_rating_confidence: new Double(random.integer(-1_000_000, 1_000_000) / 1_000_000),
    year: new Int32(typeof year === 'number' ? year : 2020),
    submittedAt: date(paper.submittedAt),
    updatedAt: date(paper.updatedAt),
  }
}

// Some of the generated papers have defects planted, which are the demonstration's subject and not the benchmark's.
const text = value => (typeof value === 'string' ? value : '')
const list = value => (Array.isArray(value) ? value.join(';') : '')
const date = value => (value instanceof Date ? value : new Date(0))
const marks = (random, count, most) => Array.from({ length: count }, () => random.integer(1, most))
const mean = numbers => new Double(numbers.reduce((sum, number) => sum + number, 0) / numbers.length)
