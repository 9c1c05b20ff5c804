import fc from 'fast-check'
import { compressors } from 'hyparquet-compressors'
import { describe, expect, it, vi } from 'vitest'
import { compressSnappy } from '../../src/parquet/snappy.js'

const decompress = (bytes: Uint8Array, length: number) => Buffer.from(compressors.SNAPPY!(bytes, length))

/** Bytes that are random, or repeat what came some way before: near, far, and just around the border of a fragment. */
const blocks = fc
  .array(
    fc.oneof(
      fc.record({ random: fc.integer({ min: 1, max: 300 }), values: fc.constantFrom(2, 256) }),
      fc.record({ back: fc.constantFrom(1, 2, 3, 4, 7, 60, 2047, 2048, 65_535, 65_536), size: fc.nat(400) }),
      fc.record({ back: fc.constantFrom(1, 5), size: fc.constantFrom(60_000, 65_536) }),
    ),
    { maxLength: 30 },
  )
  .map(parts => {
    const bytes: number[] = []
    let state = 1
    for (const part of parts) {
      if ('random' in part) {
        for (let i = 0; i < part.random; i++) {
          state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
          bytes.push((state >>> 16) % part.values)
        }
      } else for (let i = 0; i < part.size; i++) bytes.push(bytes[bytes.length - part.back] ?? i & 0xff)
    }
    return Uint8Array.from(bytes)
  })

describe('compressSnappy', () => {
  it('makes blocks that another implementation reads back', () => {
    fc.assert(
      fc.property(blocks, block => {
        expect(decompress(compressSnappy(block), block.length).equals(block)).toBe(true)
      }),
    )
  })

  it('takes a block that lies within other bytes, and no bytes at all', () => {
    const bytes = new TextEncoder().encode('before '.repeat(20) + 'within '.repeat(20))
    expect(decompress(compressSnappy(bytes.subarray(140)), 140).toString()).toBe('within '.repeat(20))
    expect([...compressSnappy(new Uint8Array(0))]).toEqual([0])
  })

  it('makes repetition small and what has none hardly larger', () => {
    expect(compressSnappy(new Uint8Array(1_000_000)).length).toBeLessThan(50_000)
    const random = Uint8Array.from({ length: 200_000 }, (_, n) => Math.imul(n ^ (n >>> 7), 0x9e3779b1) >>> 21)
    expect(compressSnappy(random).length).toBeLessThan(random.length * 1.03)
  })

  it('has room for the worst there is: literals just too long for a short tag, each before the shortest of far copies', async () => {
    const bytes: number[] = []
    let state = 1
    for (let n = 0; n < 900; n++) {
      const start = bytes.length
      for (let i = 0; i < 61; i++) {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        bytes.push(state >>> 24)
      }
      // Of forty before it, where the search begins: it steps on these very bytes, then and now.
      if (n >= 40) bytes.push(...bytes.slice(start - 40 * 65 + 1, start - 40 * 65 + 5))
      else bytes.push(0, 0, 0, 0)
    }
    const block = Uint8Array.from(bytes)
    // A new one, whose room no larger block has widened.
    vi.resetModules()
    const fresh = await import('../../src/parquet/snappy.js')
    const compressed = fresh.compressSnappy(block)
    expect(compressed.length).toBeGreaterThan(block.length + 200)
    expect(decompress(compressed, block.length).equals(block)).toBe(true)
  })
})
