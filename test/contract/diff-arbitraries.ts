import fc from 'fast-check'
import type { Column, ColumnType } from '../../src/model/column.js'
import type { Contract } from '../../src/model/contract.js'
import type { Rule, Severity } from '../../src/model/rule.js'

const kinds = fc.constantFrom<ColumnType['kind']>('string', 'int32', 'int64', 'double', 'boolean', 'timestamp', 'json')
const scalars = kinds.map(kind => ({ kind }) as ColumnType)

function typesOf(depth: number): fc.Arbitrary<ColumnType> {
  if (depth === 0) return scalars
  const below = typesOf(depth - 1)
  return fc.oneof(
    { weight: 3, arbitrary: scalars },
    { weight: 1, arbitrary: below.map(element => ({ kind: 'list' as const, element })) },
    { weight: 1, arbitrary: columnsOf(below, ['p', 'q']).map(fields => ({ kind: 'struct' as const, fields })) },
  )
}

function columnsOf(types: fc.Arbitrary<ColumnType>, names: readonly string[]): fc.Arbitrary<Column[]> {
  return fc
    .shuffledSubarray([...names], { minLength: 1 })
    .chain(chosen => fc.tuple(...chosen.map(name => types.map(type => ({ name, type })))))
}

const column = fc.constantFrom(['a'], ['b'], ['a', 'p'])
const bodies = fc.oneof(
  fc.record({ kind: fc.constantFrom('required' as const, 'notEmpty' as const), column }),
  fc.record({ kind: fc.constantFrom('minLength' as const, 'maxLength' as const), column, bound: fc.nat(2) }),
  fc.record({
    kind: fc.constantFrom('minimum' as const, 'maximum' as const),
    column,
    bound: fc.nat(2),
    exclusive: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('multipleOf' as const), column, bound: fc.constantFrom(1, 2, 3, 4) }),
  fc.record({ kind: fc.constant('enum' as const), column, values: fc.subarray(['x', 'y'], { minLength: 1 }) }),
  fc.record({ kind: fc.constant('unique' as const), columns: fc.subarray([['a'], ['b']], { minLength: 1 }) }),
  fc.record({ kind: fc.constant('rowCount' as const), min: fc.nat(2), max: fc.integer({ min: 3, max: 5 }) }),
)
const thresholds = fc.constantFrom<Partial<Rule>>(
  { threshold: 1 },
  { threshold: 0.9 },
  { threshold: 0.9, thresholdExclusive: true },
  { threshold: 0, maxViolated: 3 },
)
const wheres = fc.constantFrom<Partial<Rule>>(
  {},
  { where: { test: { kind: 'present', column: ['a'] } } },
  { where: { test: { kind: 'present', column: ['b'] } } },
)

const rules: fc.Arbitrary<Rule> = fc
  .tuple(bodies, thresholds, wheres, fc.constantFrom<Severity>('error', 'warning', 'info'))
  .map(([body, threshold, where, severity]) => {
    const columns = 'column' in body ? [body.column] : 'columns' in body ? body.columns : []
    const id = [...columns.map(path => path.join('.')), body.kind].join('.')
    return { ...body, ...threshold, ...where, id, severity, message: `${id}!` } as Rule
  })

/** Contracts of a few columns and rules, so that two of them have much in common. No two rules of one id. */
export const contracts: fc.Arbitrary<Contract> = fc
  .record({
    columns: columnsOf(typesOf(2), ['a', 'b', 'c']),
    rules: fc.uniqueArray(rules, { maxLength: 6, selector: ({ id }) => id }),
    key: fc.constantFrom([], [['a']], [['a'], ['b']]),
    freshnessSeconds: fc.option(fc.constantFrom(60, 3600), { nil: undefined }),
    version: fc.constantFrom('0.1.0', '1.2.3', 'spring'),
  })
  .map(({ columns, rules: some, key, freshnessSeconds, version }) => ({
    ...{ id: 'made', name: 'made', version, fingerprint: 'f'.repeat(64), notes: {}, columns, rules: some },
    keyColumns: key,
    ...(freshnessSeconds === undefined ? {} : { freshnessSeconds }),
  }))
