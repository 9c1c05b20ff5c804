import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from '../../src/demo/random.js'

describe('random numbers from a seed', () => {
  it('stay within their bounds, both of which can be reached', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -5, max: 5 }), fc.nat(3), (seed, from, span) => {
        const random = new Random(seed)
        const drawn = new Set(Array.from({ length: 400 }, () => random.integer(from, from + span)))
        expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: span + 1 }, (_, step) => from + step))
      }),
    )
  })

  it('repeat for the same seed and differ for another', () => {
    const draw = (seed: string): number[] => {
      const random = new Random(seed)
      return Array.from({ length: 20 }, () => random.integer(0, 1e9))
    }
    expect(draw('a')).toEqual(draw('a'))
    expect(draw('a')).not.toEqual(draw('b'))
  })

  it('rearrange without losing or doubling anything', () => {
    fc.assert(
      fc.property(fc.string(), fc.uniqueArray(fc.nat()), (seed, items) => {
        expect(new Random(seed).shuffled(items).sort()).toEqual([...items].sort())
      }),
    )
  })

  it('pick several different ones', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(6), (seed, count) => {
        const items = ['a', 'b', 'c', 'd']
        const picked = new Random(seed).several(items, count)
        expect(new Set(picked).size).toBe(picked.length)
        expect(picked.length).toBeLessThanOrEqual(Math.min(count, items.length))
      }),
    )
  })

  it('spread evenly enough', () => {
    const random = new Random('spread')
    const counts = new Array<number>(10).fill(0)
    for (let draw = 0; draw < 100_000; draw++) counts[random.integer(0, 9)]!++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })
})
