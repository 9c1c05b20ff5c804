import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../src/model/manifest.js'
import type { NumberBound, Rule } from '../../src/model/rule.js'
import { type MadeRow, makeRun, STARTED_AT } from './made-run.js'
import { type Checked, column, contractOf, rule, validateMade } from './validate-rows.js'

const COLUMNS = [column('at', 'timestamp'), column('n', 'int64')]

async function check(
  rules: readonly Rule[],
  rows: readonly MadeRow[],
  previous?: Pick<Manifest, 'documents' | 'rejects'>,
): Promise<Checked> {
  const folder = await mkdtemp(join(tmpdir(), 'lf-dataset-'))
  const made = await makeRun(folder, COLUMNS, [rows])
  const before = { ...made.manifest, runId: '20250102T030405.678Z-0a1b2c', ...previous }
  return validateMade(folder, contractOf(COLUMNS, rules), made, previous ? { previous: before } : {})
}

const numbered = (count: number): readonly MadeRow[] =>
  Array.from({ length: count }, (_, index) => ({ _id: `${index}` }))
const NONE = { documents: 0, keys: [] }

describe('rowCountChange', () => {
  const change = rule({ kind: 'rowCountChange', maxDecrease: 0.3, maxIncrease: 0.1 })
  it.each([
    ['as many as before', 10, 10, '0', 'pass'],
    ['exactly as many fewer as are allowed', 7, 10, '-0.3', 'pass'],
    ['one fewer', 6, 10, '-0.4', 'fail'],
    ['exactly as many more as are allowed', 11, 10, '0.1', 'pass'],
    ['one more', 12, 10, '0.2', 'fail'],
    ['nothing left', 0, 3, '-1', 'fail'],
  ])('%s', async (_, now, before, observed, status) => {
    const { result } = await check([change], numbered(now), { documents: before, rejects: NONE })
    expect(result.rules[0]).toMatchObject({ checked: 1, observed, status })
    expect(result.references).toEqual([{ dataset: 'papers', runId: '20250102T030405.678Z-0a1b2c' }])
  })

  it('counts documents in the parts, without the rejected', async () => {
    const { result } = await check([change], numbered(4), { documents: 10, rejects: { documents: 6, keys: [] } })
    expect(result.rules[0]).toMatchObject({ observed: '0', status: 'pass' })
  })

  it('has nothing to say without a run before, or after an empty one', async () => {
    const [none, empty] = [
      await check([change], numbered(4)),
      await check([change], numbered(4), { documents: 0, rejects: NONE }),
    ]
    for (const { result } of [none, empty]) {
      expect(result.rules[0]).toMatchObject({ checked: 0, violated: 0, status: 'pass' })
      expect(result.rules[0]).not.toHaveProperty('observed')
    }
    expect(none.result).not.toHaveProperty('references')
  })
})

describe('freshness', () => {
  const fresh = (seconds: number) => rule({ kind: 'freshness', column: ['at'], seconds })
  const hourBefore = new Date(Date.parse(STARTED_AT) - 3_600_000).toISOString()

  it('is that of the newest instant when the run began, the bound included', async () => {
    const rows = [{ _id: '1', at: '1969-07-20T20:17:40Z' }, { _id: '2', at: hourBefore }, { _id: '3' }]
    const rules = [3600, 3599.999].map(seconds => ({ ...fresh(seconds), id: `${seconds}` }))
    const { result } = await check(rules, rows)
    expect(result.rules.map(({ observed, status, column }) => [observed, status, column])).toEqual([
      [hourBefore, 'pass', 'at'],
      [hourBefore, 'fail', 'at'],
    ])
  })

  it('is missed where no document has an instant', async () => {
    const { result } = await check([fresh(1e9)], [{ _id: '1' }, { _id: '2', _misfit: '{"at":"yesterday"}' }])
    expect(result.rules[0]).toMatchObject({ checked: 1, violated: 1, status: 'fail' })
    expect(result.rules[0]).not.toHaveProperty('observed')
  })
})

describe('SQL of a contract’s own that gives a number', () => {
  const query = (duckdb: string, ...bounds: readonly NumberBound[]) => rule({ kind: 'sql', sql: { duckdb }, bounds })
  const zero: NumberBound = { operator: 'equal', value: 0 }
  const rows = [
    { _id: '1', n: '9223372036854775807' },
    { _id: '2', n: '9223372036854775807' },
  ]

  it.each([
    ['a count', 'SELECT count(*) FROM data', [{ operator: 'between', from: 2, to: 3 }], '2', 'pass'],
    [
      'a sum beyond int64',
      'SELECT sum(n) FROM data;',
      [{ operator: 'above', value: 1e18 }],
      '18446744073709551614',
      'pass',
    ],
    [
      '38 digits',
      "SELECT CAST('0.10000000000000000000000000000000000001' AS DECIMAL(38,38))",
      [{ operator: 'above', value: 0.1 }],
      '0.10000000000000000000000000000000000001',
      'pass',
    ],
    ['a decimal that is the bound', 'SELECT 0.10', [{ operator: 'equal', value: 0.1 }], '0.1', 'pass'],
    ['a double', 'SELECT 1e300', [{ operator: 'notBetween', from: 0, to: 1 }], '1e+300', 'pass'],
    [
      'every bound counts',
      'SELECT 1',
      [
        { operator: 'atLeast', value: 1 },
        { operator: 'below', value: 1 },
      ],
      '1',
      'fail',
    ],
    ['infinity', "SELECT CAST('-inf' AS DOUBLE)", [{ operator: 'atMost', value: -1e308 }], '-Infinity', 'pass'],
    ['NaN', "SELECT CAST('nan' AS DOUBLE)", [{ operator: 'notEqual', value: 0 }], 'NaN', 'fail'],
    ['NULL', 'SELECT NULL', [{ operator: 'notEqual', value: 0 }], undefined, 'fail'],
    ['no row', 'SELECT n FROM data WHERE FALSE -- none', [zero], undefined, 'fail'],
  ] as const)('%s', async (_, sql, bounds, observed, status) => {
    const { result } = await check([query(sql, ...bounds)], rows)
    expect(result.rules[0]).toMatchObject({ kind: 'sql', column: '', checked: 1, status })
    expect(result.rules[0]?.observed).toBe(observed)
  })

  it.each([
    ['more rows than one', 'SELECT n FROM data'],
    ['more columns than one', 'SELECT 1, 2'],
    ['no SQL', 'SELEC 1'],
    ['another statement after it', 'SELECT 1; SELECT 2'],
    ['a column that is not there', 'SELECT max(absent) FROM data'],
  ])('%s is an error that names the rule, and no verdict', async (_, sql) => {
    await expect(check([query(sql, zero)], rows)).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      details: { step: 'run the statement sql sql' },
    })
  })

  it('a text in place of a number cannot be judged', async () => {
    await expect(check([query("SELECT '1'", zero)], rows)).rejects.toMatchObject({
      code: 'RULE_CANNOT_RUN',
      details: { rule: 'sql', reason: 'its SQL gave a value of the type varchar, and a number was wanted' },
    })
  })

  it('is needed in the language of the engine', async () => {
    const elsewhere = rule({ kind: 'sql', sql: { spark: 'SELECT 1' }, bounds: [zero] })
    await expect(check([elsewhere], rows)).rejects.toMatchObject({
      code: 'RULE_CANNOT_RUN',
      details: { rule: 'sql', reason: 'its SQL is written for spark, and this is duckdb' },
    })
  })
})
