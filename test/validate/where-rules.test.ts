import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../src/model/column.js'
import type { Condition, ConditionTest } from '../../src/model/condition.js'
import { EACH, type Rule } from '../../src/model/rule.js'
import type { MadeRow } from './made-run.js'
import { type Checked, column, contractOf, rule, validateRows } from './validate-rows.js'

async function check(columns: readonly Column[], rules: readonly Rule[], rows: readonly MadeRow[]): Promise<Checked> {
  return validateRows(await mkdtemp(join(tmpdir(), 'lf-where-')), contractOf(columns, rules), [rows])
}

const test = (one: ConditionTest): Condition => ({ test: one })
const STATUS = column('status', 'string')
const TITLE = column('title', 'string')
const LIST = column('l', { kind: 'list', element: { kind: 'string' } })
const ORAL = test({ kind: 'enum', column: ['status'], values: ['Oral'] })

const ROWS: readonly MadeRow[] = [
  { _id: '1', status: 'Oral', title: 'same', l: ['', 'a'] },
  { _id: '2', status: 'Poster', title: 'same', l: [''] },
  { _id: '3', status: 'Oral' },
  { _id: '4', title: 'same' },
  { _id: '5', _misfit: '{"status":null}', title: '' },
  { _id: '6', _misfit: '{"status":7,"title":7}' },
  { _id: '7', status: 'Oral', title: 'same' },
]

describe('a rule with where is about those documents only', () => {
  it('rules about one document, about elements, keys and numbers of documents', async () => {
    const rules = [
      rule({ kind: 'required', column: ['title'], where: ORAL }),
      rule({ kind: 'minLength', column: ['title'], bound: 9, where: ORAL }),
      rule({ kind: 'notEmpty', column: ['l', EACH], where: ORAL }),
      rule({ kind: 'unique', columns: [['title']], where: ORAL }),
      rule({ kind: 'type', column: ['title'], expected: 'string', where: { not: ORAL } }),
      rule({ kind: 'rowCount', min: 4, where: ORAL }),
    ]
    const { counts, ids, result } = await check([STATUS, TITLE, LIST], rules, ROWS)
    expect(counts).toEqual({
      required: [3, 1],
      minLength: [2, 2],
      notEmpty: [1, 1],
      unique: [2, 2],
      type: [4, 1],
      rowCount: [1, 1],
    })
    // Document 2 and 4 have the same title, but are not among those that are compared.
    expect(ids['unique']).toEqual(['1', '7'])
    expect(result.rules.map(({ where }) => where)).toEqual([
      ...Array(4).fill('status is Oral'),
      'status is not Oral',
      'status is Oral',
    ])
    expect(result.rules.at(-1)?.observed).toBe('3')
  })

  it('a document is no match where there is no value, so that what is denied matches it', async () => {
    const conditions: Readonly<Record<string, Condition>> = {
      present: test({ kind: 'present', column: ['status'] }),
      absent: { not: test({ kind: 'present', column: ['status'] }) },
      long: test({ kind: 'minLength', column: ['status'], bound: 5 }),
      notLong: { not: test({ kind: 'minLength', column: ['status'], bound: 5 }) },
      either: { any: [ORAL, test({ kind: 'notEmpty', column: ['title'] })] },
      both: { all: [ORAL, { not: test({ kind: 'notEmpty', column: ['title'] }) }] },
      all: { all: [] },
      none: { any: [] },
    }
    const rules = Object.entries(conditions).map(([id, where]) => rule({ kind: 'rowCount', id, where }))
    const { result } = await check(
      [STATUS, TITLE],
      rules,
      ROWS.map(({ l: _, ...row }) => row),
    )
    expect(Object.fromEntries(result.rules.map(({ id, observed }) => [id, observed]))).toEqual({
      present: '5',
      absent: '2',
      long: '1',
      notLong: '6',
      either: '5',
      both: '1',
      all: '7',
      none: '0',
    })
  })
})

describe('compare', () => {
  it('values of one document, by type; NaN satisfies nothing', async () => {
    const columns = [column('a', 'double'), column('b', 'double'), column('t', 'timestamp'), column('u', 'timestamp')]
    const rules = (['<', '<=', '=', '<>', '>=', '>'] as const).map(operator =>
      rule({ kind: 'compare', id: operator, columns: [['a'], ['b']], operator }),
    )
    const later = rule({ kind: 'compare', id: 'later', columns: [['u'], ['t']], operator: '>=' })
    const { ids, counts, violations } = await check(
      columns,
      [...rules, later],
      [
        { _id: '1', a: 1, b: 2, t: '2026-01-01T00:00:00Z', u: '2026-01-01T01:00:00+01:00' },
        { _id: '2', a: -0, b: 0, t: '2026-01-01T00:00:00Z', u: '2025-12-31T23:59:59.999Z' },
        { _id: '3', a: Number.NaN, b: Number.NaN, t: '2026-01-01T00:00:00Z' },
        { _id: '4', a: 1, b: Number.NaN },
        { _id: '5', a: 1 },
      ],
    )
    expect(ids).toEqual({
      '<': ['2', '3', '4'],
      '<=': ['3', '4'],
      '=': ['1', '3', '4'],
      '<>': ['2', '3', '4'],
      '>=': ['1', '3', '4'],
      '>': ['1', '2', '3', '4'],
      later: ['2'],
    })
    expect(counts['<']).toEqual([4, 3])
    expect(counts['later']).toEqual([2, 1])
    expect(violations.find(found => found.rule === 'later')).toMatchObject({
      column: 'u, t',
      value: '{"u":"2025-12-31T23:59:59.999Z","t":"2026-01-01T00:00:00.000Z"}',
    })
  })

  it('whole numbers and decimals of different sizes, to the last digit', async () => {
    const columns = [column('n', 'int64'), column('m', { kind: 'decimal', precision: 30, scale: 10 })]
    const { ids } = await check(
      columns,
      [rule({ kind: 'compare', columns: [['n'], ['m']], operator: '<' })],
      [
        { _id: '1', n: '9223372036854775807', m: '9223372036854775807.0000000001' },
        { _id: '2', n: '9223372036854775807', m: '9223372036854775807.0000000000' },
      ],
    )
    expect(ids['compare']).toEqual(['2'])
  })
})
