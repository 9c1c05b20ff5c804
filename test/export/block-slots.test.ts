import fc from 'fast-check'
import { expect, it } from 'vitest'
import { blockCost } from '../../src/export/block-cost.js'
import { BlockSlots } from '../../src/export/block-slots.js'

const MEGABYTE = 1024 * 1024

it('gives each block memory that no other block has as long as it is out', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 3 * MEGABYTE })), { maxLength: 30 }), steps => {
      const slots = new BlockSlots(4 * MEGABYTE)
      const out: { slot: SharedArrayBuffer; mark: number; size: number }[] = []
      for (const [mark, size] of steps.entries()) {
        if (size === null) {
          const first = out.shift()
          if (!first) continue
          const bytes = new Uint8Array(first.slot, 0, first.size)
          expect(bytes.every(byte => byte === first.mark)).toBe(true)
          slots.give(first.slot)
        } else out.push({ slot: slots.fill(new Uint8Array(size).fill(mark)), mark, size })
      }
    }),
    { numRuns: 30 },
  )
})

it('uses slots again, and forgets small ones when large ones are wanted', () => {
  const slots = new BlockSlots(4 * MEGABYTE)
  const small = [1, 2, 3].map(() => slots.fill(new Uint8Array(MEGABYTE)))
  for (const slot of small) slots.give(slot)
  expect(small).toContain(slots.fill(new Uint8Array(10)))
  slots.fill(new Uint8Array(4 * MEGABYTE))
  expect(small).not.toContain(slots.fill(new Uint8Array(10)))
})

it('weighs a block by its bytes, and one with a large document by what that may come to', () => {
  const starts = (...sizes: number[]) => {
    return Uint32Array.from(sizes, (_, n) => sizes.slice(0, n).reduce((sum, size) => sum + size, 0))
  }
  const bytes = (size: number) => ({ length: size }) as Uint8Array
  expect(blockCost(bytes(3_000), starts(1_000, 1_000, 1_000), 5)).toBe(3_000)
  expect(blockCost(bytes(0), starts(), 5)).toBe(0)
  expect(blockCost(bytes(3 * MEGABYTE), starts(MEGABYTE, 2 * MEGABYTE), 1)).toBe((3 + 2 * 7) * MEGABYTE)
  expect(blockCost(bytes(3 * MEGABYTE), starts(2 * MEGABYTE, MEGABYTE), 4)).toBe((3 + 2 * 10) * MEGABYTE)
})
