import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Random } from '../../src/demo/random.js'

/** Real papers, beside the checkout on machines that have them; nothing of them is in the project. */
const REAL = fileURLToPath(new URL('../../../shared/data/openreview/', import.meta.url))

export const NO_REAL_PAPERS = 'needs the real papers in ../shared/data/openreview, which this machine does not have'

export function realPaperFiles(): string[] | undefined {
  if (!existsSync(REAL)) return undefined
  return readdirSync(REAL)
    .filter(name => /^papers-.*\.jsonl$/.test(name))
    .sort()
    .map(name => join(REAL, name))
}

export function realCommentFiles(): string[] | undefined {
  return existsSync(join(REAL, 'reviews.jsonl')) ? [join(REAL, 'reviews.jsonl')] : undefined
}

export type Fields = Record<string, unknown>

/** The documents of JSON Lines files, read without any code of the product's. */
export function linesOf(files: readonly string[]): Fields[] {
  return files.flatMap(file =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line)),
  )
}

/**
 * Papers whose shape drifts from year to year as that of the real ones does, with the same kinds of trouble, and more of
 * it: for machines without the real ones.
 */
export async function writeDriftingPapers(file: string, count: number): Promise<string[]> {
  const random = new Random('drifting papers')
  const lines = Array.from({ length: count }, (_, n) => JSON.stringify(driftingPaper(n, random)))
  await writeFile(file, `${lines.join('\n')}\n`)
  return [file]
}

function driftingPaper(n: number, random: Random): Fields {
  const paper: Fields = {
    id: `paper${String(n).padStart(5, '0')}`,
    title: `On ${n} things — “é”, $x_{${n}}$ and 😀`,
    track: 'main',
    status: 'Poster',
  }
  if (n % 3 === 0)
    Object.assign(paper, {
      year: 2013,
      abstract: 'Line one.\nLine two.\t"quoted" \\ \u2028',
      author: 'A. Name;B. Name',
      rating: '',
      keywords: '',
    })
  if (n % 3 === 1)
    Object.assign(paper, {
      year: 2018,
      author: 'C. Name',
      keywords: 'lakes;ferries',
      rating: '5;7;3',
      rating_avg: random.integer(0, 9) + 0.25,
      pdf_size: n,
    })
  if (n % 3 === 2)
    Object.assign(paper, {
      year: 2024,
      authors: '',
      keywords: 'water',
      rating: '6;8',
      rating_avg: 7,
      soundness_avg: 2.5,
    })
  if (n % 50 === 7) delete paper['title']
  if (n % 50 === 8) paper['title'] = ''
  if (n % 50 === 9) paper['title'] = null
  if (n % 50 === 10) paper['title'] = 42
  if (n % 50 === 11) paper['title'] = 'Withdrawn'
  if (n % 50 === 12) paper['status'] = 'Unheard of'
  if (n % 50 === 13) paper['year'] = '2018'
  if (n % 50 === 14) paper['year'] = 1812
  if (n % 50 === 15) paper['rating_avg'] = 99.5
  if (n % 50 === 16) paper['note'] = { nested: [1, 2.5, null, { deep: true }], big: 9007199254740991 }
  if (n % 50 === 17) paper['rating'] = 'five'
  return paper
}
