import { Binary, Decimal128, Double, Int32, Long, ObjectId } from 'bson'
import fc from 'fast-check'
import type { Column } from '../../src/model/column.js'
import type { Condition, ConditionTest } from '../../src/model/condition.js'
import { type ColumnPath, EACH, type Rule, type Severity } from '../../src/model/rule.js'
import { column, rule } from '../validate/validate-rows.js'

/** A name that every quoting has to get right. */
const NASTY = `d'a"t\\a\`$ {x}`

/** Every kind of column; `data` is also the relation's own name. */
export const COLUMNS: readonly Column[] = [
  column('s', 'string'),
  column('i', 'int32'),
  column('n', 'int64'),
  column('d', 'double'),
  column('b', 'boolean'),
  column('t', 'timestamp'),
  column('m', { kind: 'decimal', precision: 10, scale: 2 }),
  column('h', 'objectId'),
  column('j', 'json'),
  column('l', { kind: 'list', element: { kind: 'string' } }),
  column('k', { kind: 'list', element: { kind: 'int32' } }),
  column('data', { kind: 'struct', fields: [column('s', 'string'), column(NASTY, 'int32')] }),
  column('r', {
    kind: 'list',
    element: {
      kind: 'struct',
      fields: [column('s', 'string'), column('n', 'int64'), column('l', { kind: 'list', element: { kind: 'string' } })],
    },
  }),
  column(NASTY, 'string'),
]

// Few different values, so that duplicates, empties and matches come up all the time.
const text = fc.constantFrom('', 'a', 'A', 'aa', 'ab ', '😀', '\uff5e', 'a\n', 'é', 'e\u0301', "'", '\\', '"', '\u2028')
const whole = fc.integer({ min: -2, max: 3 })
const int = whole.map(value => new Int32(value))
const long = fc.oneof(
  whole.map(value => Long.fromNumber(value)),
  fc.constantFrom(Long.MAX_VALUE, Long.MIN_VALUE, Long.fromString('9007199254740993')),
)
const double = fc
  .constantFrom(-1, -0, 0, 0.1, 1, 1.5, 1e7, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
  .map(value => new Double(value))
const instant = fc
  .constantFrom(-8.64e15, -62_135_596_800_000, -12_219_292_800_001, -1, 0, 1_704_067_200_000, 8.64e15)
  .map(ms => new Date(ms))
const decimal = fc.constantFrom('0', '-0.10', '0.10', '1.1', '0.25', '99999999.99').map(Decimal128.fromString)
const id = fc.constantFrom('0'.repeat(24), 'a'.repeat(24)).map(hex => new ObjectId(hex))
const tags = fc.array(fc.option(text, { freq: 6 }), { maxLength: 3 })
const anything = fc.oneof(
  ...[text, int, long, double, instant, decimal, id, tags, fc.boolean(), fc.constant(null)],
  fc.record({ s: text, deep: fc.record({ [NASTY]: text }) }),
  fc.constant(new Binary(Uint8Array.of(0, 255))),
)

/** Missing, of a wrong type, or as it should be. */
const field = (arbitrary: fc.Arbitrary<unknown>) =>
  fc.option(fc.oneof({ arbitrary, weight: 6 }, { arbitrary: anything, weight: 1 }), { nil: undefined, freq: 5 })
const inner = (arbitrary: fc.Arbitrary<unknown>) => fc.option(arbitrary, { freq: 5 })

export type GeneratedDocument = Readonly<Record<string, unknown>>

export const documents: fc.Arbitrary<readonly GeneratedDocument[]> = fc
  .array(
    fc.record({
      ...{ s: field(text), i: field(int), n: field(long), d: field(double), b: field(fc.boolean()) },
      ...{ t: field(instant), m: field(decimal), h: field(id), j: field(anything), l: field(tags) },
      k: field(fc.array(fc.option(int, { freq: 6 }), { maxLength: 4 })),
      data: field(fc.record({ s: inner(text), [NASTY]: inner(int) })),
      r: field(fc.array(inner(fc.record({ s: inner(text), n: inner(long), l: inner(tags) })), { maxLength: 3 })),
      [NASTY]: field(text),
      unknown: fc.option(text, { nil: undefined }),
    }),
    { maxLength: 30 },
  )
  .map(list =>
    list.map((fields, index) => ({
      // Two documents of one text as id: the string and the ObjectId.
      _id: index === 0 ? new ObjectId('f'.repeat(24)) : index === 1 ? 'f'.repeat(24) : `${index % 7}${index}`,
      ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    })),
  )

const TEXTS: readonly ColumnPath[] = [['s'], ['data', 's'], [NASTY], ['h'], ['_id']]
const WHOLES: readonly ColumnPath[] = [['i'], ['n'], ['data', NASTY]]
const NUMBERS: readonly ColumnPath[] = [...WHOLES, ['d'], ['m']]
const SINGLES: readonly ColumnPath[] = [...TEXTS, ...NUMBERS, ['b'], ['t']]
const LISTS: readonly ColumnPath[] = [['l'], ['k']]
const EACH_TEXT: readonly ColumnPath[] = [
  ['l', EACH],
  ['r', EACH, 's'],
  ['r', EACH, 'l', EACH],
]
const EACH_WHOLE: readonly ColumnPath[] = [
  ['k', EACH],
  ['r', EACH, 'n'],
]
const ALL: readonly ColumnPath[] = [
  ...SINGLES,
  ...LISTS,
  ['j'],
  ['data'],
  ['r'],
  ...EACH_TEXT,
  ...EACH_WHOLE,
  ['r', EACH],
]

const at = (...paths: (readonly ColumnPath[])[]) => fc.constantFrom(...paths.flat())
const kinds = <K extends string>(...names: K[]) => fc.constantFrom(...names)
const bound = fc.constantFrom(-1, 0, 0.1, 0.5, 1)
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.uniqueArray(arbitrary, { minLength: 1, maxLength: 3 })
const day = fc.constantFrom('1969-12-31T23:59:59.999Z', '2024-01-01T00:00:00.000Z')
const portable = fc.constantFrom('a*', '[a-c]+', 'a.?', '(?:a|😀)*', '[^a]*', '(?:\\\\|")', 'a\\n', '[0-9a-f]{24}')

/** Bodies that rules and conditions share. */
const tests = (
  texts: readonly ColumnPath[],
  wholes: readonly ColumnPath[],
  numbers: readonly ColumnPath[],
  lists: readonly ColumnPath[],
) => [
  fc.record({ kind: kinds('pattern'), column: at(texts), pattern: portable }),
  fc.record({ kind: kinds('minimum', 'maximum'), column: at(numbers), bound, exclusive: fc.boolean() }),
  fc.record({ kind: kinds('minLength', 'maxLength'), column: at(texts), bound: fc.nat(2) }),
  fc.record({ kind: kinds('minItems', 'maxItems'), column: at(lists), bound: fc.nat(3) }),
  fc.record({ kind: kinds('enum'), column: at(texts), values: some(text) }),
  fc.record({ kind: kinds('enum'), column: at(wholes), values: some(whole) }),
]

const singleTests = [
  ...tests(TEXTS, WHOLES, NUMBERS, LISTS),
  fc.record({ kind: kinds('minimum', 'maximum'), column: at([['t']]), bound: day, exclusive: fc.boolean() }),
  fc.record({ kind: kinds('enum'), column: at([['d'], ['m']]), values: some(fc.constantFrom(0, 0.1, 1)) }),
  fc.record({ kind: kinds('enum'), column: at([['b']]), values: some(fc.boolean()) }),
]

const test: fc.Arbitrary<ConditionTest> = fc.oneof(
  ...singleTests,
  fc.record({ kind: kinds('present', 'notEmpty'), column: at(SINGLES, LISTS, [['j'], ['data']]) }),
)
const { condition } = fc.letrec<{ condition: Condition }>(tie => ({
  condition: fc.oneof(
    { maxDepth: 2 },
    fc.record({ test }),
    fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie('condition') }),
  ),
}))

const body = fc.oneof(
  ...singleTests,
  ...tests(EACH_TEXT, EACH_WHOLE, EACH_WHOLE, [['r', EACH, 'l']]),
  fc.record({ kind: kinds('type'), column: at(COLUMNS.map(({ name }) => [name])), expected: fc.constant('x') }),
  fc.record({ kind: kinds('required', 'notEmpty'), column: at(ALL) }),
  fc.record({ kind: kinds('notMissing'), column: at(TEXTS, EACH_TEXT), values: some(text) }),
  fc.record({ kind: kinds('multipleOf'), column: at(WHOLES, EACH_WHOLE), bound: fc.constantFrom(1, 2, 3) }),
  fc.record({ kind: kinds('multipleOf'), column: at([['m']]), bound: fc.constantFrom(0.05, 0.125, 2) }),
  fc.record({ kind: kinds('uniqueItems'), column: at(LISTS, [['r', EACH, 'l']]) }),
  fc.record({ kind: kinds('unique'), columns: fc.uniqueArray(at(SINGLES), { minLength: 1, maxLength: 2 }) }),
  fc.record({
    kind: kinds('anyOf'),
    columns: fc.uniqueArray(at(SINGLES, LISTS, [['j'], ['data']]), { minLength: 2, maxLength: 3 }),
  }),
  fc.record({
    kind: kinds('compare'),
    columns: fc.constantFrom<readonly ColumnPath[]>(
      [['s'], [NASTY]],
      [['i'], ['n']],
      [['i'], ['d']],
      [['m'], ['i']],
      [['d'], ['d']],
      [['t'], ['t']],
      [['b'], ['b']],
    ),
    operator: kinds('<', '<=', '=', '<>', '>=', '>'),
  }),
  fc.record({
    kind: kinds('condition'),
    columns: fc.constantFrom<readonly ColumnPath[]>([], [['i']], [['s'], ['i']]),
    sql: fc
      .constantFrom('i > 0 -- or not', "data.s <> ''", 'b;', 'length(s) < 2 OR i IS NULL')
      .map(sql => ({ duckdb: sql, spark: sql })),
  }),
)

/** Some rules at once: a session of Spark answers many as fast as one. */
export const rules: fc.Arbitrary<readonly Rule[]> = fc
  .array(
    fc.tuple(
      body,
      fc.constantFrom<Severity>('error', 'warning', 'info'),
      fc.option(condition, { nil: undefined, freq: 3 }),
    ),
    { minLength: 10, maxLength: 16 },
  )
  .map(list =>
    list.map(([told, severity, where], index) => {
      const narrowed = where === undefined || told.kind === 'type' ? {} : { where }
      return rule({ ...told, ...narrowed, severity, id: `r${index}`, message: `m${index}` })
    }),
  )
