import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parquetMetadata } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { ParquetPart } from '../../src/bson/parquet-part.js'
import type { Column } from '../../src/model/column.js'
import { footerLength, footerRows, PARQUET_TAIL_BYTES } from '../../src/parquet/footer.js'
import { CompactWriter } from '../../src/parquet/thrift-compact.js'
import { CompactReader } from '../../src/parquet/thrift-reader.js'
import { anyDocument, bsonOf } from '../bson/support/any-document.js'

const columns: Column[] = [
  { name: 'a', type: { kind: 'string' } },
  { name: 'b', type: { kind: 'list', element: { kind: 'struct', fields: [{ name: 'c', type: { kind: 'double' } }] } } },
]

function part(documents: readonly Uint8Array[], rowGroupBytes?: number): Uint8Array {
  const made = new ParquetPart({
    columns,
    createdBy: 'a test',
    ...(rowGroupBytes === undefined ? {} : { rowGroupBytes }),
  })
  for (const bytes of documents)
    made.add(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length)
  return made.finish()
}

function rowsOf(file: Uint8Array): number {
  const end = file.length - PARQUET_TAIL_BYTES
  const length = footerLength(file.subarray(end))
  return footerRows(file.subarray(end - length, end))
}

describe('the footer', () => {
  it('tells the rows that another reader finds, in one row group or many', () => {
    fc.assert(
      fc.property(fc.array(anyDocument(), { maxLength: 30 }), fc.constantFrom(undefined, 1, 500), (drawn, bytes) => {
        const file = part(drawn.map(bsonOf), bytes)
        expect(rowsOf(file)).toBe(drawn.length)
        expect(Number(parquetMetadata(file.slice().buffer).num_rows)).toBe(drawn.length)
      }),
      { numRuns: 50 },
    )
  })

  it('of what is no Parquet file is refused, and no bytes whatever make it read on for ever', () => {
    for (const bad of [Buffer.from('PAR2PAR2'), Buffer.from('PAR1'), readFileSync('package.json').subarray(-8)])
      expect(() => footerLength(bad)).toThrow(RangeError)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
        try {
          expect(footerRows(bytes)).toBeGreaterThanOrEqual(0)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
    const deep = new Uint8Array(10_000).fill(0x1c)
    expect(() => footerRows(deep)).toThrow('too deep')
  })
})

it('an integer is found behind fields of every kind', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
      fc.string({ maxLength: 200 }),
      fc.nat(40),
      (value, text, many) => {
        const writer = new CompactWriter()
        writer.boolean(1, true)
        writer.text(2, text)
        writer.structList(3, Array.from({ length: many }), () => writer.i32List(1, [1, -2, 300]))
        writer.struct(4, () => writer.struct(1, () => writer.boolean(2, false)))
        writer.textList(
          6,
          Array.from({ length: many }, () => text),
        )
        writer.i64(7, value)
        expect(new CompactReader(writer.finish()).integerField(7)).toBe(BigInt(value))
      },
    ),
  )
})
