import { BSON, Double, Long } from 'mongodb'
import { describe, expect, it } from 'vitest'
import { type DamagedPaper, generatePapers } from '../../src/demo/generate-papers.js'

const FULL = generatePapers({ count: 20_000, seed: 2026 })
const papers = Array.from({ length: FULL.count }, (_, index) => FULL.document(index))

/** `_id`s of the papers with something wrong, found by looking at the papers and at nothing else. */
function idsWhere(wrong: (paper: DamagedPaper) => boolean): string[] {
  return papers.filter(wrong).map(paper => paper._id.toHexString())
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const average = ({ ratingAverage }: DamagedPaper): number =>
  ratingAverage instanceof Double ? ratingAverage.value : Number.NaN
const timesUsed = new Map<unknown, number>()
for (const { id } of papers) timesUsed.set(id, (timesUsed.get(id) ?? 0) + 1)

/** What the contract in examples/papers.odcs.yaml says, said once more. */
const BROKEN: Readonly<Record<string, (paper: DamagedPaper) => boolean>> = {
  'id.required': ({ id }) => id === undefined || id === null,
  'id.type': ({ id }) => !isText(id),
  'id.unique': ({ id }) => timesUsed.get(id) !== 1,
  'id.pattern': ({ id }) => isText(id) && !/^[A-Za-z0-9]{10}$/.test(id),
  'title.notEmpty': ({ title }) => !title,
  'abstract.minLength': ({ abstract }) => isText(abstract) && [...abstract].length < 40,
  'authors.notEmpty': ({ authors }) => !Array.isArray(authors) || authors.length === 0,
  'authors.type': ({ authors }) =>
    authors !== undefined && authors !== null && !(Array.isArray(authors) && authors.every(isText)),
  'keywords.maxItems': ({ keywords }) => Array.isArray(keywords) && keywords.length > 20,
  'year.type': ({ year }) => !isNumber(year),
  'year.minimum': ({ year }) => isNumber(year) && year < 2013,
  'year.maximum': ({ year }) => isNumber(year) && year > 2030,
  'status.enum': ({ status }) =>
    !['Active', 'Poster', 'Spotlight', 'Oral', 'Reject', 'Withdraw'].includes(status as string),
  'venue.track.enum': ({ venue }) => !['main', 'workshop', 'tiny papers'].includes((venue as { track: string }).track),
  'ratingAverage.minimum': paper => average(paper) < 1,
  'ratingAverage.maximum': paper => average(paper) > 10,
  'views.minimum': ({ views }) => !(views instanceof Long) || views.isNegative(),
  'submittedAt.required': ({ submittedAt }) => submittedAt === undefined || submittedAt === null,
  'submittedAt.type': ({ submittedAt }) => submittedAt !== undefined && !(submittedAt instanceof Date),
}

describe('generated papers', () => {
  it('have exactly the planted defects, each where the list says', () => {
    const found = Object.entries(BROKEN)
      .map(([rule, wrong]) => [rule, idsWhere(wrong)] as const)
      .filter(([, ids]) => ids.length > 0)
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(FULL.planted.expected))
  })

  it('lack a title 37 times: missing, null and empty', () => {
    const titles = papers.map(paper => paper.title).filter(title => !title)
    expect(titles).toHaveLength(37)
    expect(new Set(titles)).toEqual(new Set([undefined, null, '']))
    expect(papers.some(paper => 'title' in paper && paper.title === undefined)).toBe(false)
  })

  it('are the same to the byte for the same seed, and in whatever order they are made', () => {
    const again = generatePapers({ count: 20_000, seed: 2026 })
    for (const index of [19_999, 0, 7_000, 1]) {
      expect(BSON.serialize(again.document(index))).toEqual(BSON.serialize(papers[index]!))
    }
    expect(again.planted).toEqual(FULL.planted)
  })

  it('differ from seed to seed', () => {
    const other = generatePapers({ count: 20_000, seed: 7 })
    expect(other.document(5).id).not.toEqual(papers[5]?.id)
    expect([...other.planted.expected.values()].flat()).not.toEqual([...FULL.planted.expected.values()].flat())
  })

  it('come with ascending and distinct _ids', () => {
    const ids = papers.map(paper => paper._id.toHexString())
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual([...ids].sort())
  })

  it('vary: hardly any title is used by many', () => {
    expect(new Set(papers.map(paper => paper.title)).size).toBeGreaterThan(15_000)
  })
})

describe('a small collection', () => {
  it.each([0, 1, 2, 17, 100, 500])('of %i papers still has its planted defects listed exactly', count => {
    const { document, planted } = generatePapers({ count, seed: 1 })
    const all = Array.from({ length: count }, (_, index) => document(index))
    const withoutTitle = all.filter(paper => !paper.title).map(paper => paper._id.toHexString())
    expect(withoutTitle).toEqual(planted.expected.get('title.notEmpty') ?? [])
    const damaged = planted.defects.reduce((sum, defect) => sum + defect.ids.length, 0)
    expect(damaged).toBeLessThanOrEqual(count)
    // Every defect takes part as soon as there is room for one of each, and two for a duplicate.
    if (count >= 16) expect(planted.defects.every(defect => defect.ids.length > 0)).toBe(true)
  })

  it('refuses an index beyond its end', () => {
    expect(() => generatePapers({ count: 3, seed: 1 }).document(3)).toThrow(RangeError)
  })
})
