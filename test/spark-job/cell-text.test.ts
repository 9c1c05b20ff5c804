import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ColumnType } from '../../src/model/column.js'
import type { Cell } from '../../src/ports/query-engine.js'
import { cellOf, type Wire } from '../../src/spark-job/cell-text.js'

const LEAVES = ['string', 'objectId', 'json', 'int32', 'int64', 'double', 'boolean', 'timestamp'] as const

const types: fc.Arbitrary<ColumnType> = fc.letrec<{ type: ColumnType }>(tie => ({
  type: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...LEAVES).map((kind): ColumnType => ({ kind })),
    fc.constant<ColumnType>({ kind: 'decimal', precision: 20, scale: 2 }),
    tie('type').map((element): ColumnType => ({ kind: 'list', element })),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', '__proto__', 'c d'), tie('type')), {
        selector: ([name]) => name,
        minLength: 1,
      })
      .map((fields): ColumnType => ({ kind: 'struct', fields: fields.map(([name, type]) => ({ name, type })) })),
  ),
})).type

function cells(type: ColumnType): fc.Arbitrary<Cell> {
  const value = (): fc.Arbitrary<Cell> => {
    switch (type.kind) {
      case 'int32':
        return fc.integer()
      case 'int64':
      case 'timestamp':
        return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      case 'double':
        return fc.double()
      case 'boolean':
        return fc.boolean()
      case 'decimal':
        return fc.tuple(fc.integer(), fc.integer({ min: 10, max: 99 })).map(([whole, cents]) => `${whole}.${cents}`)
      case 'list':
        return fc.array(cells(type.element), { maxLength: 3 })
      case 'struct':
        return fc
          .tuple(...type.fields.map(field => cells(field.type)))
          .map(values => Object.fromEntries(type.fields.map(({ name }, index) => [name, values[index] ?? null])))
      default:
        return fc.string({ unit: 'binary' }).filter(text => !/\p{Surrogate}/u.test(text))
    }
  }
  return fc.option(value(), { freq: 5 })
}

/** As Spark would write it: texts at the leaves, fields that are null left out, JSON text at the top. */
function wireOf(cell: Cell, type: ColumnType): Wire {
  if (cell === null) return null
  if (type.kind === 'list') return (cell as readonly Cell[]).map(item => wireOf(item, type.element))
  if (type.kind === 'struct') {
    const fields = cell as Readonly<Record<string, Cell>>
    const present = type.fields.filter(({ name }) => fields[name] !== null)
    return Object.fromEntries(present.map(field => [field.name, wireOf(fields[field.name]!, field.type)]))
  }
  // Java's own notation of what JavaScript writes otherwise.
  if (Object.is(cell, -0)) return '-0.0'
  return typeof cell === 'number' && Number.isInteger(cell) && type.kind === 'double'
    ? `${cell}.0`.replace(/(e.*)\.0$/, '$1')
    : String(cell)
}

describe('a cell that travels as text', () => {
  it('is the same at the other end, whatever its type', () => {
    fc.assert(
      fc.property(
        types.chain(type => fc.tuple(fc.constant(type), cells(type))),
        ([type, cell]) => {
          const wire = wireOf(cell, type)
          const text = wire === null || typeof wire === 'string' ? wire : JSON.stringify(wire)
          expect(cellOf(text, type)).toEqual(cell)
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each<[ColumnType['kind'], string, Cell]>([
    ['double', '1.0E7', 1e7],
    ['double', 'NaN', Number.NaN],
    ['double', '-Infinity', Number.NEGATIVE_INFINITY],
    ['double', '4.9E-324', 5e-324],
    ['int64', '9007199254740993', 9007199254740993n],
    ['timestamp', '-1', -1n],
  ])('%s %s is read as Spark writes it', (kind, text, cell) => {
    expect(cellOf(text, { kind } as ColumnType)).toEqual(cell)
  })

  it.each<[ColumnType, Wire]>([
    [{ kind: 'int32' }, ''],
    [{ kind: 'int32' }, '1.5'],
    [{ kind: 'int64' }, '1e3'],
    [{ kind: 'double' }, ''],
    [{ kind: 'double' }, 'nan'],
    [{ kind: 'boolean' }, 'TRUE'],
    [{ kind: 'decimal', precision: 3, scale: 2 }, '0E-2'],
    [{ kind: 'string' }, 5],
    [{ kind: 'list', element: { kind: 'string' } }, '{"a": "b"}'],
    [{ kind: 'list', element: { kind: 'string' } }, '["a"'],
    [{ kind: 'struct', fields: [] }, '[]'],
  ])('of type %j is refused when it is %j', (type, text) => {
    expect(() => cellOf(text, type)).toThrow(RangeError)
  })
})
