import type { Fields } from './papers-input.js'

const STATUSES = new Set([
  'Active',
  'Poster',
  'Oral',
  'Reject',
  'Withdraw',
  'Desk Reject',
  'Workshop',
  'Poster Workshop',
  'Oral Workshop',
])

const isText = (value: unknown): value is string => typeof value === 'string'
const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''
const isThere = (value: unknown): boolean => value !== undefined && value !== null
const isInteger = (value: unknown): boolean => Number.isInteger(value)

/**
 * Which papers break which rule of `test/contracts/papers.odcs.yaml`, by their `id`: worked out from the lines of the
 * files with a dozen conditions written by hand. Every rule that is not here must be broken by nobody.
 */
export function expectedPaperViolations(papers: readonly Fields[]): Record<string, string[]> {
  const titles = new Map<unknown, number>()
  for (const { title } of papers) if (isText(title)) titles.set(title, (titles.get(title) ?? 0) + 1)
  const broken: Record<string, (paper: Fields) => boolean> = {
    'title.type': ({ title }) => isThere(title) && !isText(title),
    'title.required': ({ title }) => !isThere(title),
    'title.minLength': ({ title }) => title === '',
    'title.unique': ({ title }) => (titles.get(title) ?? 0) > 1,
    'status.enum': ({ status }) => isText(status) && !STATUSES.has(status),
    'keywords.notEmpty': ({ keywords }) => isEmpty(keywords) || !isText(keywords),
    'year.type': ({ year }) => isThere(year) && !isInteger(year),
    'year.required': ({ year }) => !isThere(year),
    'year.minimum': ({ year }) => isInteger(year) && Number(year) < 2013,
    'rating.pattern': ({ rating }) => isText(rating) && !/^(\d{1,2}(;\d{1,2})*)?$/.test(rating),
    'rating_avg.maximum': paper => Number(paper['rating_avg']) > 10,
    'authors.anyOf': ({ author, authors }) => isEmpty(author) && isEmpty(authors),
  }
  const expected: Record<string, string[]> = {}
  for (const [rule, breaks] of Object.entries(broken)) {
    const ids = papers.filter(breaks).map(paper => String(paper['id']))
    if (ids.length > 0) expected[rule] = ids.sort()
  }
  return expected
}
