import type { Comment, Paper } from '../../../src/http/papers.js'

const TOPICS = ['retrieval', 'diffusion', 'graph networks', 'reinforcement learning', 'optimisation', 'language models']

const NAMES = ['Ada Lindqvist', 'Jun Okafor', 'Mira Castellanos', 'Pavel Horák', 'Sena Yildiz']

export const PAPERS: readonly Paper[] = Array.from({ length: 137 }, (_, at) => ({
  _id: `65a1f0c2e4b0a1b2c3d4${(at + 4_096).toString(16)}`,
  id: `p${at}`,
  title: `${['Learning', 'Scaling', 'Understanding', 'Rethinking'][at % 4]} ${TOPICS[at % 6]} with ${['less data', 'fewer steps', 'sparse signals', 'noisy labels', 'long context'][at % 5]}`,
  abstract: `We study ${TOPICS[at % 6]} where the usual assumptions do not hold, and show on ${3 + (at % 7)} benchmarks that a simple change to the objective is enough. The analysis explains why earlier work did not see it, and what it costs.`,
  authors: [NAMES[at % 5], NAMES[(at + 2) % 5]],
  keywords: [TOPICS[at % 6], TOPICS[(at + 1) % 6]],
  status: ['Poster', 'Oral', 'Reject', 'Spotlight'][at % 4],
  year: 2018 + (at % 7),
  rating_avg: 3 + (at % 13) / 2,
}))

export function comments(now: number): Comment[] {
  const at = (hours: number): string => new Date(now - hours * 3_600_000).toISOString()
  return [
    {
      _id: 'a1',
      id: 'c1',
      paperId: 'p0',
      kind: 'review',
      author: 'Reviewer 2',
      text: 'The claim in section 4 needs a comparison with the untuned baseline. Otherwise clear and well written.',
      rating: 6,
      createdAt: at(50),
    },
    {
      _id: 'a2',
      id: 'c2',
      paperId: 'p0',
      kind: 'reply',
      replyTo: 'c1',
      author: 'Ada Lindqvist',
      text: 'Added as table 3: the gain stays at 2.1 points.',
      createdAt: at(26),
    },
    {
      _id: 'a3',
      id: 'c3',
      paperId: 'p0',
      kind: 'remark',
      author: 'Jun Okafor',
      text: 'Is the code available?',
      createdAt: at(3),
    },
  ]
}
