import { type Census, escapeName } from '../model/census.js'
import type { ColumnType } from '../model/column.js'
import type { Manifest } from '../model/manifest.js'
import type { ColumnProfile, Profile } from '../model/profile.js'
import type { ColumnPath } from '../model/rule.js'
import type { QueryEngine, Row, Statement } from '../ports/query-engine.js'
import { type ProfileDialect, sumScale } from './compile/dialect.js'
import { duckdbProfileDialect } from './compile/duckdb.js'
import { sparkProfileDialect } from './compile/spark.js'
import { type MeasuredColumn, measuredColumns } from './measured-columns.js'

const DIALECTS: Readonly<Record<QueryEngine['dialect'], ProfileDialect>> = {
  duckdb: duckdbProfileDialect,
  spark: sparkProfileDialect,
}

const SUMS = 'profile sums'
const DISTINCT = 'profile distinct '
const DEVIATION_DIGITS = 3
/** Of means of doubles: engines make decimals of large ones in different ways, which shows in the sixteenth digit. */
const MEAN_DIGITS = 12
const COUNT: ColumnType = { kind: 'int64' }

/** The profile of one run in the making: what an engine is asked, and what is made of its answers. */
export class Profiling {
  readonly #manifest: Manifest
  readonly #columns: readonly MeasuredColumn[]
  readonly #numeric: readonly MeasuredColumn[]
  readonly #sums = new Map<MeasuredColumn, Pick<ColumnProfile, 'numbers' | 'mean' | 'deviation'>>()
  readonly #distinct = new Map<MeasuredColumn, number>()
  #documents: number | undefined

  constructor(manifest: Manifest) {
    this.#manifest = manifest
    this.#columns = measuredColumns(manifest.columns)
    this.#numeric = this.#columns.filter(column => column.numeric)
  }

  statements(name: QueryEngine['dialect']): readonly Statement[] {
    const dialect = DIALECTS[name]
    const sums: Statement = {
      name: SUMS,
      sql: dialect.sums(this.#columns, this.#numeric),
      cells: [
        COUNT,
        ...this.#numeric.flatMap((column): ColumnType[] => [
          COUNT,
          { kind: 'decimal', precision: 38, scale: sumScale(column) },
          { kind: 'double' },
        ]),
      ],
    }
    return [
      sums,
      ...this.#columns.flatMap((column, index) =>
        column.scalar
          ? [{ name: `${DISTINCT}${index}`, sql: dialect.distinct(this.#columns, column), cells: [COUNT] }]
          : [],
      ),
    ]
  }

  /** Takes in rows of one of its statements; those of others are none of its business. */
  take(statement: string, rows: readonly Row[]): void {
    for (const row of rows) {
      if (statement === SUMS) this.#takeSums(row)
      else if (statement.startsWith(DISTINCT)) {
        const column = this.#columns[Number(statement.slice(DISTINCT.length))]
        if (column !== undefined) this.#distinct.set(column, Number(row[0]))
      }
    }
  }

  /** Undefined as long as the engine has not answered. */
  profile(): Profile | undefined {
    const documents = this.#documents
    if (documents === undefined) return undefined
    const { dataset, runId, census } = this.#manifest
    const columns = this.#columns.map((column): ColumnProfile => {
      const nulls = nullsOf(census, column.path, documents)
      const distinct = this.#distinct.get(column)
      return {
        ...{ column: column.column, type: column.typeText },
        ...(nulls === undefined ? {} : { nulls }),
        ...(distinct === undefined ? {} : { distinct }),
        ...this.#sums.get(column),
      }
    })
    return { version: 1, dataset, runId, documents, columns }
  }

  #takeSums([documents, ...cells]: Row): void {
    this.#documents = Number(documents)
    this.#numeric.forEach((column, index) => {
      const [count, sum, deviation] = cells.slice(3 * index, 3 * index + 3)
      const numbers = Number(count)
      // Counts and sums are exact, and divided here: engines differ in how they divide.
      const exact = Number(sum) / numbers
      const mean = column.type.kind === 'double' ? Number(exact.toPrecision(MEAN_DIGITS)) : exact
      // In which order an engine takes the numbers shows in its last digits.
      const rounded = Number(Number(deviation).toPrecision(DEVIATION_DIGITS))
      this.#sums.set(column, numbers === 0 ? { numbers } : { numbers, mean, deviation: rounded })
    })
  }
}

/** Of the run's documents, those without the field or with null in it. The census has counted them already. */
function nullsOf(census: Census, path: ColumnPath, documents: number): number | undefined {
  // What was cut short may have counted a field in some of the documents only.
  if (census.truncated || census.documents !== documents) return undefined
  const types = census.fields[path.map(escapeName).join('.')] ?? {}
  const values = Object.entries(types).reduce((sum, [type, count]) => (type === 'null' ? sum : sum + count), 0)
  return Math.max(0, documents - values)
}
