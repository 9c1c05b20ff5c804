import type { Paper } from '../../../src/http/papers.js'

/** What a paper says under a name, as text; documents that came by other ways may have anything there. */
export function textOf(paper: Paper, name: string): string | undefined {
  const value = paper[name]
  if (typeof value === 'string') return value.trim() === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** A list, or what older papers have in its place: one text with `;` between. */
export function listOf(paper: Paper, name: string): readonly string[] {
  const value = paper[name]
  const items = Array.isArray(value) ? value : typeof value === 'string' ? value.split(';') : []
  return items
    .filter(item => typeof item === 'string' || typeof item === 'number')
    .flatMap(item => String(item).trim() || [])
}

export function numberOf(paper: Paper, name: string): number | undefined {
  const value = paper[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function titleOf(paper: Paper): string {
  return textOf(paper, 'title') ?? 'Without a title'
}

export function keyOf(paper: Paper): string {
  return typeof paper.id === 'string' && paper.id !== '' ? paper.id : paper._id
}

/** `author` is what older papers have. */
export function authorsOf(paper: Paper): readonly string[] {
  const authors = listOf(paper, 'authors')
  return authors.length > 0 ? authors : listOf(paper, 'author')
}

/** The mean, under the name that the paper has it. */
export function ratingOf(paper: Paper): number | undefined {
  return numberOf(paper, 'rating_avg') ?? numberOf(paper, 'ratingAverage')
}

/** Fields that the page shows at a place of their own. */
const SHOWN = [
  '_id',
  'id',
  'title',
  'abstract',
  'authors',
  'author',
  'keywords',
  'status',
  'track',
  'tldr',
  'year',
  'rating_avg',
  'ratingAverage',
  'submittedAt',
]

/** The rest, of what can be told in a line: nothing of what is only marks, such as the separators of an empty list. */
export function otherFields(paper: Paper): readonly (readonly [name: string, text: string])[] {
  return Object.entries(paper)
    .filter(([name, value]) => !SHOWN.includes(name) && value !== null)
    .map(([name, value]) => [name, shorten(typeof value === 'string' ? value : JSON.stringify(value))] as const)
    .filter(([, text]) => /[\p{L}\p{N}]/u.test(text))
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
