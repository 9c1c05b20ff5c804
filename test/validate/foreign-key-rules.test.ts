import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Column, ColumnType } from '../../src/model/column.js'
import type { Rule } from '../../src/model/rule.js'
import { type MadeRow, makeRun, RUN_ID } from './made-run.js'
import { type Checked, column, contractOf, rule, validateMade } from './validate-rows.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lf-foreign-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const PAPERS = [column('id', 'string'), column('year', 'int32')]
const COMMENTS = [column('paper', 'string'), column('year', 'int64'), column('reply', 'string')]

async function check(
  rules: readonly Rule[],
  comments: readonly MadeRow[],
  papers: readonly (readonly MadeRow[])[],
  [columns, paperColumns]: readonly [readonly Column[], readonly Column[]] = [COMMENTS, PAPERS],
): Promise<Checked> {
  const other = await makeRun(folder, paperColumns, papers, 'papers')
  const made = await makeRun(folder, columns, [comments.slice(0, 2), comments.slice(2)], 'comments')
  const references = [{ dataset: 'papers', manifest: other.manifest }]
  return validateMade(folder, contractOf(columns, rules), made, { references })
}

const toPaper = (more: Partial<Rule> = {}) =>
  rule({ kind: 'foreignKey', columns: [['paper']], dataset: 'papers', to: [['id']], ...more } as Parameters<
    typeof rule
  >[0])

describe('a foreign key', () => {
  it('is violated by a value that no document of the other run has, whichever part that is in', async () => {
    const { ids, counts, violations, result, rows } = await check(
      [toPaper()],
      [
        { _id: '1', paper: 'a' },
        { _id: '2', paper: 'b' },
        { _id: '3', paper: 'A' },
        { _id: '4', paper: 'a' },
        { _id: '5' },
        { _id: '6', _misfit: '{"paper":null}' },
        { _id: '7', _misfit: '{"paper":5}' },
        { _id: '8', paper: '' },
      ],
      // Twice the same, and one without: neither doubles a document nor is equal to one without.
      [
        [
          { _id: 'x', id: 'a' },
          { _id: 'y', id: 'a' },
        ],
        [{ _id: 'z', id: 'b' }, { _id: 'w' }],
      ],
    )
    expect(ids['foreignKey']).toEqual(['3', '8'])
    expect(counts['foreignKey']).toEqual([5, 2])
    expect(violations.map(({ column, value }) => [column, value])).toEqual([
      ['paper', '"A"'],
      ['paper', '""'],
    ])
    expect(rows.map(row => row['paper_status'])).toEqual([
      'OK',
      'OK',
      'foreignKey!',
      'OK',
      'OK',
      'OK',
      'OK',
      'foreignKey!',
    ])
    expect(result.references).toEqual([{ dataset: 'papers', runId: RUN_ID }])
  })

  it('of several columns of types that compare, of the documents that where leaves, beside one into its own data set', async () => {
    const both = rule({
      kind: 'foreignKey',
      id: 'both',
      columns: [['paper'], ['year']],
      dataset: 'papers',
      to: [['id'], ['year']],
      where: { test: { kind: 'minimum', column: ['year'], bound: 2020, exclusive: false } },
    })
    const reply = rule({ kind: 'foreignKey', id: 'reply', columns: [['reply']], dataset: 'comments', to: [['_id']] })
    const { ids, counts, violations, result } = await check(
      [reply, both],
      [
        { _id: '1', paper: 'a', year: 2020, reply: '2' },
        { _id: '2', paper: 'a', year: 2021, reply: '9' },
        { _id: '3', paper: 'a', year: 1999 },
        { _id: '4', paper: 'a', year: '9007199254740993', reply: '4' },
        { _id: '5', paper: 'a' },
      ],
      [[{ _id: 'x', id: 'a', year: 2020 }]],
    )
    expect(ids).toEqual({ reply: ['2'], both: ['2', '4'] })
    expect(counts).toEqual({ reply: [3, 1], both: [3, 2] })
    expect(violations.map(found => found.value)).toEqual([
      '"9"',
      '{"paper":"a","year":2021}',
      '{"paper":"a","year":9007199254740993}',
    ])
    expect(result.references).toEqual([{ dataset: 'papers', runId: RUN_ID }])
  })

  it('into an empty run is violated by every value', async () => {
    const { counts } = await check([toPaper()], [{ _id: '1', paper: 'a' }, { _id: '2' }], [])
    expect(counts['foreignKey']).toEqual([1, 1])
  })

  it('of columns whose names a statement of ours might have itself', async () => {
    const columns = [column('lf_u0_0', 'string'), column('ref0', 'string')]
    const rules = columns.map(({ name }, index) =>
      rule({ kind: 'foreignKey', id: name, columns: [[name]], dataset: 'papers', to: [[columns[1 - index]!.name]] }),
    )
    const { ids } = await check(
      rules,
      [{ _id: '1', lf_u0_0: 'a', ref0: 'a' }],
      [[{ _id: 'x', lf_u0_0: 'a', ref0: 'b' }]],
      [columns, columns],
    )
    expect(ids).toEqual({ lf_u0_0: ['1'], ref0: [] })
  })

  it.each([
    ['objectId', 'string', '0123456789abcdef01234567', '0123456789abcdef01234567', true],
    ['int32', 'double', 1, 1, true],
    ['double', 'double', -0, 0, true],
    ['timestamp', 'timestamp', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00', true],
    [{ kind: 'decimal', precision: 4, scale: 1 }, { kind: 'decimal', precision: 6, scale: 3 }, '1.5', '1.500', true],
    [{ kind: 'decimal', precision: 4, scale: 1 }, { kind: 'decimal', precision: 6, scale: 3 }, '1.5', '1.501', false],
  ] as const)('compares %j with %j', async (from, to, value, other, same) => {
    const columns = [[column('x', from as ColumnType)], [column('y', to as ColumnType)]] as const
    const key = rule({ kind: 'foreignKey', columns: [['x']], dataset: 'papers', to: [['y']] })
    const { counts } = await check([key], [{ _id: '1', x: value }], [[{ _id: 'p', y: other }]], columns)
    expect(counts['foreignKey']).toEqual([1, same ? 0 : 1])
  })
})

describe('refuses, before anything runs', () => {
  it.each([
    ['a column that the other run does not have', [['paper']], [['title']], 'title is no column of papers in the run'],
    [
      'types that do not compare',
      [['paper']],
      [['year']],
      'paper (string) cannot be compared with papers.year (int32)',
    ],
  ] as const)('%s', async (_, columns, to, reason) => {
    const made = check([rule({ kind: 'foreignKey', columns, dataset: 'papers', to })], [], [])
    await expect(made).rejects.toMatchObject({
      code: 'RULE_CANNOT_RUN',
      details: { dataset: 'comments', rule: 'foreignKey', reason: expect.stringContaining(reason) },
    })
  })

  it('a run that is not there', async () => {
    const made = await makeRun(folder, COMMENTS, [], 'comments')
    await expect(validateMade(folder, contractOf(COMMENTS, [toPaper()]), made)).rejects.toMatchObject({
      code: 'RULE_CANNOT_RUN',
      details: { reason: 'there is no run of papers to look into', next: 'lakeferry export papers' },
    })
  })

  it('a part of the other run that is damaged', async () => {
    const other = await makeRun(folder, PAPERS, [[{ _id: 'x', id: 'a' }]], 'papers')
    const { key } = other.manifest.parts[0]!
    await appendFile(join(folder, key), 'x')
    const made = await makeRun(folder, COMMENTS, [[{ _id: '1', paper: 'a' }]], 'comments')
    const references = [{ dataset: 'papers', manifest: other.manifest }]
    await expect(validateMade(folder, contractOf(COMMENTS, [toPaper()]), made, { references })).rejects.toMatchObject({
      code: 'LAKE_OBJECT_DAMAGED',
      details: { key },
    })
  })
})
