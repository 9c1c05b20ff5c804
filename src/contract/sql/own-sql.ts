import { type ColumnPath, columnName, EACH, type SqlByDialect } from '../../model/rule.js'
import { refuse, text, type YamlMapping, type YamlValue } from '../yaml-file.js'
import { SqlError, type SqlReader, type SqlToken } from './scan.js'
import { onePiece, readFrom, refuseOtherThanSelect } from './statement.js'

/** What the placeholders of a piece of SQL stand for. */
export interface SqlNames {
  /** The property that it stands at. */
  readonly column: ColumnPath | undefined
  /** What people call the data set: `name` and `physicalName` of the object. */
  readonly objects: readonly string[]
}

/** The relation that holds the documents of a run. */
const DATA = 'data'

const TABLE = ['table', 'object', 'model']
const COLUMN = ['column', 'property', 'field']
/** The quotes around one go with it: what it stands for is quoted as the engine wants it. */
const PLACEHOLDER = /(["'`]?)(?:\$\{([^{}]*)\}|\{(table|object|model|column|property|field)\})\1/g

const QUOTES = { duckdb: '"', spark: '`' } as const

/** Where the table is to be found elsewhere; here there is one relation, which needs nothing before it. */
const QUALIFIER = /(["'`]?)\$?\{(?:schema|dataset|project|catalog|database)\}\1\s*\.\s*/g

type Dialect = keyof typeof QUOTES

/**
 * A `query`, or a text for each dialect beside it, as `duckdb` and `spark` of `own`.
 *
 * @param query - what both engines get that have no text of their own
 */
export function readQuery(
  query: YamlValue | undefined,
  own: YamlMapping | undefined,
  names: SqlNames,
): SqlByDialect | undefined {
  return readDialects(query, own, (value, reader) => {
    const written = text(value, 'a query')
    const checked = checkedSql(value, written, reader, names, refuseOtherThanSelect)
    const called = names.objects.flatMap(name => (name === DATA ? [] : (readFrom(checked.tokens, name) ?? [])))
    return dialect => {
      const piece = onePiece(substitute(value, written, names, dialect), dialect).sql
      // People write the name of the data set where the relation is meant.
      const known = called.map(name => `${quoted(name, dialect)} AS (SELECT * FROM ${DATA})`).join(', ')
      return called.length === 0 ? piece : `WITH ${known}\nSELECT * FROM (${piece}) AS ${quoted('query', dialect)}`
    }
  })
}

/** A condition over one document, as `sql`, or `duckdb` and `spark` of the mapping it stands in. */
export function readConditionSql(entry: YamlMapping, names: SqlNames): SqlByDialect | undefined {
  return readDialects(entry.get('sql'), entry, (value, reader) => {
    const written = text(value, 'a condition in SQL')
    checkedSql(value, written, reader, names, tokens => {
      if (tokens.some(({ kind, text: word }) => kind === 'word' && word.toLowerCase() === 'select'))
        throw new SqlError('SELECT in a condition', 'It is about one document: write a quality entry of type: sql.')
    })
    return dialect => onePiece(substitute(value, written, names, dialect), dialect).sql
  })
}

function readDialects(
  both: YamlValue | undefined,
  own: YamlMapping | undefined,
  read: (value: YamlValue, reader: SqlReader) => (dialect: Dialect) => string,
): SqlByDialect | undefined {
  const [duckdb, spark] = [own?.get('duckdb'), own?.get('spark')]
  // With a text for each engine, the common one is for whoever else reads the contract.
  if (duckdb && spark) return { duckdb: read(duckdb, 'duckdb')('duckdb'), spark: read(spark, 'spark')('spark') }
  if (duckdb)
    return { duckdb: read(duckdb, 'duckdb')('duckdb'), ...(both ? { spark: read(both, 'spark')('spark') } : {}) }
  if (spark)
    return { ...(both ? { duckdb: read(both, 'duckdb')('duckdb') } : {}), spark: read(spark, 'spark')('spark') }
  if (!both) return undefined
  const write = read(both, 'either')
  return { duckdb: write('duckdb'), spark: write('spark') }
}

function checkedSql(
  value: YamlValue,
  written: string,
  reader: SqlReader,
  names: SqlNames,
  refuseWrong: (tokens: readonly SqlToken[]) => void,
): { readonly tokens: readonly SqlToken[] } {
  try {
    // A placeholder is a name, wherever it stands and whatever it stands for.
    const piece = onePiece(substitute(value, written, names, undefined), reader)
    refuseWrong(piece.tokens)
    return piece
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return refuse(value, `${value.key}: ${error.message}`, error.next)
  }
}

/** @param dialect - undefined: each placeholder becomes a bare word */
function substitute(value: YamlValue, written: string, names: SqlNames, dialect: Dialect | undefined): string {
  return written
    .replaceAll(QUALIFIER, '')
    .replaceAll(PLACEHOLDER, (_, _quote, dollar: string | undefined, bare: string | undefined) => {
      const name = dollar ?? bare ?? ''
      if (TABLE.includes(name)) return DATA
      if (!COLUMN.includes(name))
        return refuse(
          value,
          `${value.key}: nothing is known of \${${name}}`,
          `Write \${table} for the documents of the run, and \${column} for the property that the entry stands at.`,
        )
      const { column } = names
      if (!column)
        return refuse(
          value,
          `${value.key}: \${${name}} at the schema object`,
          'Write the name of the column, or move the entry to the quality of a property.',
        )
      if (column.includes(EACH))
        return refuse(
          value,
          `${value.key}: ${columnName(column)} is not one value of a document`,
          'Move the entry to the array, and unpack it in the query.',
        )
      return dialect ? column.map(part => quoted(part, dialect)).join('.') : 'x'
    })
}

function quoted(name: string, dialect: Dialect): string {
  const quote = QUOTES[dialect]
  return `${quote}${name.replaceAll(quote, quote + quote)}${quote}`
}
