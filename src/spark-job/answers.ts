import type { ColumnType } from '../model/column.js'
import type { Row } from '../ports/query-engine.js'
import { cellOf, type Wire } from './cell-text.js'

/** `answers.json`: the job writes it last. */
export interface Answers {
  readonly version: 1
  /** Version of Spark. */
  readonly spark: string
  /** In the order they were asked. */
  readonly statements: readonly StatementAnswer[]
  readonly facts?: Readonly<Record<string, string | number>>
}

export type StatementAnswer =
  | { readonly name: string; readonly rows: readonly WireRow[] }
  /** `count` rows in files of their own, `answers/<index>/part-*.gz`, one JSON array a line. */
  | { readonly name: string; readonly files: true; readonly count: number }

export type WireRow = readonly Wire[]

/** @throws RangeError when it is not the answer to these statements */
export function checkAnswers(value: unknown, asked: readonly string[]): Answers {
  const { version, spark, statements, facts } = (value ?? {}) as Partial<Answers>
  if (version !== 1) throw new RangeError(`answers.json is of version ${String(version)}, wanted 1`)
  if (typeof spark !== 'string' || !Array.isArray(statements)) throw new RangeError('answers.json has no statements')
  for (const [index, name] of asked.entries()) {
    const answer = statements[index] as Partial<Record<'name' | 'rows' | 'files' | 'count', unknown>> | undefined
    const whole = Array.isArray(answer?.rows) || (answer?.files === true && Number.isSafeInteger(answer.count))
    if (answer?.name !== name || !whole) throw new RangeError(`answers.json has no answer to ${name} in place ${index}`)
  }
  if (statements.length !== asked.length) throw new RangeError('answers.json answers more than was asked')
  return { version, spark, statements, ...(facts === undefined ? {} : { facts }) }
}

/** @throws RangeError when a row is not of these types */
export function rowOf(row: unknown, cells: readonly ColumnType[]): Row {
  if (!Array.isArray(row) || row.length !== cells.length)
    throw new RangeError(`wanted a row of ${cells.length}, got ${Array.isArray(row) ? `one of ${row.length}` : 'none'}`)
  return cells.map((type, index) => cellOf(row[index] as Wire, type))
}
