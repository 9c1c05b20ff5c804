import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ColumnPath, Rule } from '../../src/model/rule.js'
import type { MadeRow } from './made-run.js'
import { type Checked, column, contractOf, rule, validateRows } from './validate-rows.js'

const COLUMNS = [column('title', 'string'), column('year', 'int32')]
const ROWS: readonly MadeRow[] = [
  { _id: '1', title: 'a', year: 2024 },
  { _id: '2', title: 'b', year: 1024 },
  { _id: '3', title: 'c' },
  { _id: '4', _misfit: '{"title":5,"year":"x"}' },
]

async function check(rules: readonly Rule[], rows: readonly MadeRow[] = ROWS): Promise<Checked> {
  return validateRows(await mkdtemp(join(tmpdir(), 'lf-condition-')), contractOf(COLUMNS, rules), [rows])
}

const condition = (duckdb: string, columns: readonly ColumnPath[] = [], id = 'own') =>
  rule({ kind: 'condition', id, columns, sql: { duckdb } })

describe('a condition in SQL of a contract’s own', () => {
  it('holds where it is true; NULL is not', async () => {
    const { ids, counts, violations, rows } = await check([condition('year > 2000 -- recent', [['title'], ['year']])])
    expect(ids['own']).toEqual(['2', '3', '4'])
    expect(counts['own']).toEqual([4, 3])
    expect(violations.map(({ column, value }) => [column, value])).toEqual([
      ['title, year', '{"title":"b","year":1024}'],
      ['title, year', '{"title":"c"}'],
      ['title, year', '{"title":5,"year":"x"}'],
    ])
    expect(rows.map(row => row['title_status'])).toEqual(['OK', 'condition!', 'condition!', 'condition!'])
  })

  it('is told under its one column, or under none', async () => {
    const { violations } = await check([
      condition('year > 2000', [['year']], 'one'),
      condition('year > 2000;', [], 'none'),
    ])
    expect(violations.map(({ rule, column, value }) => [rule, column, value])).toEqual([
      ['one', 'year', '1024'],
      ['none', '', null],
      ['one', 'year', null],
      ['none', '', null],
      ['one', 'year', '"x"'],
      ['none', '', null],
    ])
  })

  it.each([
    ['no SQL', 'year >'],
    ['a column that is not there', 'jear > 2000'],
    ['a text', "title || 'x'"],
    ['an aggregation', 'count(*) > 1'],
  ])('%s is an error that names the rule, also where there is no document', async (what, sql) => {
    const rows = what === 'a text' ? ROWS : []
    const checked = check([condition('TRUE', [], 'fine'), condition(sql, [], 'broken')], rows)
    await expect(checked).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      details: { step: expect.stringMatching(/condition broken|with the SQL of fine, broken/) },
    })
  })

  it('that fails on a document is an error that names it', async () => {
    await expect(check([condition('CAST(title AS INTEGER) > 0')])).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      details: { step: 'run the statement facts, with the SQL of own', reason: expect.stringContaining('Conversion') },
    })
  })

  it('is needed in the language of the engine', async () => {
    const elsewhere = rule({ kind: 'condition', columns: [], sql: { spark: 'TRUE' } })
    await expect(check([elsewhere])).rejects.toMatchObject({
      code: 'RULE_CANNOT_RUN',
      details: { rule: 'condition', reason: 'its SQL is written for spark, and this is duckdb' },
    })
  })
})
