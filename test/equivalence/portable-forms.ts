import type { ColumnType } from '../../src/model/column.js'
import { sparkText } from '../../src/model/spark-text.js'
import type { Cell } from '../../src/ports/query-engine.js'

/** An expression as each engine writes it, and what both make of it. */
export interface Form {
  readonly topic: string
  readonly duckdb: string
  readonly spark: string
  readonly type: ColumnType['kind'] | ColumnType
  readonly value: Cell
}

/** What engines differ on, so that the portable form is known to be needed. `null` in place of a value: an error. */
export interface Trap {
  readonly topic: string
  readonly duckdb: string
  readonly spark: string
  readonly type: 'string' | 'boolean'
  readonly values: readonly [duckdb: Cell, spark: Cell]
}

const duck = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A pattern as `portablePattern` writes it, on a text. */
const pattern = (topic: string, regex: string, text: string, value: boolean): Form => ({
  topic: `${topic}: ${regex} on ${JSON.stringify(text)}`,
  duckdb: `regexp_matches(${duck(text)}, ${duck(`^(?:${regex})\\z`)})`,
  spark: `${sparkText(text)} RLIKE ${sparkText(`^(?:${regex})\\z`)}`,
  type: 'boolean',
  value,
})

/** The same text in both. */
const both = (topic: string, sql: string, type: Form['type'], value: Cell): Form => ({
  topic,
  duckdb: sql,
  spark: sql,
  type,
  value,
})

const TEXTS = [
  "it's",
  'a\\d',
  '$' + '{spark.app.name}',
  '?',
  ':a',
  '-- /*',
  '"',
  '`',
  '\n\t',
  'é😀\u2028',
  "\\'",
  'a\\',
]
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ascii = (text: string, sparkly: (text: string) => string): string =>
  `translate(${sparkly(text)}, '${UPPER}', '${UPPER.toLowerCase()}')`

export const FORMS: readonly Form[] = [
  ...TEXTS.map(
    (text): Form => ({
      topic: `a text stays itself: ${JSON.stringify(text)}`,
      duckdb: duck(text),
      spark: sparkText(text),
      type: 'string',
      value: text,
    }),
  ),
  pattern('regex end', 'a', 'a\n', false),
  pattern('regex end', 'a', 'a', true),
  ...['\r', '\u0085', '\u2028', '\u2029', '😀'].map(text => pattern('regex dot', '[^\\n]', text, true)),
  pattern('regex dot', '[^\\n]', '\n', false),
  pattern('regex classes', '[0-9A-Za-z_]+', 'aZ_9', true),
  pattern('regex classes', '[0-9A-Za-z_]+', 'é', false),
  pattern('regex syntax', 'a\\{2\\}', 'a{2}', true),
  pattern('regex syntax', '(?:ab){2,3}', 'abab', true),
  both('null logic', 'coalesce(CAST(NULL AS INT) IN (1), FALSE)', 'boolean', false),
  both('null logic', 'NOT coalesce(2 IN (1, NULL), FALSE)', 'boolean', true),
  both('length in code points', "length('e\u0301😀')", 'int64', 3n),
  {
    topic: 'length in bytes',
    duckdb: "octet_length(encode('é😀'))",
    spark: "octet_length('é😀')",
    type: 'int64',
    value: 6n,
  },
  {
    topic: 'trim',
    duckdb: "trim('  \u00a0x\t ', ' ')",
    spark: "trim(BOTH ' ' FROM '  \u00a0x\t ')",
    type: 'string',
    value: '\u00a0x\t',
  },
  {
    topic: 'lower case',
    duckdb: ascii('ßİAZ', duck),
    spark: ascii('ßİAZ', sparkText),
    type: 'string',
    value: 'ßİaz',
  },
  both('collation', "'a' < 'B'", 'boolean', false),
  both('collation beyond the basic plane', "'\uff5e' < '😀'", 'boolean', true),
  both('collation: a space at the end counts', "'a ' = 'a'", 'boolean', false),
  both('collation: nothing is normalised', "'é' = 'e\u0301'", 'boolean', false),
  both(
    'overflow',
    'CAST((SELECT sum(CAST(x AS DECIMAL(38,0))) FROM (VALUES (9223372036854775807), (9223372036854775807)) AS t(x)) AS DECIMAL(38,0))',
    { kind: 'decimal', precision: 38, scale: 0 },
    '18446744073709551614',
  ),
  both('divide by 0', 'CAST(1 / NULLIF(0, 0) AS DOUBLE)', 'double', null),
  both('double', "CAST('1e7' AS DOUBLE)", 'double', 1e7),
  both('double', "CAST('5e-324' AS DOUBLE)", 'double', 5e-324),
  both('double', "CAST('0.1' AS DOUBLE)", 'double', 0.1),
  both('double', "CAST('Infinity' AS DOUBLE)", 'double', Number.POSITIVE_INFINITY),
  both('double', "CAST('NaN' AS DOUBLE)", 'double', Number.NaN),
  both('double', "CAST('-0.0' AS DOUBLE)", 'double', -0),
  both('double', "CAST('2e-3' AS DOUBLE) = 0.002", 'boolean', true),
  both('NaN', "CAST('NaN' AS DOUBLE) = CAST('NaN' AS DOUBLE)", 'boolean', true),
  both('NaN', "CAST('NaN' AS DOUBLE) > CAST('Infinity' AS DOUBLE)", 'boolean', true),
  both('-0', "CAST('-0.0' AS DOUBLE) = CAST('0' AS DOUBLE)", 'boolean', true),
  both('-0', "CAST('-0.0' AS DOUBLE) IN (CAST('0' AS DOUBLE))", 'boolean', true),
  both(
    '-0 among many',
    `CAST('-0.0' AS DOUBLE) IN (${Array.from({ length: 20 }, (_, n) => `CAST('${n}' AS DOUBLE)`).join(', ')})`,
    'boolean',
    true,
  ),
  both('decimal', "CAST('1E-10' AS DECIMAL(38,10))", { kind: 'decimal', precision: 38, scale: 10 }, '0.0000000001'),
  both('decimal', "CAST('0' AS DECIMAL(38,10))", { kind: 'decimal', precision: 38, scale: 10 }, '0.0000000000'),
  both('decimal', "CAST('-1.005' AS DECIMAL(10,2))", { kind: 'decimal', precision: 10, scale: 2 }, '-1.01'),
  {
    topic: 'array size of null',
    duckdb: 'len(CAST(NULL AS INT[]))',
    spark: 'size(CAST(NULL AS ARRAY<INT>))',
    type: 'int64',
    value: null,
  },
  {
    topic: 'array contains',
    duckdb: 'coalesce(list_contains([1, NULL], 2), FALSE)',
    spark: 'coalesce(array_contains(array(1, NULL), 2), FALSE)',
    type: 'boolean',
    value: false,
  },
  {
    topic: 'distinct elements without nulls',
    duckdb: 'len(list_distinct([1, 1, 2]))',
    spark: 'size(array_distinct(array(1, 1, 2)))',
    type: 'int64',
    value: 2n,
  },
  {
    topic: 'the first of a list',
    duckdb: 'list_slice([1, NULL, 3], 1, 2)',
    spark: 'slice(array(1, NULL, 3), 1, 2)',
    type: { kind: 'list', element: { kind: 'int32' } },
    value: [1, null],
  },
  {
    topic: 'distinct over several columns',
    duckdb:
      "(SELECT count(*) FROM (SELECT a FROM (VALUES (1, NULL), (1, NULL), (1, 'x')) AS t(a, b) GROUP BY a, b HAVING count(*) > 1) AS k)",
    spark:
      "(SELECT count(*) FROM (SELECT a FROM (VALUES (1, NULL), (1, NULL), (1, 'x')) AS t(a, b) GROUP BY a, b HAVING count(*) > 1) AS k)",
    type: 'int64',
    value: 1n,
  },
  {
    topic: 'hash',
    duckdb: "sha256('é')",
    spark: "sha2('é', 256)",
    type: 'string',
    value: '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c',
  },
  both('like', "'50% off' LIKE '50!% %' ESCAPE '!'", 'boolean', true),
  both('substr', "substr('héllo', 1, 2)", 'string', 'hé'),
  both('round', 'CAST(round(CAST(2.5 AS DECIMAL(5,1)), 0) AS INT)', 'int32', 3),
]

const trap = (
  topic: string,
  duckdb: string,
  spark: string,
  values: Trap['values'],
  type: Trap['type'] = 'boolean',
): Trap => ({
  topic,
  duckdb,
  spark,
  type,
  values,
})

export const TRAPS: readonly Trap[] = [
  trap('regex end', `regexp_matches('a\n', '^a$')`, `'a\n' RLIKE '^a$'`, [false, true]),
  trap('regex dot', `regexp_matches('\r', '^.$')`, `'\r' RLIKE '^.$'`, [true, false]),
  trap('regex classes', `regexp_matches('b', '^[[:alpha:]]$')`, `'b' RLIKE '^[[:alpha:]]$'`, [true, false]),
  trap('case', `lower('İ')`, `lower('İ')`, ['i', 'i̇'], 'string'),
  trap(
    'struct equality by name',
    `{'a': 1, 'b': 2} = {'b': 2, 'a': 1}`,
    `named_struct('a', 1, 'b', 2) = CAST(named_struct('b', 2, 'a', 1) AS STRUCT<a: INT, b: INT>)`,
    [true, false],
  ),
  trap('hash', `hash('a') = 3504723499`, `hash('a') = 1485273170`, [false, true]),
  trap(
    'JSON inference',
    `json_structure('{"b":1,"a":2}')`,
    `schema_of_json('{"b":1,"a":2}')`,
    ['{"b":"UBIGINT","a":"UBIGINT"}', 'STRUCT<a: BIGINT, b: BIGINT>'],
    'string',
  ),
  trap('substr', `substr('hello', 0, 2)`, `substr('hello', 0, 2)`, ['h', 'he'], 'string'),
  trap(
    'double to text',
    `CAST(CAST('1e7' AS DOUBLE) AS VARCHAR)`,
    `CAST(CAST('1e7' AS DOUBLE) AS STRING)`,
    ['10000000.0', '1.0E7'],
    'string',
  ),
]
