import fc from 'fast-check'
import type { Condition, ConditionTest } from '../../src/model/condition.js'
import type { ColumnPath, NumberBound, Rule, Severity } from '../../src/model/rule.js'
import { OTHER_DATASET, TEXTS } from './arbitrary-documents.js'
import { OWN_CONDITIONS, OWN_QUERIES } from './own-sql-meanings.js'
import { rule } from './validate-rows.js'

type Body = Parameters<typeof rule>[0]

const at = (...paths: readonly string[]): readonly ColumnPath[] =>
  paths.map(path => path.replaceAll('[]', '.[]').split('.'))

const TEXT = at('s', 'o.s')
const NUMBER = at('i', 'n', 'd', 'm', 'o.i')
const SINGLE = [...TEXT, ...NUMBER, ...at('b', 't', 'u')]
const LIST = at('l', 'q')
const TEXT_ITEMS = at('l[]', 'r[].s', 'r[].l[]')
const NUMBER_ITEMS = at('r[].i', 'r[].d', 'q[][]')
const LIST_ITEMS = at('r[].l', 'q[]')
const ANY = [...SINGLE, ...LIST, ...at('o', 'r')]
const ANY_ITEMS = [...TEXT_ITEMS, ...NUMBER_ITEMS, ...LIST_ITEMS, ...at('r[]')]

const of = (...lists: readonly (readonly ColumnPath[])[]): fc.Arbitrary<ColumnPath> => fc.constantFrom(...lists.flat())
const texts = fc.uniqueArray(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 3 })
const wholes = fc.uniqueArray(fc.integer({ min: -2, max: 2 }), { minLength: 1, maxLength: 3 })
const pattern = fc.constantFrom('a*', '[a-c]+', 'a.?', '(?:a|😀)', '[^a]*')
const bound = fc.constantFrom(-1, 0, 0.1, 0.5, 1)
const moment = fc.constantFrom('1970-01-01T00:00:00.000Z', '2026-01-02T03:04:05.678Z', '2026-01-02T05:04:05.678+02:00')
const exclusive = fc.boolean()
const kinds = <K extends string>(...names: readonly K[]): fc.Arbitrary<K> => fc.constantFrom(...names)

/** What rules and conditions ask of values alike. */
const valueBodies = (
  items: boolean,
): readonly fc.Arbitrary<
  Extract<
    ConditionTest,
    { kind: 'pattern' | 'minimum' | 'maximum' | 'minLength' | 'maxLength' | 'minItems' | 'maxItems' | 'enum' }
  >
>[] => {
  const [text, number, list] = items
    ? [of(TEXT, TEXT_ITEMS), of(NUMBER, NUMBER_ITEMS), of(LIST, LIST_ITEMS)]
    : [of(TEXT), of(NUMBER), of(LIST)]
  return [
    fc.record({ kind: kinds('pattern'), column: text, pattern }),
    fc.record({ kind: kinds('minimum', 'maximum'), column: number, bound, exclusive }),
    fc.record({ kind: kinds('minimum', 'maximum'), column: of(at('t', 'u')), bound: moment, exclusive }),
    fc.record({ kind: kinds('minLength', 'maxLength'), column: text, bound: fc.nat(2) }),
    fc.record({ kind: kinds('minItems', 'maxItems'), column: list, bound: fc.nat(3) }),
    fc.record({ kind: kinds('enum'), column: text, values: texts }),
    fc.record({ kind: kinds('enum'), column: number, values: wholes }),
    fc.record({ kind: kinds('enum'), column: of(at('b')), values: fc.constantFrom([true], [false]) }),
  ]
}

/** Conditions of `where`, up to three deep. */
export const arbitraryCondition: fc.Arbitrary<Condition> = fc.letrec<{ condition: Condition }>(tie => {
  const test = fc
    .oneof(fc.record({ kind: kinds('present', 'notEmpty'), column: of(ANY) }), ...valueBodies(false))
    .map((one): Condition => ({ test: one }))
  const parts = fc.array(tie('condition'), { minLength: 1, maxLength: 3 })
  return {
    condition: fc.oneof(
      { depthSize: 'small', maxDepth: 3, withCrossShrink: true },
      test,
      parts.map((all): Condition => ({ all })),
      parts.map((any): Condition => ({ any })),
      tie('condition').map((not): Condition => ({ not })),
    ),
  }
}).condition

const documentBodies: readonly fc.Arbitrary<Body>[] = [
  fc.record({ kind: kinds('type'), column: of(ANY.filter(path => path.length === 1)), expected: fc.constant('x') }),
  fc.record({ kind: kinds('required', 'notEmpty'), column: of(ANY, ANY_ITEMS) }),
  fc.record({ kind: kinds('notMissing'), column: of(TEXT, TEXT_ITEMS), values: texts }),
  ...valueBodies(true),
  fc.record({
    kind: kinds('multipleOf'),
    column: of(at('i', 'n', 'o.i', 'r[].i', 'q[][]')),
    bound: fc.constantFrom(1, 2, 3, 1e10, 1e20),
  }),
  fc.record({ kind: kinds('multipleOf'), column: of(at('m')), bound: fc.constantFrom(0.05, 0.1, 0.125, 0.25, 3, 1e9) }),
  fc.record({ kind: kinds('uniqueItems'), column: of(at('l', 'r[].l', 'q[]')) }),
  fc.record({ kind: kinds('unique'), columns: fc.uniqueArray(of(SINGLE), { minLength: 1, maxLength: 2 }) }),
  fc.record({ kind: kinds('anyOf'), columns: fc.uniqueArray(of(ANY), { minLength: 2, maxLength: 3 }) }),
  fc.record({
    kind: kinds('compare'),
    columns: fc.constantFrom(
      ...[
        ['s', 'o.s'],
        ['i', 'o.i'],
        ['n', 'i'],
        ['d', 'i'],
        ['n', 'm'],
        ['m', 'o.i'],
        ['t', 'u'],
        ['b', 'b'],
        ['_id', 's'],
      ].map(pair => at(...pair)),
    ),
    operator: kinds('<', '<=', '=', '<>', '>=', '>'),
  }),
  fc.record({
    kind: kinds('condition'),
    columns: fc.constantFrom(at(), at('s'), at('i', 's'), at('r[].i')),
    sql: fc.constantFrom(...OWN_CONDITIONS.map(({ sql }) => sql)),
  }),
  fc
    .constantFrom(
      [OTHER_DATASET, at('s'), at('s')] as const,
      [OTHER_DATASET, at('s'), at('_id')] as const,
      [OTHER_DATASET, at('i'), at('lf_n')] as const,
      [OTHER_DATASET, at('m'), at('o.i')] as const,
      [OTHER_DATASET, at('s', 'i'), at('s', 'i')] as const,
      [OTHER_DATASET, at('t', 'o.i'), at('t', 'i')] as const,
      ['papers', at('o.s'), at('s')] as const,
    )
    .map(([dataset, columns, to]) => ({ kind: 'foreignKey' as const, columns, dataset, to })),
]

const numberBound: fc.Arbitrary<NumberBound> = fc.oneof(
  fc.record({
    operator: kinds('equal', 'notEqual', 'above', 'atLeast', 'below', 'atMost'),
    value: fc.constantFrom(0, 1, 1.5, -1),
  }),
  fc.record({ operator: kinds('between', 'notBetween'), from: fc.constantFrom(-1, 0), to: fc.constantFrom(1, 2.5) }),
)
const share = fc.option(fc.constantFrom(0, 0.1, 0.5, 1, 2), { nil: undefined })
const datasetBodies: readonly fc.Arbitrary<Body>[] = [
  fc.record({ kind: kinds('rowCount'), min: fc.nat(3), max: fc.integer({ min: 3, max: 20 }) }),
  fc.tuple(share, share).map(([maxDecrease, maxIncrease]) => ({
    kind: 'rowCountChange' as const,
    ...(maxDecrease === undefined ? {} : { maxDecrease }),
    ...(maxIncrease === undefined ? {} : { maxIncrease }),
  })),
  fc.record({ kind: kinds('freshness'), column: of(at('t', 'u')), seconds: fc.constantFrom(0, 0.001, 1, 86_400, 1e6) }),
  fc.record({
    kind: kinds('sql'),
    sql: fc.constantFrom(...OWN_QUERIES.map(({ sql }) => sql)),
    bounds: fc.array(numberBound, { minLength: 1, maxLength: 2 }),
  }),
]

const severity = fc.constantFrom<Severity>('error', 'warning', 'info')
const where = fc.option(arbitraryCondition, { nil: undefined, freq: 2 })

/**
 * Rules of every kind over the columns of `arbitrary-documents.ts`, about elements of lists too, of every severity, half of
 * them with a `where`. Ids are `r0`, `r1`, …, messages `m0`, …. Foreign keys point into `OTHER_DATASET` or into `papers`
 * itself; SQL of their own has a text for each dialect.
 */
export const arbitraryRules: fc.Arbitrary<readonly Rule[]> = fc
  .array(
    fc.tuple(
      fc.oneof(
        { arbitrary: fc.oneof(...documentBodies), weight: 6 },
        { arbitrary: fc.oneof(...datasetBodies), weight: 1 },
      ),
      severity,
      where,
    ),
    {
      minLength: 1,
      maxLength: 16,
    },
  )
  .map(list =>
    list.map(([body, severity, where], index) => {
      const about = where !== undefined && !['rowCountChange', 'freshness', 'sql'].includes(body.kind) ? { where } : {}
      return rule({ ...body, ...about, severity, id: `r${index}`, message: `m${index}` } as Body)
    }),
  )
