import { describe, expect, it } from 'vitest'
import type { ColumnType } from '../../src/model/column.js'
import { parquetSchema } from '../../src/parquet/schema.js'

const string = { kind: 'string' } as const

describe('parquetSchema', () => {
  it('puts lists into three levels, of which the definition levels tell missing, empty, null and there', () => {
    const type: ColumnType = {
      kind: 'list',
      element: { kind: 'struct', fields: [{ name: 'tags', type: { kind: 'list', element: string } }] },
    }
    const { elements, leaves, nodes } = parquetSchema([{ name: 'reviews', type }])
    expect(elements.map(({ name, repetition, children }) => [name, repetition, children])).toEqual([
      ['schema', undefined, 1],
      ['reviews', 'optional', 1],
      ['list', 'repeated', 1],
      ['element', 'optional', 1],
      ['tags', 'optional', 1],
      ['list', 'repeated', 1],
      ['element', 'optional', undefined],
    ])
    expect(leaves).toEqual([
      {
        path: ['reviews', 'list', 'element', 'tags', 'list', 'element'],
        physical: 'byteArray',
        typeLength: 0,
        definition: 6,
        repetition: 2,
      },
    ])
    const reviews = nodes[0]!
    const element = reviews.children[0]!
    const tags = element.children[0]!
    expect([reviews, element, tags, tags.children[0]!].map(node => [node.definition, node.repetition])).toEqual([
      [1, 0],
      [3, 1],
      [4, 1],
      [6, 2],
    ])
  })

  it('tells which leaves are below a column', () => {
    const fields = ['x', 'y'].map(name => ({ name, type: string }))
    const { nodes } = parquetSchema([
      { name: 'a', type: string },
      { name: 'b', type: { kind: 'struct', fields } },
      { name: 'c', type: string },
    ])
    expect(nodes.map(node => [node.firstLeaf, node.endLeaf])).toEqual([
      [0, 1],
      [1, 3],
      [3, 4],
    ])
  })

  it('keeps decimals in the smallest type that has their digits', () => {
    const physical = (precision: number) =>
      parquetSchema([{ name: 'd', type: { kind: 'decimal', precision, scale: 0 } }]).leaves[0]!.physical
    expect([1, 9, 10, 18, 19, 38].map(physical)).toEqual([
      'int32',
      'int32',
      'int64',
      'int64',
      'fixedLengthByteArray',
      'fixedLengthByteArray',
    ])
  })

  it.each<[string, ColumnType]>([
    ['a struct without fields', { kind: 'struct', fields: [] }],
    ['a decimal of 39 digits', { kind: 'decimal', precision: 39, scale: 0 }],
    ['a decimal with more places than digits', { kind: 'decimal', precision: 3, scale: 4 }],
    [
      'two fields of one name',
      {
        kind: 'struct',
        fields: [
          { name: 'x', type: string },
          { name: 'x', type: string },
        ],
      },
    ],
  ])('refuses %s', (_, type) => {
    expect(() => parquetSchema([{ name: 'c', type }])).toThrow(RangeError)
  })
})
