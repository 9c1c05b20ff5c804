import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, robustScore, Z_LIMIT, Z_MOST } from '../../src/anomaly/robust.js'

/** Whole numbers, so that scaling and shifting by whole numbers is exact. */
const history = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 30 })
const value = fc.integer({ min: -2_000, max: 2_000 })
const floor = fc.integer({ min: 1, max: 20 })

describe('the robust z-score', () => {
  it('is the modified z-score of the handbook: 0.6745 (x − median) / MAD', () => {
    // NIST/SEMATECH e-Handbook, 1.3.5.17; computed by hand: median 4, deviations 3 2 1 0 1 2 5, MAD 2.
    const { median: middle, z } = robustScore([1, 2, 3, 4, 5, 6, 9], 14, () => 0)
    expect(middle).toBe(4)
    expect(z).toBeCloseTo((0.6745 * 10) / 2, 3)
  })

  it('does not change with the unit or with where its scale begins', () => {
    fc.assert(
      fc.property(history, value, floor, fc.integer({ min: 1, max: 100 }), fc.integer(), (past, x, least, k, shift) => {
        const moved = (n: number): number => k * n + (shift % 1_000_000)
        const before = robustScore(past, x, () => least)
        const after = robustScore(past.map(moved), moved(x), () => k * least)
        expect(after.z).toBeCloseTo(before.z, 6)
      }),
    )
  })

  it('changes sign with its values, and does not depend on the order of the history', () => {
    fc.assert(
      fc.property(history, value, floor, (past, x, least) => {
        const { z } = robustScore(past, x, () => least)
        expect(
          robustScore(
            past.map(n => -n),
            -x,
            () => least,
          ).z,
        ).toBeCloseTo(-z, 9)
        expect(robustScore(past.toReversed(), x, () => least).z).toBe(z)
      }),
    )
  })

  it('never believes a spread below the floor, so that a constant history does not shout', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000, max: 1_000 }), fc.integer({ min: 1, max: 30 }), floor, (n, runs, least) => {
        const past = Array<number>(runs).fill(n)
        expect(Math.abs(robustScore(past, n + least * Z_LIMIT, () => least).z)).toBeLessThanOrEqual(Z_LIMIT)
        expect(robustScore(past, n, () => 0).z).toBe(0)
      }),
    )
  })

  it('does not let outliers in the history hide the next one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 990, max: 1_010 }), { minLength: 8, maxLength: 29 }),
        fc.integer({ min: 2_000, max: 1_000_000 }),
        (usual, outlier) => {
          const mean = (all: readonly number[]): number => all.reduce((sum, n) => sum + n, 0) / all.length
          const past = [...usual, outlier]
          expect(robustScore(past, outlier, () => 1).z).toBeGreaterThan(Z_LIMIT)
          // What a mean and a standard deviation say of it: nothing.
          const deviation = Math.sqrt(mean(past.map(n => (n - mean(past)) ** 2)))
          expect((outlier - mean(past)) / deviation).toBeLessThan(Math.sqrt(past.length))
        },
      ),
    )
  })

  it('is finite where the history has no spread at all', () => {
    expect(robustScore([0, 0, 0], 1, () => 0).z).toBe(Z_MOST)
    expect(robustScore([0, 0, 0], -1, () => 0).z).toBe(-Z_MOST)
  })

  it('takes the middle of two, and nothing of none', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5])
    expect(median([Number.MAX_VALUE, Number.MAX_VALUE])).toBe(Number.MAX_VALUE)
    expect(() => median([])).toThrow(RangeError)
  })
})
