import { ID_COLUMN } from '../../../model/column.js'
import type { ColumnPath } from '../../../model/rule.js'
import { sparkName, sparkText } from '../../../model/spark-text.js'
import { decimalLiteral } from '../sql/literal.js'
import { DATA, type Words } from '../sql/words.js'
import { misfitText, withMisfits } from './misfit.js'

/** Spark SQL, 3.5 and later, for the session that `src/spark-job/job-spec.ts` describes. */
export const sparkWords: Words = {
  dialect: 'spark',
  types: { int32: 'INT', timestamp: 'TIMESTAMP', text: 'STRING' },

  sameName: name => name,
  // With the relation's name, which Spark takes before the column of the same name that there may be.
  column: field,
  field,

  text: sparkText,
  // A bare 0 beside a decimal would take a digit from its fraction.
  zero: type => (type.kind === 'decimal' ? decimalLiteral('0', type.precision, type.scale, { text: sparkText }) : '0'),

  documents: withMisfits,
  misfit: misfitText,
  // All statements are written before the first one runs.
  given: rule => `lf_given${rule}`,
  // One that an aggregation in a rule's own SQL cannot stand beside.
  someColumn: own => `${field(DATA, [ID_COLUMN])} AS ${own('id')}`,
  // With _id, since an aggregation is no condition over one document; and with one column in the answer.
  tried: (condition, own) =>
    `SELECT ${own('c')} FROM (SELECT ${condition} AS ${own('c')}, ${field(DATA, [ID_COLUMN])} FROM ${DATA} LIMIT 0) AS ${own('d')}`,

  matches: (value, pattern) => `${value} RLIKE ${sparkText(pattern)}`,
  micros: instant => `unix_micros(${instant})`,

  size: list => `size(${list})`,
  distinct: list => `array_distinct(${list})`,
  first: (list, count) => `slice(${list}, 1, ${count})`,
  some: (list, item, condition) => `exists(${list}, ${item} -> ${condition})`,
  filter,
  each,
  // What is no list would make all of the flattened one NULL.
  flat: (list, item, lists) => `flatten(${filter(each(list, item, lists), item, `${item} IS NOT NULL`)})`,
}

function field(object: string, path: ColumnPath): string {
  return [object, ...path.map(sparkName)].join('.')
}

function filter(list: string, item: string, condition: string): string {
  return `filter(${list}, ${item} -> ${condition})`
}

function each(list: string, item: string, value: string): string {
  return `transform(${list}, ${item} -> ${value})`
}
