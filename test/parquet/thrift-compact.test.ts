import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CompactWriter } from '../../src/parquet/thrift-compact.js'
import { ThriftReader } from './thrift-reader.js'

it('writes structs that a reader of the protocol reads as they were', () => {
  const small = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
  const cases = fc.record({
    i32: small,
    i64: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }),
    flag: fc.boolean(),
    text: fc.string({ unit: 'grapheme' }),
    bytes: fc.uint8Array({ maxLength: 300 }),
    numbers: fc.array(small, { maxLength: 40 }),
    texts: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 40 }),
  })
  const writer = new CompactWriter()
  fc.assert(
    fc.property(cases, ({ i32, i64, flag, text, bytes, numbers, texts }) => {
      writer.i32(1, i32)
      writer.i64(3, i64)
      writer.boolean(4, flag)
      writer.struct(9, () => {
        writer.text(1, text)
        writer.struct(2, () => {})
        writer.binary(7, bytes)
      })
      writer.i32List(10, numbers)
      writer.textList(11, texts)
      writer.structList(26, numbers, number => writer.i32(2, number))
      const utf8 = (value: string) => new TextEncoder().encode(value)
      expect(new ThriftReader(writer.finish()).struct()).toEqual({
        1: i32,
        3: i64,
        4: flag,
        9: { 1: utf8(text), 2: {}, 7: bytes },
        10: numbers,
        11: texts.map(utf8),
        26: numbers.map(number => ({ 2: number })),
      })
    }),
  )
})

it('refuses fields out of order, which the protocol could not tell apart', () => {
  const writer = new CompactWriter()
  writer.i32(2, 1)
  expect(() => writer.i32(2, 1)).toThrow(RangeError)
  expect(() => writer.i32(18, 1)).toThrow(RangeError)
})
