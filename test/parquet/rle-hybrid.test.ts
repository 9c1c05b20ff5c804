import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bitWidth, hybridBound, writeHybrid } from '../../src/parquet/rle-hybrid.js'

/** As the specification tells it: bit by bit. */
function readHybrid(bytes: Uint8Array, width: number, count: number): number[] {
  const values: number[] = []
  let at = 0
  while (values.length < count) {
    let header = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      header |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    if (header % 2 === 0) {
      let value = 0
      for (let byte = 0; byte < Math.ceil(width / 8); byte++) value += bytes[at++]! * 2 ** (8 * byte)
      for (let repeat = 0; repeat < header / 2; repeat++) values.push(value)
    } else {
      const bits = (header >> 1) * 8 * width
      for (let bit = 0; bit < bits; bit += width) {
        let value = 0
        for (let b = 0; b < width; b++) value += ((bytes[at + ((bit + b) >> 3)]! >> ((bit + b) & 7)) & 1) * 2 ** b
        values.push(value)
      }
      at += bits / 8
    }
  }
  expect(at).toBe(bytes.length)
  return values.slice(0, count)
}

/** Runs of all lengths beside one another: each value with how often it comes. */
const runs = (most: number) =>
  fc.array(fc.tuple(fc.nat(most), fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 40 }))), {
    maxLength: 40,
  })

it('writes what reads back as the same values, in the room that was asked for', () => {
  const cases = fc.integer({ min: 1, max: 24 }).chain(width => fc.tuple(fc.constant(width), runs(2 ** width - 1)))
  fc.assert(
    fc.property(cases, ([width, list]) => {
      const values = list.flatMap(([value, times]) => new Array<number>(times).fill(value))
      const target = new Uint8Array(7 + hybridBound(values.length, width))
      const end = writeHybrid(target, 7, Uint32Array.from(values), values.length, width)
      expect(end).toBeLessThanOrEqual(target.length)
      expect(readHybrid(target.subarray(7, end), width, values.length)).toEqual(values)
    }),
    { numRuns: 1000 },
  )
})

it('writes any number of equal levels in a few bytes', () => {
  const levels = new Uint8Array(1_000_000).fill(1)
  const target = new Uint8Array(hybridBound(levels.length, 1))
  const end = writeHybrid(target, 0, levels, levels.length, 1)
  expect([...target.subarray(0, end)]).toEqual([0x80, 0x89, 0x7a, 1])
})

it('knows the bits that a level needs', () => {
  expect([0, 1, 2, 3, 4, 7, 8, 255].map(bitWidth)).toEqual([0, 1, 2, 2, 3, 3, 4, 8])
})
