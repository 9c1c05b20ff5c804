import { isLakeferryError, LakeferryError, reasonOf } from '../../errors.js'

/** What DuckDB's messages begin with when the statement or the values it meets are to blame, not the machine. */
const STATEMENT_ERRORS =
  /^(Parser|Syntax|Binder|Catalog|Conversion|Invalid Input|Out of Range|Not implemented|Permission|Constraint|Invalid|Mismatch Type|Divide by Zero|Decimal|Expression|Parameter Not Resolved|Parameter Not Allowed|Sequence|Serialization|Dependency|Type|Object Size|Missing Extension|Invalid Configuration) Error: /i

/** DuckDB's own guess is among its system tables as often as not. */
const GUESS = /\nDid you mean "[^\n]*/g

const UNKNOWN_TABLE = /^Catalog Error: Table with name (.+?) does not exist!/s

/** What DuckDB said of somebody's SQL, as an error of ours: with its lines that point at the place. */
export function queryError(error: unknown, unknownTable: (table: string) => LakeferryError): LakeferryError {
  if (isLakeferryError(error)) return error
  const reason = reasonOf(error)
    .replace(/^Failed to extract statements: /, '')
    // Settings that whoever asks cannot change.
    .replace(/\n\nPossible solutions:.*$/s, '')
    .trimEnd()
  const table = UNKNOWN_TABLE.exec(reason)?.[1]
  if (table !== undefined) return unknownTable(table)
  const cause = { cause: error }
  if (STATEMENT_ERRORS.test(reason))
    return new LakeferryError('QUERY_INVALID', { reason: reason.replaceAll(GUESS, '').replace(/\n\n+/g, '\n') }, cause)
  return new LakeferryError('QUERY_FAILED', { reason }, cause)
}
