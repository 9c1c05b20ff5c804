/** `either`: SQL that is handed to both engines as it is. */
export type SqlReader = 'duckdb' | 'spark' | 'either'

export interface SqlToken {
  readonly kind: 'word' | 'text' | 'quoted' | 'sign' | 'comment'
  readonly text: string
  /** In UTF-16 units. */
  readonly offset: number
}

/** What is wrong with a piece of SQL, and what to write instead. */
export class SqlError extends Error {
  override readonly name = 'SqlError'
  readonly next: string

  constructor(problem: string, next: string) {
    super(problem)
    this.next = next
  }
}

const EACH_ITS_OWN = 'Write one for each engine, under the custom property lakeferry: {duckdb: … , spark: … }.'

const WORD = /^[\p{L}_$][\p{L}\p{N}_$]*/u
/** DuckDB reads what stands between as a text; Spark knows nothing of it. */
const DOLLARS = /^\$(?:[A-Za-z_]\w*)?\$/

/**
 * Cuts SQL into words, texts, quoted names, signs and comments, as far as one has to know where a statement ends. What
 * engines read differently (a `"` is a name to DuckDB and a text to Spark) is refused for `either`.
 *
 * @throws {@link SqlError}
 */
export function scanSql(sql: string, reader: SqlReader): readonly SqlToken[] {
  const tokens: SqlToken[] = []
  for (let offset = 0; offset < sql.length; ) {
    const blank = /^\s+/.exec(sql.slice(offset, offset + 4_096))
    if (blank) {
      offset += blank[0].length
      continue
    }
    const token = next(sql, offset, reader, tokens.at(-1))
    tokens.push(token)
    offset += token.text.length
  }
  return tokens
}

function next(sql: string, offset: number, reader: SqlReader, before: SqlToken | undefined): SqlToken {
  const rest = sql.slice(offset)
  if (rest.startsWith('--')) return { kind: 'comment', offset, text: /^[^\n\r]*/.exec(rest)![0] }
  if (rest.startsWith('/*')) return { kind: 'comment', offset, text: comment(rest) }
  const sign = rest[0]!
  if (sign === "'") return { kind: 'text', offset, text: quotation(rest, reader, prefix(before, offset)) }
  if (sign === '"' || sign === '`') {
    if (reader === 'either')
      throw new SqlError(
        sign === '"' ? 'a " is a name to DuckDB and a text to Spark' : 'a name in ` is none to DuckDB',
        sign === '"' ? `Put texts in ', and leave names bare. ${EACH_ITS_OWN}` : `Leave it bare. ${EACH_ITS_OWN}`,
      )
    if (sign === '"' && reader === 'spark') return { kind: 'text', offset, text: quotation(rest, reader, '') }
    if (sign === '`' && reader === 'duckdb') throw new SqlError('a name in ` is none to DuckDB', 'Write it in ".')
    return { kind: 'quoted', offset, text: doubled(rest, sign) }
  }
  const dollars = reader === 'spark' ? undefined : DOLLARS.exec(rest)?.[0]
  if (dollars !== undefined) {
    if (reader === 'either') throw new SqlError(`a text in ${dollars} is none to Spark`, `Put it in '. ${EACH_ITS_OWN}`)
    const end = rest.indexOf(dollars, dollars.length)
    if (end < 0) throw new SqlError(`a text that begins with ${dollars} and does not end`, 'Close it.')
    return { kind: 'text', offset, text: rest.slice(0, end + dollars.length) }
  }
  const word = WORD.exec(rest)
  return word ? { kind: 'word', offset, text: word[0] } : { kind: 'sign', offset, text: sign }
}

/** The letters right before a text, which change how it is read: `e'…'`, `r'…'`. */
function prefix(before: SqlToken | undefined, offset: number): string {
  if (before?.kind !== 'word' || before.offset + before.text.length !== offset) return ''
  return before.text.toLowerCase()
}

function quotation(rest: string, reader: SqlReader, before: string): string {
  const quote = rest[0]!
  if (reader === 'either' && before !== '')
    throw new SqlError(`a text that begins with ${before}'`, `Engines know different ones. ${EACH_ITS_OWN}`)
  const escapes = reader === 'spark' ? before !== 'r' : before === 'e'
  for (let at = 1; at < rest.length; at++) {
    if (rest[at] === '\\') {
      if (reader === 'either')
        throw new SqlError(
          'a \\ in a text is itself to DuckDB and an escape to Spark',
          `Do without it. ${EACH_ITS_OWN}`,
        )
      if (escapes) at++
    } else if (rest[at] === quote) {
      if (rest[at + 1] !== quote) return rest.slice(0, at + 1)
      if (reader === 'either')
        throw new SqlError("two ' in a text are one to DuckDB and none to Spark", `Do without them. ${EACH_ITS_OWN}`)
      at++
    }
  }
  throw new SqlError(`a ${quote} without its other`, 'Close it.')
}

function doubled(rest: string, quote: string): string {
  for (let at = 1; at < rest.length; at++) {
    if (rest[at] !== quote) continue
    if (rest[at + 1] !== quote) return rest.slice(0, at + 1)
    at++
  }
  throw new SqlError(`a ${quote} without its other`, 'Close it.')
}

/** Both engines let comments hold comments. */
function comment(rest: string): string {
  let depth = 0
  for (let at = 0; at < rest.length; at++) {
    if (rest.startsWith('/*', at)) depth++
    else if (rest.startsWith('*/', at)) depth--
    else continue
    at++
    if (depth === 0) return rest.slice(0, at + 1)
  }
  throw new SqlError('a comment without its end', 'Write */ behind it.')
}
