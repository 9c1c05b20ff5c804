import { Decimal128, Double, Int32, Long, ObjectId } from 'bson'
import fc from 'fast-check'
import type { Column, ColumnType } from '../../src/model/column.js'

/** Generated schemas and documents that mostly, but not always, have what the schema says. */

const scalarTypes: fc.Arbitrary<ColumnType> = fc.oneof(
  fc
    .constantFrom<ColumnType['kind']>('string', 'int32', 'int64', 'double', 'boolean', 'timestamp', 'objectId', 'json')
    .map(kind => ({ kind }) as ColumnType),
  fc.tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38)).map(([precision, scale]) => ({
    kind: 'decimal' as const,
    precision,
    scale: Math.min(precision, scale),
  })),
)

function typesOfDepth(depth: number): fc.Arbitrary<ColumnType> {
  if (depth === 0) return scalarTypes
  const below = typesOfDepth(depth - 1)
  return fc.oneof(
    { weight: 3, arbitrary: scalarTypes },
    { weight: 2, arbitrary: below.map(element => ({ kind: 'list' as const, element })) },
    { weight: 2, arbitrary: columnsOf(below, ['x', 'y', 'ž']).map(fields => ({ kind: 'struct' as const, fields })) },
  )
}

function columnsOf(types: fc.Arbitrary<ColumnType>, names: readonly string[]): fc.Arbitrary<Column[]> {
  return fc
    .shuffledSubarray([...names], { minLength: 1 })
    .chain(chosen => fc.tuple(...chosen.map(name => types.map(type => ({ name, type })))))
}

const NAMES = ['a', 'b', 'c', 'long name', 'ünï', 'q"uote', 'do.t', '$d']

export const columnLists: fc.Arbitrary<Column[]> = columnsOf(typesOfDepth(3), NAMES)

const longs = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(0n, -1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 62n),
  )
  .map(value => Long.fromBigInt(value))
const ints = fc.oneof(fc.integer(), fc.nat(3)).map(value => new Int32(value))
const doubles = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, Number.NaN, Infinity)).map(value => new Double(value))
const dates = fc.date({ noInvalidDate: true, min: new Date(-8.64e15), max: new Date(8.64e15) })
const objectIds = fc.uint8Array({ minLength: 12, maxLength: 12 }).map(bytes => new ObjectId(bytes))
const decimals = fc
  .oneof(
    fc.constantFrom(
      '1.10',
      '-0E-6176',
      '0',
      '-0.00',
      'NaN',
      'Infinity',
      '1E+6111',
      '9999999999999999999999999999999999',
    ),
    fc
      .tuple(fc.bigInt({ min: -(10n ** 33n), max: 10n ** 33n }), fc.integer({ min: -40, max: 10 }))
      .map(([d, e]) => `${d}E${e}`),
    fc.tuple(fc.integer(), fc.nat(3)).map(([digits, places]) => `${digits}E-${places}`),
  )
  .map(text => Decimal128.fromString(text))
// Few of them often, so that chunks get dictionaries; long ones sometimes.
const strings = fc.oneof(
  fc.constantFrom('', 'x', 'Active', 'é', '\u0000', '"\\\n'),
  fc.string({ unit: 'grapheme' }),
  fc.nat(300).map(length => 'w'.repeat(length)),
)

const anyScalar: fc.Arbitrary<unknown> = fc.oneof(
  strings,
  ints,
  longs,
  doubles,
  dates,
  objectIds,
  decimals,
  fc.boolean(),
)
const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: anyScalar },
  { weight: 1, arbitrary: fc.array(fc.option(anyScalar), { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.option(anyScalar), { noNullPrototype: true }),
  },
)

/** A value of the type; anywhere in it, one time in 30, any value or null. */
function valuesOf(type: ColumnType): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 28, arbitrary: fittingValuesOf(type) },
    { weight: 1, arbitrary: anyValue },
    { weight: 1, arbitrary: fc.constant(null) },
  )
}

function fittingValuesOf(type: ColumnType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'string':
      return strings
    case 'int32':
      return ints
    case 'int64':
      return fc.oneof(ints, longs)
    case 'double':
      return fc.oneof(doubles, ints, longs)
    case 'boolean':
      return fc.boolean()
    case 'timestamp':
      return dates
    case 'decimal':
      return fc.oneof(decimals, ints, longs)
    case 'objectId':
      return objectIds
    case 'json':
      return anyValue
    case 'list':
      return fc.array(valuesOf(type.element), { maxLength: 4 })
    case 'struct':
      return documentsOf(type.fields, fc.constantFrom('more', 'zz'), 20)
  }
}

/** Some of the fields, in any order, and perhaps one that has no column. */
function documentsOf(
  columns: readonly Column[],
  strangers: fc.Arbitrary<string>,
  strangerEvery: number,
): fc.Arbitrary<Record<string, unknown>> {
  const members = fc
    .shuffledSubarray([...columns])
    .chain(chosen => fc.tuple(...chosen.map(({ name, type }) => valuesOf(type).map(value => [name, value] as const))))
  const stranger = fc.option(fc.tuple(strangers, anyValue), { freq: strangerEvery })
  // fc.option gives null one time in `freq`: here the stranger is what is rare.
  return fc
    .tuple(members, stranger, fc.nat(strangerEvery))
    .map(([list, extra, dice]) => Object.fromEntries(extra && dice === 0 ? [...list, extra] : list))
}

export function documentLists(columns: readonly Column[]): fc.Arbitrary<Record<string, unknown>[]> {
  const ids = fc.oneof(objectIds, strings)
  const documents = documentsOf(columns, fc.constantFrom('more', 'Zz', '_extra', 'emo 😀'), 3)
  return fc.array(
    fc
      .tuple(fc.option(ids, { freq: 10, nil: undefined }), documents)
      .map(([id, rest]) => (id === undefined ? rest : { _id: id, ...rest })),
    { maxLength: 30 },
  )
}
