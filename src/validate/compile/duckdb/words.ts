import { ID_COLUMN, MISFIT_COLUMN } from '../../../model/column.js'
import { duckdbName, duckdbText } from '../../../model/duckdb-text.js'
import { jsonPointer } from '../../../model/json-pointer.js'
import type { ColumnPath } from '../../../model/rule.js'
import { DATA, type Words } from '../sql/words.js'

/** DuckDB SQL, 1.5 and later. */
export const duckdbWords: Words = {
  dialect: 'duckdb',
  types: { int32: 'INTEGER', timestamp: 'TIMESTAMP WITH TIME ZONE', text: 'VARCHAR' },

  // Names are equal whatever their case, and an alias may hide a column of the same name.
  sameName: name => name.toLowerCase(),
  // Without the relation's name: every column that a statement makes beside those of the data has a name of its own.
  column: (_relation, [first = '', ...rest]) => field(duckdbName(first), rest),
  field,

  text: duckdbText,
  zero: () => '0',

  documents: () => DATA,
  // By JSON Pointer (RFC 6901), which takes any name; a path would take `a.b` apart.
  misfit: name => `json_extract_string(${duckdbName(MISFIT_COLUMN)}, ${duckdbText(jsonPointer([name]))})`,
  // A statement is asked for just before it runs, with the rules that are violated.
  given: () => undefined,
  someColumn: own => `1 AS ${own('one')}`,
  // With _id, since an aggregation is no condition over one document.
  tried: condition => `SELECT ${condition}, ${duckdbName(ID_COLUMN)} FROM ${DATA} LIMIT 0`,

  matches: (value, pattern) => `regexp_matches(${value}, ${duckdbText(pattern)})`,
  micros: instant => `epoch_us(${instant})`,

  size: list => `len(${list})`,
  distinct: list => `list_distinct(${list})`,
  first: (list, count) => `list_slice(${list}, 1, ${count})`,
  some: (list, item, condition) => `len(${filter(list, item, condition)}) > 0`,
  filter,
  each,
  // What is no list is left out of a flattened one.
  flat: (list, item, lists) => `flatten(${each(list, item, lists)})`,
}

/** By `struct_extract` and not by `"a"."b"`, which DuckDB also reads as table and column. */
function field(object: string, path: ColumnPath): string {
  return path.reduce((value, name) => `struct_extract(${value}, ${duckdbText(name)})`, object)
}

function filter(list: string, item: string, condition: string): string {
  return `list_filter(${list}, lambda ${item}: ${condition})`
}

function each(list: string, item: string, value: string): string {
  return `list_transform(${list}, lambda ${item}: ${value})`
}
