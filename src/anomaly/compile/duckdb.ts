import { duckdbWords } from '../../validate/compile/duckdb/words.js'
import { DOUBLE_DIGITS, DOUBLE_SCALE, type ProfileDialect } from './dialect.js'
import { profileDialectOf } from './dialect-of.js'

/** DuckDB SQL, 1.5 and later. */
export const duckdbProfileDialect: ProfileDialect = profileDialectOf(duckdbWords, {
  sha256: text => `sha256(${text})`,
  // A sum of whole numbers is a HUGEINT, which cannot overflow.
  summed: (value, type) =>
    type.kind === 'double' ? `TRY_CAST(${value} AS DECIMAL(${DOUBLE_DIGITS},${DOUBLE_SCALE}))` : value,
})
