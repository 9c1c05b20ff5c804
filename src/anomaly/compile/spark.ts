import { sparkWords } from '../../validate/compile/spark/words.js'
import { DOUBLE_DIGITS, DOUBLE_SCALE, type ProfileDialect } from './dialect.js'
import { profileDialectOf } from './dialect-of.js'

/** Spark SQL, 3.5 and later. */
export const sparkProfileDialect: ProfileDialect = profileDialectOf(sparkWords, {
  sha256: text => `sha2(${text}, 256)`,
  summed: (value, type) => {
    switch (type.kind) {
      case 'double':
        return `try_cast(${value} AS DECIMAL(${DOUBLE_DIGITS},${DOUBLE_SCALE}))`
      case 'int32':
      case 'int64':
        // A sum of BIGINT wraps, or is an error.
        return `CAST(${value} AS DECIMAL(19,0))`
      default:
        return value
    }
  },
})
