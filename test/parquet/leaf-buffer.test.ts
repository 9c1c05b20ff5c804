import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LeafBuffer } from '../../src/parquet/leaf-buffer.js'
import type { LeafSchema } from '../../src/parquet/schema.js'

const leafOf = (physical: LeafSchema['physical']) =>
  new LeafBuffer({ path: ['c'], physical, typeLength: 0, definition: 1, repetition: 0 })

function addBytes(leaf: LeafBuffer, bytes: Uint8Array): void {
  leaf.byteArray(0, bytes, new DataView(bytes.buffer), 0, bytes.length)
}

/** What a page would be made of. */
const contents = (leaf: LeafBuffer) => ({
  bytes: [...leaf.bytes.subarray(0, leaf.length)],
  definitions: leaf.nulls === 0 ? 'all there' : [...leaf.definitions.subarray(0, leaf.entries)],
  entries: leaf.entries,
  nulls: leaf.nulls,
})

it.each<[LeafSchema['physical'], (leaf: LeafBuffer, value: number) => void]>([
  ['boolean', (leaf, value) => leaf.boolean(0, value % 2 === 1)],
  ['int32', (leaf, value) => leaf.int32(0, value)],
  ['byteArray', (leaf, value) => addBytes(leaf, new Uint8Array(value).fill(value))],
])('a %s leaf that rows were taken back from is as if they had never been there', (physical, write) => {
  const value = fc.option(fc.nat(100))
  const rows = fc.array(fc.record({ kept: value, takenBack: fc.array(value, { maxLength: 3 }) }), { maxLength: 60 })
  const add = (leaf: LeafBuffer, row: number | null) => (row === null ? leaf.absent(0, 0) : write(leaf, row))
  fc.assert(
    fc.property(rows, list => {
      const leaf = leafOf(physical)
      const plain = leafOf(physical)
      for (const { kept, takenBack } of list) {
        leaf.mark()
        for (const row of takenBack) add(leaf, row)
        leaf.rollback()
        add(leaf, kept)
        add(plain, kept)
      }
      expect(contents(leaf)).toEqual(contents(plain))
    }),
  )
})

it.each([0, 1, 255, 256, 257, 1000])(
  'knows which of its entries are there when the first null comes after %i',
  count => {
    const leaf = leafOf('int32')
    for (let n = 0; n < count; n++) leaf.int32(0, n)
    leaf.absent(0, 0)
    leaf.int32(0, 1)
    leaf.absent(0, 0)
    expect(leaf.definitions.subarray(0, leaf.entries)).toEqual(Uint8Array.from([...Array(count).fill(1), 0, 1, 0]))
  },
)

it('gives memory back that one large value needed', () => {
  const leaf = leafOf('byteArray')
  addBytes(leaf, new Uint8Array(16 * 1024 * 1024))
  leaf.clear()
  expect(leaf.bytes.length).toBeLessThan(16 * 1024)
})
