import type { Dialect } from '../dialect.js'
import { dialectOf } from '../sql/dialect-of.js'
import { duckdbWords } from './words.js'

export const duckdbDialect: Dialect = dialectOf(duckdbWords)
