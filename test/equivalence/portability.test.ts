import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import type { ColumnType } from '../../src/model/column.js'
import type { QueryEngine, Row, Statement } from '../../src/ports/query-engine.js'
import { openBatchEngine } from '../../src/spark-job/batch-engine.js'
import { type MadeRun, makeRun } from '../validate/made-run.js'
import { column } from '../validate/validate-rows.js'
import { describeSpark } from './each-spark.js'
import { FORMS, TRAPS } from './portable-forms.js'

const typeOf = (type: ColumnType | ColumnType['kind']): ColumnType =>
  (typeof type === 'string' ? { kind: type } : type) as ColumnType

describeSpark('the portable forms', spark => {
  let folder: string
  let made: MadeRun

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lf-portable-'))
    const list = column('l', { kind: 'list', element: { kind: 'string' } })
    const rows = ['\uff5e', '😀', 'B', 'a', ''].map((s, index) => ({ _id: String(index), s, l: [s, null] }))
    made = await makeRun(folder, [column('s', 'string'), list], [[...rows, { _id: 'n' }]])
  })
  afterAll(async () => rm(folder, { recursive: true, force: true }))

  async function ask(engine: QueryEngine, statements: readonly Statement[]): Promise<Record<string, Row[]>> {
    const answers: Record<string, Row[]> = {}
    try {
      await engine.run({
        manifest: made.manifest,
        columns: made.manifest.columns,
        statements,
        onPage: async (name, rows) => {
          answers[name] = [...(answers[name] ?? []), ...rows]
        },
      })
    } finally {
      await engine.close()
    }
    return answers
  }

  it('mean the same on both, and what they stand for does not', { timeout: 300_000 }, async () => {
    const all = [...FORMS, ...TRAPS]
    const asked = (dialect: 'duckdb' | 'spark'): readonly Statement[] => [
      {
        name: 'forms',
        // INTEGER and BIGINT alike, where the answer is told as a number.
        sql: `SELECT ${all.map(({ type, ...form }) => (type === 'int64' ? `CAST(${form[dialect]} AS BIGINT)` : form[dialect])).join(',\n')}`,
        cells: all.map(({ type }) => typeOf(type)),
      },
      { name: 'order', sql: 'SELECT s FROM data ORDER BY s ASC NULLS FIRST', cells: [{ kind: 'string' }] },
    ]
    const sorted = [null, '', 'B', 'a', '\uff5e', '😀'].map(text => [text])
    const engines = {
      duckdb: await openDuckDb({ lake: made.lake }),
      spark: openBatchEngine({ lake: made.lake, runner: spark.session.runner(folder) }),
    }
    for (const [at, dialect] of (['duckdb', 'spark'] as const).entries()) {
      const { forms = [], order } = await ask(engines[dialect], asked(dialect))
      expect(all.map(({ topic }, index) => [topic, forms[0]?.[index]])).toEqual([
        ...FORMS.map(({ topic, value }) => [topic, value]),
        ...TRAPS.map(({ topic, values }) => [topic, values[at]]),
      ])
      expect(order).toEqual(sorted)
    }
  })
})
