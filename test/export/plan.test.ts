import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLakeferryError } from '../../src/errors.js'
import { orderedFormats, planResources, type ResourceWishes, readersFor } from '../../src/export/plan.js'
import { FORMATS } from '../../src/model/format.js'
import type { CollectionFacts } from '../../src/ports/document-source.js'

const MEBIBYTE = 1024 * 1024
const facts = (mebibytes: number): CollectionFacts => ({
  kind: 'collection',
  bytes: mebibytes * MEBIBYTE,
})

describe('the number of readers', () => {
  const readers = (size: number, workers: number, asked?: number, readersMost = 8) =>
    readersFor(facts(size), { workers, readersMost }, asked)

  it('is one for a small collection, an empty one and one of unknown size, whatever is allowed', () => {
    for (const size of [0, 1, 256]) expect(readers(size, 4, 8)).toBe(1)
  })

  it('is one for each 256 MiB, up to half the workers', () => {
    expect([257, 512, 513, 100_000].map(size => readers(size, 4))).toEqual([2, 2, 2, 2])
    expect([257, 100_000].map(size => readers(size, 2))).toEqual([1, 1])
  })

  it('follows the bound that the user sets, as far as there is memory', () => {
    expect([257, 513, 100_000].map(size => readers(size, 2, 3))).toEqual([2, 3, 3])
    expect(readers(100_000, 8, 8, 2)).toBe(2)
  })
})

describe('what an export may take', () => {
  const wishes = fc.record({
    memoryBytes: fc.integer({ min: 256, max: 4096 }).map(size => size * MEBIBYTE),
    cores: fc.integer({ min: 1, max: 64 }),
    partBytes: fc.integer({ min: 1, max: 256 }).map(size => size * MEBIBYTE),
    formats: fc.subarray([...FORMATS], { minLength: 1 }),
    partitioned: fc.boolean(),
  })
  const attempt = (asked: ResourceWishes) => {
    try {
      return { plan: planResources(asked), least: undefined }
    } catch (error) {
      if (!isLakeferryError(error, 'LIMITS_TOO_SMALL')) throw error
      return { plan: undefined, least: error.details.leastBytes }
    }
  }

  it('is planned, or refused with the least memory that would do', () => {
    fc.assert(
      fc.property(wishes, asked => {
        const { least } = attempt(asked)
        if (least === undefined) return
        expect(least).toBeGreaterThan(asked.memoryBytes)
        expect(attempt({ ...asked, memoryBytes: least }).least).toBeUndefined()
        expect(attempt({ ...asked, memoryBytes: least - 1 }).least).toBe(least)
      }),
    )
  })

  it('never is less with more memory, and stays below it', () => {
    fc.assert(
      fc.property(wishes, fc.integer({ min: 0, max: 4096 }), (asked, more) => {
        const { plan } = attempt(asked)
        if (!plan) return
        const larger = planResources({ ...asked, memoryBytes: asked.memoryBytes + more * MEBIBYTE })
        expect(larger.workers).toBeGreaterThanOrEqual(plan.workers)
        expect(larger.readersMost).toBeGreaterThanOrEqual(plan.readersMost)
        expect(plan.workers).toBeLessThanOrEqual(asked.cores)
        expect(plan.ceilingBytes).toBeLessThan(asked.memoryBytes)
      }),
    )
  })

  it('is two threads for all five formats by default, as for one', () => {
    const asked = { memoryBytes: 512 * MEBIBYTE, cores: 2, partBytes: 16 * MEBIBYTE, partitioned: false }
    expect(planResources({ ...asked, formats: FORMATS }).workers).toBe(2)
    expect(planResources({ ...asked, formats: ['parquet'] }).workers).toBe(2)
  })

  it('has room for 16 MB of control characters by default, in all formats and on any machine', () => {
    const asked = { memoryBytes: 512 * MEBIBYTE, partBytes: 16 * MEBIBYTE, partitioned: false }
    for (const cores of [1, 2, 8, 64]) {
      const { room } = planResources({ ...asked, cores, formats: FORMATS })
      const needed = 6 * 16 * MEBIBYTE * room!.perText + 16 * MEBIBYTE * room!.perBson
      expect(room!.bytes).toBeGreaterThanOrEqual(needed)
    }
  })

  it('has a message with the sizes as the configuration takes them', () => {
    const asked = { memoryBytes: 256 * MEBIBYTE, partBytes: 256 * MEBIBYTE, partitioned: false }
    expect(() => planResources({ ...asked, formats: ['parquet'] })).toThrow(
      /^parts of 256MB in parquet need \d+MB of memory, and limits.memory is 256MB$/,
    )
  })
})

describe('the formats of a run', () => {
  it('are in one order and each once, however they were typed', () => {
    expect(orderedFormats(['parquet', 'json', 'parquet'])).toEqual(['json', 'parquet'])
  })
})
