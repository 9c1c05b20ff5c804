/** What is looked for on the page of papers, as its address has it: `/papers?q=lake&year=2024&page=2`. */
export interface PaperSearch {
  readonly q: string
  readonly year: string
  readonly status: string
  readonly author: string
  readonly keyword: string
  readonly ratingMin: string
  readonly sort: string
  /** From 1. */
  readonly page: number
}

export const PAGE_SIZE = 20
/** The route takes an offset up to a million. */
const LAST_PAGE = Math.floor(1_000_000 / PAGE_SIZE) + 1

export const SORTS: readonly (readonly [value: string, label: string])[] = [
  ['', 'Best or newest'],
  ['-submittedAt', 'Newest first'],
  ['-rating_avg', 'Highest rating'],
  ['rating_avg', 'Lowest rating'],
  ['title', 'Title'],
  ['-year,title', 'Year, then title'],
]

const FIELDS = ['q', 'year', 'status', 'author', 'keyword', 'ratingMin', 'sort'] as const

export function readSearch(parameters: URLSearchParams): PaperSearch {
  const text = (name: (typeof FIELDS)[number]): string => (parameters.get(name) ?? '').slice(0, 200)
  const page = Number(parameters.get('page') ?? 1)
  return {
    ...{ q: text('q'), year: text('year'), status: text('status'), author: text('author'), keyword: text('keyword') },
    ...{ ratingMin: text('ratingMin'), sort: SORTS.some(([value]) => value === text('sort')) ? text('sort') : '' },
    page: Number.isInteger(page) && page >= 1 && page <= LAST_PAGE ? page : 1,
  }
}

/** The address's part after `?`, without what is as it would be anyway. */
export function writeSearch(search: PaperSearch): string {
  const parameters = new URLSearchParams()
  for (const field of FIELDS) if (search[field] !== '') parameters.set(field, search[field])
  if (search.page > 1) parameters.set('page', String(search.page))
  return parameters.toString()
}

/** What the API is asked. A filter that is no number where one is wanted is left to the server to refuse. */
export function searchPath(search: PaperSearch): string {
  const parameters = new URLSearchParams()
  for (const field of FIELDS) {
    const value = search[field].trim()
    if (value !== '') parameters.set(field, value)
  }
  if (search.q.trim() === '' && search.sort === '') parameters.set('sort', '-submittedAt,-year,title')
  parameters.set('limit', String(PAGE_SIZE))
  if (search.page > 1) parameters.set('offset', String((search.page - 1) * PAGE_SIZE))
  return `/api/iclr?${parameters}`
}

export function pagesOf(total: number, size: number = PAGE_SIZE): number {
  return Math.max(1, Math.ceil(total / size))
}

/** The pages to link to, `undefined` for a gap: `[1, undefined, 6, 7, 8, undefined, 40]`. */
export function pageLinks(page: number, pages: number): readonly (number | undefined)[] {
  const wanted = [...new Set([1, page - 1, page, page + 1, pages])]
    .filter(at => at >= 1 && at <= pages)
    .sort((a, b) => a - b)
  return wanted.flatMap((at, index) => {
    const before = wanted[index - 1] ?? 0
    if (at - before === 2) return [at - 1, at] // a gap of one page is that page
    return at - before > 2 ? [undefined, at] : [at]
  })
}
