import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Paper } from '../../src/http/papers.js'
import { changedFields, mergeEdits } from '../../web/src/data/edits.js'
import { newPaper, PAPER_FIELDS, paperPatch, paperValues } from '../../web/src/data/paper-edit.js'

const NAMES = ['title', 'year', 'status'] as const
// Few values, so that both often change a field to the same.
const values = fc.record({
  ...{ title: fc.constantFrom('', 'a', 'b') },
  ...{ year: fc.constantFrom('', 'a', 'b'), status: fc.constantFrom('', 'a', 'b') },
})

describe('mergeEdits', () => {
  it('loses nothing that was typed, nor anything that others have changed elsewhere, and tells where both did', () => {
    fc.assert(
      fc.property(values, values, values, (base, mine, theirs) => {
        const merged = mergeEdits(base, mine, theirs)
        for (const name of NAMES) {
          const [typed, stored] = [mine[name] !== base[name], theirs[name] !== base[name]]
          expect(merged.values[name]).toBe(typed ? mine[name] : theirs[name])
          expect(merged.taken.includes(name)).toBe(!typed && stored)
          expect(merged.disputed.includes(name)).toBe(typed && stored && mine[name] !== theirs[name])
        }
      }),
    )
  })

  it('leaves nothing to tell when nobody else has changed anything', () => {
    fc.assert(
      fc.property(values, values, (base, mine) => {
        expect(mergeEdits(base, mine, base)).toEqual({ values: mine, taken: [], disputed: [] })
      }),
    )
  })
})

describe('the form of a paper', () => {
  const text = fc.stringMatching(/^[A-Za-z][A-Za-z ]{0,8}[A-Za-z]$/)
  const list = fc.array(text, { minLength: 1, maxLength: 4 })
  const optional = { requiredKeys: [] as [] }
  const fields = {
    title: text,
    abstract: text,
    status: text,
    keywords: list,
    year: fc.integer({ min: 1900, max: 2200 }),
  }
  const paper = fc.record(
    {
      ...fields,
      authors: fc.oneof(
        list,
        list.map(items => items.join(';')),
      ),
    },
    optional,
  )

  /** RFC 7396, for flat documents. */
  const patched = (document: Paper, patch: Readonly<Record<string, unknown>>): Paper => {
    const result: Record<string, unknown> = { ...document }
    for (const [name, value] of Object.entries(patch)) {
      if (value === null) delete result[name]
      else result[name] = value
    }
    return result as Paper
  }

  it('turns one paper into the other by a patch of what was changed, and changes nothing else', () => {
    fc.assert(
      fc.property(paper, paper, (one, other) => {
        const [from, to] = [
          { _id: '1', extra: [1], title: '', ...one } as Paper,
          { _id: '1', title: '', ...other } as Paper,
        ]
        const wanted = paperValues(to)
        const changed = changedFields(paperValues(from), wanted)
        const result = patched(from, paperPatch(wanted, changed, from))
        expect(paperValues(result)).toEqual(wanted)
        expect(result['extra']).toEqual([1])
        for (const name of PAPER_FIELDS) if (!changed.includes(name)) expect(result[name]).toEqual(from[name])
      }),
    )
  })

  it('writes what older papers have under the names that they have, one text where it was one', () => {
    const older: Paper = { _id: '1', author: 'A;B', ratingAverage: 5 }
    expect(paperValues(older)).toMatchObject({ authors: 'A\nB', rating_avg: '5' })
    expect(paperPatch({ authors: 'A\n\n C ', rating_avg: '' }, ['authors', 'rating_avg'], older)).toEqual({
      author: 'A;C',
      ratingAverage: null,
    })
  })

  it('sends a new paper without what was left empty, but always its title, for the server to refuse', () => {
    expect(newPaper({ title: ' On Ferries ', authors: 'A. Noether\n', year: '2026', id: '' })).toEqual({
      ...{ title: 'On Ferries', authors: ['A. Noether'], year: 2026 },
    })
    expect(newPaper({ title: '', year: 'soon' })).toEqual({ title: '', year: 'soon' })
  })
})
