import { join } from 'node:path'
import { openDuckDb } from '../../src/adapters/duckdb/duckdb-engine.js'
import type { Column } from '../../src/model/column.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { QueryEngine, Row, Statement } from '../../src/ports/query-engine.js'
import type { MadeRow } from '../validate/made-run.js'
import { column } from '../validate/validate-rows.js'

/** A small relation, for tests that are not about what is in it. */
export const COLUMNS: readonly Column[] = [column('t', 'string'), column('n', 'int32')]
export const ROWS: readonly MadeRow[] = [
  { _id: '1', t: 'a', n: 1 },
  { _id: '2', t: 'b' },
]

export const COUNT: Statement = { name: 'count', sql: 'SELECT count(*) FROM data' }

/** An engine whose scratch folder is below a test's own, opened at the first run. */
export class DuckDbRuns {
  readonly scratch: string
  #engine: QueryEngine | undefined

  constructor(folder: string) {
    this.scratch = join(folder, 'scratch')
  }

  /** All rows of each statement, by its name. */
  async run(
    lake: ObjectStore,
    manifest: Manifest,
    statements: readonly Statement[],
    signal?: AbortSignal,
  ): Promise<Record<string, Row[]>> {
    this.#engine ??= await openDuckDb({ lake, threads: 2, scratchDir: this.scratch })
    const answers: Record<string, Row[]> = {}
    await this.#engine.run({
      manifest,
      columns: manifest.columns,
      statements,
      onPage: async (name, rows) => {
        answers[name] = [...(answers[name] ?? []), ...rows]
      },
      ...(signal ? { signal } : {}),
    })
    return answers
  }

  async close(): Promise<void> {
    await this.#engine?.close()
  }
}

/** The same lake without its short cut to local files, as S3 has none. */
export function remote(lake: ObjectStore): ObjectStore {
  return new Proxy(lake, {
    get: (target, name) => {
      const member: unknown = name === 'localPath' ? undefined : Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
