import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../src/model/column.js'
import { EACH, type Rule } from '../../src/model/rule.js'
import type { MadeRow } from './made-run.js'
import { type Checked, column, contractOf, rule, validateRows } from './validate-rows.js'

async function check(columns: readonly Column[], rules: readonly Rule[], rows: readonly MadeRow[]): Promise<Checked> {
  return validateRows(await mkdtemp(join(tmpdir(), 'lf-elements-')), contractOf(columns, rules), [rows])
}

const REVIEWS = column('reviews', {
  kind: 'list',
  element: {
    kind: 'struct',
    fields: [
      column('rating', 'int32'),
      column('by', 'string'),
      column('tags', { kind: 'list', element: { kind: 'string' } }),
    ],
  },
})
const RATING = ['reviews', EACH, 'rating']
const review = (rating: number | null, by: string | null = 'x', tags: readonly unknown[] | null = null) => ({
  rating,
  by,
  tags,
})

describe('rules about fields of elements', () => {
  const rows: readonly MadeRow[] = [
    { _id: '1', reviews: [review(3), review(9), review(-1), review(null)] },
    { _id: '2', reviews: [review(10), review(5)] },
    { _id: '3', reviews: [review(null)] },
    { _id: '4', reviews: [] },
    { _id: '5' },
    { _id: '6', _misfit: '{"reviews":[{"rating":"high"}]}' },
    { _id: '7', reviews: [null, review(11)] },
  ]

  it('count documents with an element to look at, and tell the values that fail, in order', async () => {
    const {
      counts,
      ids,
      violations,
      rows: states,
    } = await check(
      [REVIEWS],
      [
        rule({ kind: 'minimum', column: RATING, bound: 0, exclusive: false }),
        rule({ kind: 'maximum', column: RATING, bound: 8, exclusive: false }),
      ],
      rows,
    )
    expect(counts).toEqual({ minimum: [3, 1], maximum: [3, 3] })
    expect(ids).toEqual({ minimum: ['1'], maximum: ['1', '2', '7'] })
    expect(violations.map(({ _id, column, value }) => [_id, column, value])).toEqual([
      ['1', 'reviews[].rating', '[-1]'],
      ['1', 'reviews[].rating', '[9]'],
      ['2', 'reviews[].rating', '[10]'],
      ['7', 'reviews[].rating', '[11]'],
    ])
    expect(states.map(state => state['reviews_status'])).toEqual([
      'minimum!',
      'maximum!',
      'OK',
      'OK',
      'OK',
      'OK',
      'maximum!',
    ])
  })

  it('required: of the elements that are there; whether one must be there is a rule of its own', async () => {
    const { counts, violations } = await check(
      [REVIEWS],
      [
        rule({ kind: 'required', id: 'rating', column: RATING }),
        rule({ kind: 'required', id: 'review', column: ['reviews', EACH] }),
      ],
      rows,
    )
    expect(counts).toEqual({ rating: [4, 2], review: [4, 1] })
    expect(violations.map(({ _id, rule, value }) => [_id, rule, value])).toEqual([
      ['1', 'rating', '[null]'],
      ['3', 'rating', '[null]'],
      ['7', 'review', '[null]'],
    ])
  })
})

it('elements of lists in lists are told in one list', async () => {
  const { counts, violations } = await check(
    [REVIEWS],
    [
      rule({ kind: 'notEmpty', column: ['reviews', EACH, 'tags', EACH] }),
      rule({ kind: 'maxLength', column: ['reviews', EACH, 'tags', EACH], bound: 2 }),
      rule({ kind: 'uniqueItems', column: ['reviews', EACH, 'tags'] }),
    ],
    [
      { _id: '1', reviews: [review(1, 'x', ['abc', null, '']), review(1), review(1, 'y', ['defg', 'de', 'de'])] },
      { _id: '2', reviews: [review(1, 'x', [])] },
      { _id: '3', reviews: [review(1, 'x', ['a', 'b', null, null]), null] },
    ],
  )
  expect(counts).toEqual({ notEmpty: [2, 2], maxLength: [2, 1], uniqueItems: [3, 1] })
  expect(violations.map(({ rule, value }) => [rule, value])).toEqual([
    ['notEmpty', '[null,""]'],
    ['maxLength', '["abc","defg"]'],
    ['uniqueItems', '[["defg","de","de"]]'],
    ['notEmpty', '[null,null]'],
  ])
})

it('the list of failing elements is cut after 200 characters, however long each or however many they are', async () => {
  const texts = column('l', { kind: 'list', element: { kind: 'string' } })
  const { violations } = await check(
    [texts],
    [rule({ kind: 'enum', column: ['l', EACH], values: ['fine'] })],
    [
      { _id: 'long', l: ['fine', '😀'.repeat(5000), 'next'] },
      { _id: 'many', l: Array.from({ length: 1000 }, (_, index) => String(index % 10)) },
    ],
  )
  expect(violations.map(found => found.value)).toEqual([
    `["${'😀'.repeat(198)}…`,
    `[${Array.from({ length: 50 }, (_, index) => `"${index % 10}"`).join(',')},`.slice(0, 200).concat('…'),
  ])
})

describe('uniqueItems', () => {
  it.each([
    ['string', ['a', 'A', ''], ['a', 'b', 'a']],
    ['int64', ['9007199254740993', '9007199254740992', null, null], ['9007199254740993', '9007199254740993']],
    ['boolean', [true, false], [true, true]],
    [
      'timestamp',
      ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.001Z'],
      ['2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00'],
    ],
  ] as const)('of %s', async (kind, distinct, equal) => {
    const columns = [column('l', { kind: 'list', element: { kind } })]
    const { counts, ids } = await check(
      columns,
      [rule({ kind: 'uniqueItems', column: ['l'] })],
      [{ _id: '1', l: distinct }, { _id: '2', l: equal }, { _id: '3', l: [] }, { _id: '4' }],
    )
    expect(ids['uniqueItems']).toEqual(['2'])
    expect(counts['uniqueItems']).toEqual([3, 1])
  })

  it('of decimals', async () => {
    const element = { kind: 'decimal', precision: 38, scale: 10 } as const
    const { ids } = await check(
      [column('l', { kind: 'list', element })],
      [rule({ kind: 'uniqueItems', column: ['l'] })],
      [
        { _id: '1', l: ['9999999999999999999999999999.9999999999', '9999999999999999999999999999.9999999998'] },
        { _id: '2', l: ['1.10', '1.1'] },
      ],
    )
    expect(ids['uniqueItems']).toEqual(['2'])
  })
})

it('multipleOf is exact: in 38 digits, and where the bound has more digits than the column', async () => {
  const wide = { kind: 'decimal', precision: 38, scale: 3 } as const
  const { ids, counts } = await check(
    [column('m', wide), column('n', 'int64')],
    [
      rule({ kind: 'multipleOf', id: 'm', column: ['m'], bound: 0.007 }),
      rule({ kind: 'multipleOf', id: 'fine', column: ['m'], bound: 0.0035 }),
      rule({ kind: 'multipleOf', id: 'n', column: ['n'], bound: 3 }),
      rule({ kind: 'multipleOf', id: 'huge', column: ['n'], bound: 1e19 }),
    ],
    [
      // 10^38 - 1 leaves 1 when it is divided by 7, and 9223372036854775807 leaves 1 when it is divided by 3.
      { _id: '1', m: '99999999999999999999999999999999999.999', n: '9223372036854775807' },
      { _id: '2', m: '99999999999999999999999999999999999.998', n: '9223372036854775806' },
      { _id: '3', m: '-0.014', n: '-9223372036854775808' },
      { _id: '4', m: '0.000', n: 0 },
      { _id: '5', m: '0.001' },
    ],
  )
  expect(ids).toEqual({ m: ['1', '5'], fine: ['1', '5'], n: ['1', '3'], huge: ['1', '2', '3'] })
  expect(counts['n']).toEqual([4, 2])
})
