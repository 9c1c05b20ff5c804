import type { Paper } from '../../../src/http/papers.js'
import { listOf } from '../text/paper-fields.js'
import type { Values } from './edits.js'

/** Fields of a paper that the form has, in its order. What else a paper has stays as it is. */
export const PAPER_FIELDS = [
  'title',
  'authors',
  'abstract',
  'tldr',
  'keywords',
  'status',
  'track',
  'year',
  'rating_avg',
] as const
export type PaperField = (typeof PAPER_FIELDS)[number]

/** What older papers call it, where they have only that. */
const OLDER: Readonly<Record<string, string>> = { authors: 'author', rating_avg: 'ratingAverage' }
const LISTS: readonly string[] = ['authors', 'keywords']
const NUMBERS: readonly string[] = ['year', 'rating_avg']

/** The name that a field has in this paper. */
export function storedName(paper: Paper | undefined, field: string): string {
  const older = OLDER[field]
  return older !== undefined && paper !== undefined && !(field in paper) && older in paper ? older : field
}

/** As the form shows it: lists a line each. */
export function paperValues(paper: Paper | undefined): Values {
  return Object.fromEntries(
    PAPER_FIELDS.map(field => {
      const name = storedName(paper, field)
      const value = paper?.[name]
      if (paper !== undefined && LISTS.includes(field)) return [field, listOf(paper, name).join('\n')]
      return [
        field,
        value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value),
      ]
    }),
  )
}

/** What is sent to change these fields: an emptied one goes, and one text stays one where a list was kept so. */
export function paperPatch(
  values: Values,
  fields: readonly string[],
  paper: Paper | undefined,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.map(field => {
      const name = storedName(paper, field)
      const text = (values[field] ?? '').trim()
      if (text === '' && field !== 'title') return [name, null]
      if (LISTS.includes(field)) {
        const items = text.split('\n').flatMap(item => item.trim() || [])
        return [name, typeof paper?.[name] === 'string' ? items.join(';') : items]
      }
      // What is no number is left for the server to refuse.
      return [name, NUMBERS.includes(field) && Number.isFinite(Number(text)) ? Number(text) : text]
    }),
  )
}

/** A new paper: what was not filled in is not in it. */
export function newPaper(values: Values): Readonly<Record<string, unknown>> {
  const filled = ['id', ...PAPER_FIELDS].filter(field => (values[field] ?? '').trim() !== '')
  return paperPatch(values, filled.includes('title') ? filled : ['title', ...filled], undefined)
}
