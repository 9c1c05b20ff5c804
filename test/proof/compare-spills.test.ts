import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { compareSpills, MAX_LISTED_IDS } from '../../src/proof/compare-spills.js'
import { bucketsFor, MAX_BUCKETS, Spill } from '../../src/proof/spill.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-spill-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

type Pair = readonly [id: string, hash: string]
let attempts = 0

async function compare(source: readonly Pair[], run: readonly Pair[], buckets: number) {
  const fill = (pairs: readonly Pair[], side: string): Spill => {
    const spill = new Spill(folder, `${attempts}-${side}`, buckets)
    for (const [id, hash] of pairs) spill.add(Buffer.from(id), hash)
    return spill
  }
  attempts += 1
  return compareSpills(fill(source, 'source'), fill(run, 'run'), buckets, undefined)
}

/** The definition, id by id, with everything in memory. */
function naive(source: readonly Pair[], run: readonly Pair[]) {
  const found = { missing: [] as string[], extra: [] as string[], changed: [] as string[] }
  for (const id of new Set([...source, ...run].map(([id]) => id))) {
    const [left, right] = [source, run].map(side => side.filter(pair => pair[0] === id).map(pair => pair[1]))
    for (const hash of [...left!]) {
      if (!right!.includes(hash)) continue
      left!.splice(left!.indexOf(hash), 1)
      right!.splice(right!.indexOf(hash), 1)
    }
    const changed = Math.min(left!.length, right!.length)
    for (let n = 0; n < changed; n++) found.changed.push(id)
    for (let n = changed; n < left!.length; n++) found.missing.push(id)
    for (let n = changed; n < right!.length; n++) found.extra.push(id)
  }
  return found
}

it('tells the same as a comparison in memory, whatever the ids, however often each and in how many buckets', async () => {
  const pair = fc.tuple(fc.constantFrom('a', 'b', '"c"', 'ü', '😀', ''), fc.constantFrom('\u0000h', 'ÿ', 'x'))
  const side = fc.array(pair, { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(side, side, fc.integer({ min: 1, max: 5 }), async (source, run, buckets) => {
      const told = await compare(source, run, buckets)
      for (const [kind, ids] of Object.entries(naive(source, run)))
        expect(told[kind as keyof typeof told]).toEqual({ count: ids.length, ids: ids.sort() })
    }),
    { numRuns: 300 },
  )
})

it('writes to disk what is more than a buffer, and finds it all again', async () => {
  const pairs = Array.from({ length: 50_000 }, (_, n): Pair => [`id ${n}`, 'h'.repeat(32)])
  const told = await compare(pairs, [...pairs.slice(2_000), ...pairs.slice(-1), ['other', '']], 300)
  expect((await readdir(folder)).length).toBe(0)
  expect(told).toMatchObject({
    missing: { count: 2_000 },
    extra: { count: 2, ids: ['id 49999', 'other'] },
    changed: { count: 0 },
  })
  const few = await compare(pairs, pairs.slice(1), 2)
  expect((await readdir(folder)).length).toBe(4)
  expect(few).toMatchObject({ missing: { count: 1, ids: ['id 0'] }, extra: { count: 0 } })
})

it('lists no more ids than one can use, and counts them all', async () => {
  const pairs = Array.from({ length: MAX_LISTED_IDS + 5 }, (_, n): Pair => [String(n), ''])
  const { missing } = await compare(pairs, [], 3)
  expect([missing.count, missing.ids.length]).toEqual([MAX_LISTED_IDS + 5, MAX_LISTED_IDS])
})

it('keeps an id of a megabyte short, and apart from others that begin alike', async () => {
  const long = 'x'.repeat(1_000_000)
  const told = await compare([[`${long}1`, 'h']], [[`${long}2`, 'h']], 1)
  expect([told.missing.count, told.extra.count]).toEqual([1, 1])
  expect(told.missing.ids[0]).toMatch(/^x{120}… \(1000001 bytes, SHA-256 [0-9a-f]{64}\)$/)
})

it('takes more buckets for more documents, so that each is about as large', () => {
  expect([0, 1, 100_000, 100_001, 5_000_000].map(bucketsFor)).toEqual([1, 1, 1, 2, 50])
  expect(bucketsFor(1e12)).toBe(MAX_BUCKETS)
})
