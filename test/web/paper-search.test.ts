import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLinks } from '../../web/src/data/link-header.js'
import { pageLinks, pagesOf, readSearch, SORTS, searchPath, writeSearch } from '../../web/src/data/paper-search.js'

const word = fc.string({ maxLength: 200 })
const search = fc.record({
  ...{ q: word, year: word, status: word, author: word, keyword: word, ratingMin: word },
  sort: fc.constantFrom(...SORTS.map(([value]) => value)),
  page: fc.integer({ min: 1, max: 50_001 }),
})

describe('the address of a search', () => {
  it('brings back the search that it was written for', () => {
    fc.assert(
      fc.property(search, wanted => {
        expect(readSearch(new URLSearchParams(writeSearch(wanted)))).toEqual(wanted)
      }),
    )
  })

  it('is empty for a search for everything, so that it can be said', () => {
    expect(writeSearch(readSearch(new URLSearchParams()))).toBe('')
  })

  it.each(['0', '-1', '1.5', 'x', '', '50002'])('shows the first page for page=%s', page => {
    expect(readSearch(new URLSearchParams({ page })).page).toBe(1)
  })

  it('asks for the page by its offset, and for the newest first where nothing is searched', () => {
    const all = readSearch(new URLSearchParams('page=3'))
    expect(searchPath(all)).toBe('/api/iclr?sort=-submittedAt%2C-year%2Ctitle&limit=20&offset=40')
    expect(searchPath({ ...all, q: ' lake ', page: 1 })).toBe('/api/iclr?q=lake&limit=20')
  })
})

describe('pageLinks', () => {
  it('has the first, the last, this one and its neighbours, in order, and no gap of one page', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(), (pages, seed) => {
        const page = 1 + (seed % pages)
        const links = pageLinks(page, pages)
        const known = links.filter(at => at !== undefined)
        expect(known).toEqual([...new Set(known)].sort((a, b) => a - b))
        for (const wanted of [1, page, pages]) expect(known).toContain(wanted)
        links.forEach((at, index) => {
          if (at === undefined) expect(links[index + 1]! - links[index - 1]!).toBeGreaterThan(2)
          else if (index > 0 && links[index - 1] !== undefined) expect(at - links[index - 1]!).toBe(1)
        })
      }),
    )
  })

  it('has one page where there is nothing', () => {
    expect([pagesOf(0), pagesOf(20), pagesOf(21)]).toEqual([1, 1, 2])
  })
})

describe('parseLinks', () => {
  it('finds each relation, quoted or not, and commas within an address', () => {
    expect(parseLinks('</a?x=1,2>; rel="first prev", </b?cursor=e%3D>; title="a, b"; rel=next')).toEqual({
      first: '/a?x=1,2',
      prev: '/a?x=1,2',
      next: '/b?cursor=e%3D',
    })
    expect(parseLinks(null)).toEqual({})
  })
})
