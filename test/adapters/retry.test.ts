import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { type RetryOptions, withRetry } from '../../src/adapters/retry.js'
import { LakeferryError } from '../../src/errors.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { contentOf, failure, keysOf, objectStoreSuite, text } from '../ports/object-store-suite.js'
import { type Fault, faulty, unreachable } from '../support/faulty-store.js'

let root: string
let lake: ObjectStore
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-retry-'))
  lake = openFsStore({ root })
})
afterEach(() => rm(root, { recursive: true, force: true }))

/** The lake with these faults, one a call, and then none; nobody really sleeps. */
function spoiled(faults: (Fault | Error | undefined)[], options: RetryOptions = {}): ObjectStore & { calls: string[] } {
  const calls: string[] = []
  const next = (call: string): Fault | Error | undefined => {
    calls.push(call)
    return faults.shift()
  }
  return Object.assign(withRetry(faulty(lake, next), { sleep: async () => undefined, ...options }), { calls })
}

describe('conditional puts', () => {
  it('have one outcome, whatever fails around them', async () => {
    const fault = fc.constantFrom<(Fault | undefined)[]>('before', 'after', undefined)
    let n = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 5 }), async faults => {
        const key = `k${n++}`
        expect(await spoiled([...faults]).putIfAbsent(key, text('ours'))).toBe('created')
        expect(await spoiled([...faults]).putIfAbsent(key, text('others'))).toBe('exists')
        expect(await contentOf(lake, key)).toBe('ours')
        const etag = (await lake.head(key))?.etag
        expect(await spoiled([...faults]).putIfMatch(key, text('next'), etag)).toEqual({ written: true })
        expect(await spoiled([...faults]).putIfMatch(key, text('late'), etag)).toEqual({ written: false })
        expect(await contentOf(lake, key)).toBe('next')
      }),
      { numRuns: 60 },
    )
  })

  it('do not read the object when nothing failed before', async () => {
    await lake.put('k', text('theirs'))
    const store = spoiled([])
    expect(await store.putIfAbsent('k', text('theirs'))).toBe('exists')
    expect(store.calls).toEqual(['putIfAbsent'])
  })

  it('go on when the object cannot be read at once', async () => {
    const store = spoiled(['after', undefined, 'before', undefined, 'before'])
    expect(await store.putIfAbsent('k', text('ours'))).toBe('created')
    expect(store.calls).toEqual(['putIfAbsent', 'putIfAbsent', 'get', 'putIfAbsent', 'get', 'putIfAbsent', 'get'])
  })
})

it('repeats every other call as well, and hands a listing on without gaps or doubles', async () => {
  for (const key of ['a', 'b', 'c/x', 'c/y', 'd']) await lake.put(key, text(key))
  const faults = (): (Fault | undefined)[] => ['before', undefined, undefined, 'before', 'before', undefined, 'before']
  expect(await keysOf(spoiled(faults()), '')).toEqual(['a', 'b', 'c/x', 'c/y', 'd'])
  expect(await keysOf(spoiled(faults()), '', { delimiter: '/' })).toEqual(['a', 'b', 'c/', 'd'])
  expect(await keysOf(spoiled(faults()), '', { startAfter: 'b' })).toEqual(['c/x', 'c/y', 'd'])
  expect(await contentOf(spoiled(['before', 'after']), 'a')).toBe('a')
  expect((await spoiled(['before', 'after']).head('a'))?.bytes).toBe(1)
  expect((await spoiled(['before', 'after']).download('a', join(root, 'file'))).bytes).toBe(1)
  await spoiled(['before', 'after']).put('a', text('new'))
  await spoiled(['before', 'after']).delete(['b'])
  expect(await contentOf(lake, 'a')).toBe('new')
  expect(await lake.get('b')).toBeUndefined()
})

it('raises at once what repeating cannot mend', async () => {
  const forbidden = new LakeferryError('LAKE_FORBIDDEN', { lake: 'test:', operation: 'get', reason: 'no' })
  for (const error of [forbidden, new TypeError('a bug'), new LakeferryError('INTERRUPTED', { signal: 'SIGINT' })]) {
    const store = spoiled([error])
    await expect(store.get('k')).rejects.toBe(error)
    expect(store.calls).toEqual(['get'])
  }
})

it('gives up after so many attempts, and says so over the last error', async () => {
  const last = unreachable('the last straw')
  const error: unknown = await spoiled(['before', 'before', last], { attempts: 3 })
    .get('k')
    .catch(e => e)
  expect(error).toMatchObject({ code: 'LAKE_UNREACHABLE', cause: last })
  expect(String(error)).toMatch(/the last straw \(3 attempts in \d+\.\d s\)$/)
})

it('waits at random up to a bound that doubles, within the budget', async () => {
  let clock = 0
  const waits: number[] = []
  const options = {
    baseMs: 100,
    maxMs: 1_000,
    budgetMs: 5_000,
    attempts: 1_000,
    random: () => 0.5,
    now: () => clock,
    sleep: async (ms: number) => {
      waits.push(ms)
      clock += ms
    },
  }
  const store = spoiled(Array<Fault>(1_000).fill('before'), options)
  expect(await failure(store.get('k'))).toBe('LAKE_UNREACHABLE')
  expect(waits.slice(0, 6)).toEqual([50, 100, 200, 400, 500, 500])
  expect(clock).toBeLessThanOrEqual(5_000)
  expect(clock).toBeGreaterThan(4_400)
})

it('stops waiting when it is closed', async () => {
  const store = withRetry(
    faulty(lake, () => 'before'),
    { baseMs: 60_000, budgetMs: 600_000, random: () => 0.99 },
  )
  const begun = performance.now()
  const get = failure(store.get('k'))
  await new Promise(resolve => setTimeout(resolve, 20))
  await store.close()
  expect(await get).toBe('LAKE_UNREACHABLE')
  expect(performance.now() - begun).toBeLessThan(2_000)
})

it('has a local path exactly when the store has one', () => {
  expect(withRetry(lake).localPath?.('k')).toBe(join(root, 'k'))
  expect(withRetry(faulty(lake, () => undefined)).localPath).toBeUndefined()
  expect(() => withRetry(lake, { attempts: 0 })).toThrow(RangeError)
})

describe('behind retries', () => {
  let suiteRoot: string
  beforeAll(async () => {
    suiteRoot = await mkdtemp(join(tmpdir(), 'lakeferry-retry-suite-'))
  })
  afterAll(() => rm(suiteRoot, { recursive: true, force: true }))

  objectStoreSuite('a store that fails in a third of all calls', async () => {
    const store = openFsStore({ root: await mkdtemp(join(suiteRoot, 'lake-')) })
    let state = 1
    const spoil = faulty(store, call => {
      // Numerical Recipes' generator: the same faults in every run.
      state = (state * 1664525 + 1013904223) >>> 0
      const third = Math.floor((state / 2 ** 32) * 6)
      return call === 'list' || third > 1 ? undefined : third === 0 ? 'before' : 'after'
    })
    return withRetry(spoil, { baseMs: 0, attempts: 50 })
  })
})
