import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { QueryEngine, SqlDialect, Statement } from '../../../src/ports/query-engine.js'
import { validateRun } from '../../../src/validate/validate-run.js'
import { makeRun } from '../made-run.js'
import { column, contractOf, rule, tickingClock } from '../validate-rows.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lf-given-'))
})
afterEach(async () => rm(folder, { recursive: true, force: true }))

const CONTRACT = contractOf(
  [column('a', 'string'), column('b', 'int32')],
  [
    rule({ kind: 'unique', id: 'one a', columns: [['a']] }),
    rule({ kind: 'required', column: ['a'] }),
    rule({ kind: 'minimum', column: ['b'], bound: 1, exclusive: false }),
    rule({ kind: 'foreignKey', id: 'a of b', columns: [['b']], dataset: 'made', to: [['b']] }),
  ],
)

/** The statements that would be run, in whatever the engine speaks. */
async function statementsFor(dialect: SqlDialect): Promise<ReadonlyMap<string, Statement>> {
  const { lake, manifest } = await makeRun(folder, CONTRACT.columns, [[{ _id: 'x' }]], 'made')
  let asked: readonly Statement[] = []
  const engine: QueryEngine = {
    name: 'none',
    dialect,
    version: async () => 'none',
    run: async request => {
      asked = request.statements
      throw new Error('asked')
    },
    close: async () => undefined,
  }
  const services = { lake, engine, clock: tickingClock() }
  await expect(validateRun(services, { manifest, contract: CONTRACT, rows: true, tool: 't' })).rejects.toThrow('asked')
  return new Map(asked.map(statement => [statement.name, statement]))
}

const textOf = ({ sql }: Statement): string => (typeof sql === 'function' ? sql() : sql)

it.each(['violations', 'rows'])('on Spark %s leave out each rule whose own count of violations is 0', async name => {
  const statements = await statementsFor('spark')
  const statement = statements.get(name)!
  expect(statement.given).toEqual({
    lf_given0: { statement: 'unique one a', cell: 1 },
    lf_given1: { statement: 'facts', cell: 2 },
    lf_given2: { statement: 'facts', cell: 4 },
    lf_given3: { statement: 'foreignKey a of b', cell: 1 },
  })
  const sql = textOf(statement)
  for (const parameter of Object.keys(statement.given!)) expect(sql).toContain(`(:${parameter} AND `)
  // The keys, too, are only looked for where they are wanted.
  for (const join of ['lf_given0', 'lf_given3']) expect(sql).toContain(`  ON :${join} AND `)
})

it('the counts hang on nothing', async () => {
  const statements = await statementsFor('spark')
  for (const name of ['facts', 'unique one a', 'foreignKey a of b']) {
    expect(statements.get(name)?.given).toBeUndefined()
    expect(textOf(statements.get(name)!)).not.toContain(':lf_given')
  }
})

it('DuckDB, which is asked when the counts are known, has no parameters', async () => {
  for (const statement of (await statementsFor('duckdb')).values()) {
    expect(statement.given).toBeUndefined()
    expect(textOf(statement)).not.toContain(':lf_given')
  }
})
