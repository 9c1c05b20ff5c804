import type { Column } from '../model/column.js'
import { type Manifest, parquetParts } from '../model/manifest.js'
import type { AnswerCell, QueryRequest, Statement } from '../ports/query-engine.js'
import { type SparkStruct, sparkSchema } from './spark-type.js'
import { wireText } from './wire.js'

/** `spec.json`: all that `spark/job.py` is told. Nothing in it depends on where or when the job runs. */
export interface JobSpec {
  readonly version: 1
  /** For consoles: `lakeferry papers 20261122T020000.000Z-1a2b3c`. */
  readonly name: string
  /** Settings of the Spark session that the statements' meaning depends on. */
  readonly session: Readonly<Record<string, string>>
  readonly relations: readonly SpecRelation[]
  readonly statements: readonly SpecStatement[]
}

export interface SpecRelation {
  readonly name: string
  readonly schema: SparkStruct
  readonly parts: readonly SpecPart[]
}

export interface SpecPart {
  readonly key: string
  readonly bytes: number
  readonly sha256: string
  readonly documents: number
}

export interface SpecStatement {
  readonly name: string
  readonly sql: string
  /** Names given to the columns of the answer, by place. */
  readonly columns: readonly string[]
  /** For each column, its cells as text: see `wire.ts`. */
  readonly wire: readonly string[]
  /** `inline`: rows in `answers.json`, for answers of few rows. `files`: lines in `answers/<place of the statement>/`. */
  readonly answer: 'inline' | 'files'
  /** No more rows than the sum of these cells of inline answers before it. Absent: not known. */
  readonly atMost?: readonly AnswerCell[]
  /** Parameters of `sql`: TRUE where the cell of an inline answer before it is above 0, else FALSE. */
  readonly given?: Readonly<Record<string, AnswerCell>>
}

/**
 * Whatever a cluster's own defaults are, a statement means the same. UTC and binary text are the port's promise; ANSI
 * makes an overflow an error in place of a wrong number. No statement has a filter that reading less would help, so what
 * the parts' statistics say is not used, and no writer's -0.0 or NaN in them can hide a document.
 */
export const SESSION: Readonly<Record<string, string>> = {
  'spark.sql.ansi.enabled': 'true',
  'spark.sql.ansi.doubleQuotedIdentifiers': 'false',
  'spark.sql.ansi.enforceReservedKeywords': 'false',
  'spark.sql.caseSensitive': 'true',
  'spark.sql.files.ignoreCorruptFiles': 'false',
  'spark.sql.files.ignoreMissingFiles': 'false',
  'spark.sql.icu.caseMappings.enabled': 'false',
  'spark.sql.legacy.sizeOfNull': 'false',
  'spark.sql.parquet.datetimeRebaseModeInRead': 'CORRECTED',
  'spark.sql.parquet.fieldId.read.enabled': 'false',
  'spark.sql.parquet.filterPushdown': 'false',
  'spark.sql.parquet.int96RebaseModeInRead': 'CORRECTED',
  'spark.sql.parser.escapedStringLiterals': 'false',
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.variable.substitute': 'false',
}

/** Statements that have a row for each of many documents. */
const LISTINGS: readonly string[] = ['violations', 'rows']

/**
 * The same request gives the same spec, whose canonical JSON can therefore name the job.
 *
 * @throws RangeError for a statement that does not tell its cells, which is the caller's bug
 */
export function jobSpec({ manifest, columns, references = [], statements }: QueryRequest): JobSpec {
  return {
    version: 1,
    name: `lakeferry ${manifest.dataset} ${manifest.runId}`,
    session: SESSION,
    relations: [relation('data', manifest, columns), ...references.map(r => relation(r.name, r.manifest, r.columns))],
    statements: statements.map(specStatement),
  }
}

function relation(name: string, manifest: Manifest, columns: readonly Column[]): SpecRelation {
  const parts = parquetParts(manifest).map(({ key, bytes, sha256, documents }) => ({ key, bytes, sha256, documents }))
  return { name, schema: sparkSchema(columns), parts }
}

function specStatement({ name, sql, cells, atMost, given }: Statement): SpecStatement {
  const text = typeof sql === 'function' ? sql() : sql
  // After the text: what it tells may hang on it.
  const types = typeof cells === 'function' ? cells() : cells
  if (types === undefined) throw new RangeError(`the statement ${name} does not tell its cells`)
  const columns = types.map((_, index) => `c${index}`)
  const wire = types.map((type, index) => wireText(columns[index]!, type))
  return {
    ...{ name, sql: text, columns, wire, answer: LISTINGS.includes(name) ? 'files' : 'inline' },
    ...(atMost === undefined ? {} : { atMost }),
    ...(given === undefined ? {} : { given }),
  }
}
