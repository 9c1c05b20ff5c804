import { Decimal128 } from 'bson'
import fc from 'fast-check'
import type { Column } from '../../src/model/column.js'
import type { Document } from './reference-states.js'
import { column } from './validate-rows.js'

/**
 * Columns of nearly every type, with lists of objects, lists within those and lists of lists. Names are those that the
 * rules of `arbitrary-rules.ts` are about.
 */
export const COLUMNS: readonly Column[] = [
  column('s', 'string'),
  column('i', 'int32'),
  column('n', 'int64'),
  column('d', 'double'),
  column('m', { kind: 'decimal', precision: 6, scale: 2 }),
  column('b', 'boolean'),
  column('t', 'timestamp'),
  column('u', 'timestamp'),
  column('l', { kind: 'list', element: { kind: 'string' } }),
  column('q', { kind: 'list', element: { kind: 'list', element: { kind: 'int32' } } }),
  column('o', { kind: 'struct', fields: [column('s', 'string'), column('i', 'int32')] }),
  column('r', {
    kind: 'list',
    element: {
      kind: 'struct',
      fields: [
        column('s', 'string'),
        column('i', 'int32'),
        column('d', 'double'),
        column('l', { kind: 'list', element: { kind: 'string' } }),
      ],
    },
  }),
]

/** Of the run that foreign keys point into, {@link OTHER_DATASET}. */
export const OTHER_COLUMNS: readonly Column[] = [
  column('s', 'string'),
  column('i', 'int32'),
  column('lf_n', 'int64'),
  column('t', 'timestamp'),
  column('o', { kind: 'struct', fields: [column('i', 'int32')] }),
]
export const OTHER_DATASET = 'authors'

/** Few different values each, so that duplicates, empties and matches come up all the time. */
export const TEXTS: readonly string[] = ['', 'a', 'aa', 'ab', '😀', 'a\n', 'é', "'", 'a"b\\']
const text = fc.constantFrom(...TEXTS)
const whole = fc.integer({ min: -2, max: 2 })
const long = fc.constantFrom(-9_007_199_254_740_993n, -1n, 0n, 1n, 2n, 6n, 9_007_199_254_740_993n)
const double = fc.constantFrom(-1, -0, 0, 0.1, 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)
const decimal = fc
  .constantFrom('-1.50', '-0.05', '0.00', '0.10', '0.25', '1.00', '2.00', '9999.99')
  .map(digits => Decimal128.fromString(digits))
/** Around {@link STARTED_AT}, and before 1970. */
const instant = fc
  .constantFrom(
    '1969-12-31T23:59:59.999Z',
    '2026-01-01T03:04:05.678Z',
    '2026-01-02T03:04:05.677Z',
    '2026-01-02T03:04:05.678Z',
    '2026-01-02T04:00:00.000Z',
  )
  .map(written => new Date(written))
// NaN has no JSON, and JSON is what a misfit is told in.
const anything = fc.oneof(
  text,
  whole,
  fc.constant(null),
  fc.constant(true),
  fc.array(fc.oneof(text, whole), { maxLength: 2 }),
  fc.constant({ s: 1 }),
  fc.constant([{ i: 'x' }]),
)
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 4 })
const field = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  optional(fc.oneof({ arbitrary, weight: 6 }, { arbitrary: anything, weight: 1 }))
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 5 })
const listOf = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<(T | null)[]> =>
  fc.array(nullable(arbitrary), { maxLength: 3 })
const inner = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => optional(nullable(arbitrary))

/**
 * Documents of a collection as they were in MongoDB, in BSON's own types (bigint for int64, `Decimal128`, `Date`): fields
 * missing, null, of a wrong type, empty, equal to each other. `_id` is `000`, `001`, …
 */
export const arbitraryDocuments: fc.Arbitrary<readonly Document[]> = fc
  .array(
    fc.record({
      s: field(text),
      i: field(whole),
      n: field(long),
      d: field(double),
      m: field(decimal),
      b: field(fc.boolean()),
      t: field(instant),
      u: field(instant),
      l: field(listOf(text)),
      q: field(listOf(listOf(whole))),
      o: field(fc.record({ s: inner(text), i: inner(whole) })),
      r: field(listOf(fc.record({ s: inner(text), i: inner(whole), d: inner(double), l: inner(listOf(text)) }))),
    }),
    { maxLength: 25 },
  )
  .map(list => list.map((fields, index) => documentOf(String(index).padStart(3, '0'), fields)))

/** Documents of the other run, whose `_id`s are texts that columns of the first have, too. */
export const arbitraryOthers: fc.Arbitrary<readonly Document[]> = fc.uniqueArray(text, { maxLength: 6 }).chain(ids =>
  fc.tuple(
    ...ids.map(id =>
      fc
        .record({
          s: field(text),
          i: field(whole),
          lf_n: field(long),
          t: field(instant),
          o: field(fc.record({ i: inner(whole) })),
        })
        .map(fields => documentOf(id, fields)),
    ),
  ),
)

function documentOf(id: string, fields: Readonly<Record<string, unknown>>): Document {
  return { _id: id, ...(there(fields) as object) }
}

/** Without the members that are undefined: BSON has no such thing. */
function there(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(there)
  if (value === null || typeof value !== 'object' || value instanceof Date || value instanceof Decimal128) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, there(member)]])),
  )
}
