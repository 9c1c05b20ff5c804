import type { Dialect } from '../dialect.js'
import { dialectOf } from '../sql/dialect-of.js'
import { sparkWords } from './words.js'

export const sparkDialect: Dialect = dialectOf(sparkWords)
