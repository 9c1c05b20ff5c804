import { type Column, MISFIT_COLUMN } from '../../../model/column.js'
import { sparkName, sparkText } from '../../../model/spark-text.js'
import { DATA, type OwnName } from '../sql/words.js'

/**
 * `_misfit` is read once a document, into a struct with a text for each field: what is NULL in it is not there, or there
 * and null. By name and not by a JSON path, which has no way to write some names. A text that is no JSON is an error. Of
 * the limits that Spark's parser has, that of a text's length is lifted; names of more than 50,000 characters within a
 * value are an error, too.
 */
const OPTIONS = "map('mode', 'FAILFAST', 'maxStringLen', '2147483647')"

/** `data`, with what is in `_misfit`. For FROM. */
export function withMisfits(columns: readonly Column[], own: OwnName): string {
  if (columns.length === 0) return DATA
  const fields = columns.map(({ name }) => `${sparkName(name)} STRING`).join(', ')
  const misfit = `from_json(${sparkName(MISFIT_COLUMN)}, ${sparkText(fields)}, ${OPTIONS})`
  return `(SELECT *, ${misfit} AS ${own('misfit_of')} FROM ${DATA}) AS ${DATA}`
}

export function misfitText(name: string, own: OwnName): string {
  return `${DATA}.${own('misfit_of')}.${sparkName(name)}`
}
