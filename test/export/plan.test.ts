import { describe, expect, it } from 'vitest'
import { orderedFormats, readersFor } from '../../src/export/plan.js'
import type { CollectionFacts } from '../../src/ports/document-source.js'

const MEBIBYTE = 1024 * 1024
const facts = (mebibytes: number): CollectionFacts => ({
  kind: 'collection',
  documents: 1,
  bytes: mebibytes * MEBIBYTE,
})

describe('the number of readers', () => {
  it('is one for a small collection, an empty one and one of unknown size, whatever is allowed', () => {
    for (const size of [0, 1, 256]) expect(readersFor(facts(size), 4, 8)).toBe(1)
  })

  it('is one for each 256 MiB, up to half the workers', () => {
    expect([257, 512, 513, 100_000].map(size => readersFor(facts(size), 4))).toEqual([2, 2, 2, 2])
    expect([257, 100_000].map(size => readersFor(facts(size), 2))).toEqual([1, 1])
  })

  it('follows the bound that the user sets', () => {
    expect([257, 513, 100_000].map(size => readersFor(facts(size), 2, 3))).toEqual([2, 3, 3])
  })
})

describe('the formats of a run', () => {
  it('are in one order and each once, however they were typed', () => {
    expect(orderedFormats(['parquet', 'json', 'parquet'])).toEqual(['json', 'parquet'])
  })
})
