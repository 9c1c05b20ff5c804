import { expect, it } from 'vitest'
import { HotCensus } from '../../src/bson/hot-census.js'
import { ParquetPart } from '../../src/bson/parquet-part.js'
import type { Column } from '../../src/model/column.js'
import { addAll, bsonOf } from './support/both-parts.js'
import { blockOf, newHotMemory, place } from './support/hot-memory.js'

const columns: Column[] = [{ name: 'title', type: { kind: 'string' } }]
const document = blockOf([bsonOf({ _id: 'a' })])

it('takes documents of the block that was placed last, and of no other', () => {
  const memory = newHotMemory()
  const census = new HotCensus(memory)
  const first = place(memory, document)
  place(memory, document)
  expect(() => census.add(first.bytes, first.view, 0, first.bytes.length)).toThrow('not the block')
})

it('has one census and one part at a time: an older one says so, and bends nothing', () => {
  const memory = newHotMemory()
  const block = place(memory, document)
  const [old, census] = [new HotCensus(memory), new HotCensus(memory)]
  const add = (to: HotCensus) => to.add(block.bytes, block.view, 0, block.bytes.length)
  expect(() => add(old)).toThrow("another's by now")
  expect(() => old.census()).toThrow("another's by now")
  expect(add(census)).toBe(true)
  expect(census.census().documents).toBe(1)
  const [oldPart, part] = [new ParquetPart({ columns, memory }), new ParquetPart({ columns, memory })]
  expect(() => addAll(oldPart, block)).toThrow("another's by now")
  addAll(part, block)
  expect(part.rows).toBe(1)
})
