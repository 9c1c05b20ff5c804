import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { type RetryOptions, withRetry } from '../../src/adapters/retry.js'
import { LakeferryError } from '../../src/errors.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { contentOf, failure, keysOf, leftoversOf, objectStoreSuite, text } from '../ports/object-store-suite.js'
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
  const store = spoiled([undefined, ...Array<Fault>(1_000).fill('before')], options)
  await store.get('k')
  expect(await failure(store.get('k'))).toBe('LAKE_UNREACHABLE')
  expect(waits.slice(0, 6)).toEqual([50, 100, 200, 400, 500, 500])
  expect(clock).toBeLessThanOrEqual(5_000)
  expect(clock).toBeGreaterThan(4_400)
})

describe('the budget', () => {
  /** A store whose every attempt takes `attemptMs` of a clock of its own, and fails after the first `answers`. */
  function slow(attemptMs: number, answers: number, options: RetryOptions = {}) {
    let clock = 0
    let attempts = 0
    const store = withRetry(
      faulty(lake, () => {
        clock += attemptMs
        attempts += 1
        return attempts > answers ? 'before' : undefined
      }),
      {
        random: () => 0.5,
        now: () => clock,
        sleep: async ms => {
          clock += ms
        },
        ...options,
      },
    )
    /** Attempts and seconds of one call that fails. */
    const spent = async (): Promise<[number, number]> => {
      const before = [attempts, clock] as const
      expect(await failure(store.get('k'))).toBe('LAKE_UNREACHABLE')
      return [attempts - before[0], (clock - before[1]) / 1_000]
    }
    return { store, spent }
  }

  it('has a store that says nothing asked three times, within two minutes', async () => {
    const { store, spent } = slow(33_000, 1)
    await store.get('k')
    const [attempts, seconds] = await spent()
    expect(attempts).toBe(3)
    expect(seconds).toBeLessThan(120)
  })

  it('has a store that refuses asked for a minute', async () => {
    const { store, spent } = slow(1, 1)
    await store.get('k')
    const [attempts, seconds] = await spent()
    expect(attempts).toBeGreaterThan(12)
    expect(seconds).toBeGreaterThan(50)
    expect(seconds).toBeLessThanOrEqual(60.2)
  })

  it('repeats an attempt that took longer than all of it', async () => {
    const { store, spent } = slow(100_000, 1)
    await store.get('k')
    expect((await spent())[0]).toBe(2)
  })

  it('is short for what comes after a call that used it up, and whole again after an answer', async () => {
    const { store, spent } = slow(33_000, 1)
    await store.get('k')
    await spent()
    expect(await spent()).toEqual([1, 33])
    expect(await spent()).toEqual([1, 33])
    // And no attempt is waited for any longer than that.
    let hangs = false
    const hanging: ObjectStore = {
      ...faulty(lake, () => undefined),
      get: async () => (hangs ? await new Promise<never>(() => undefined) : Promise.reject(unreachable())),
    }
    const silent = withRetry(hanging, { attempts: 1, spentBudgetMs: 50 })
    await silent.head('k')
    expect(await failure(silent.get('k'))).toBe('LAKE_UNREACHABLE')
    hangs = true
    await expect(silent.get('k')).rejects.toThrow(
      /^a request on file:.* failed: no answer within 0.05 s, nor to the requests before/,
    )

    const faults: (Fault | undefined)[] = [undefined, ...Array<Fault>(2).fill('before'), undefined, 'before', undefined]
    const flaky = spoiled(faults, { attempts: 2, budgetMs: 60_000, now: () => 0 })
    await flaky.get('k')
    expect(await failure(flaky.get('k'))).toBe('LAKE_UNREACHABLE')
    expect(await flaky.get('k')).toBeUndefined()
    expect(await flaky.get('k')).toBeUndefined()
  })

  it('is cut for calls under way when another has used it up', async () => {
    let clock = 0
    const waiting: (() => void)[] = []
    const store = withRetry(
      faulty(lake, call => (call === 'head' ? undefined : 'before')),
      {
        random: () => 1,
        baseMs: 20_000,
        maxMs: 20_000,
        now: () => clock,
        sleep: () => new Promise(resolve => waiting.push(() => resolve())),
      },
    )
    await store.head('k')
    const early = failure(store.get('k'))
    const tick = async (ms: number): Promise<void> => {
      clock += ms
      for (const wake of waiting.splice(0)) wake()
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    await tick(0)
    await tick(20_000)
    const late = failure(store.get('l'))
    await tick(0)
    await tick(25_000)
    // Another 20 s would be more than the first one's minute, and more than the 15 s that the second then has left.
    expect(await early).toBe('LAKE_UNREACHABLE')
    await tick(1)
    expect(await late).toBe('LAKE_UNREACHABLE')
    expect(waiting).toEqual([])
  })

  it('is some seconds while the store has never answered, so that a wrong address is told soon', async () => {
    const { spent } = slow(1, 0)
    const [attempts, seconds] = await spent()
    expect(attempts).toBe(8)
    expect(seconds).toBeLessThan(10)
  })
})

describe('a store that asks to be left alone', () => {
  const asking = (seconds: number): LakeferryError =>
    new LakeferryError('LAKE_UNREACHABLE', {
      lake: 'test:',
      operation: 'get',
      reason: 'SlowDown',
      retryAfterMs: seconds * 1_000,
    })

  it('is left alone for so long', async () => {
    const waits: number[] = []
    const sleep = async (ms: number): Promise<void> => void waits.push(ms)
    const store = spoiled([asking(7), asking(2)], { sleep, random: () => 0.5 })
    await store.get('k')
    expect(waits).toEqual([7_050, 2_100])
  })

  it('for longer than the budget is not asked again', async () => {
    const store = spoiled([asking(3_600)])
    await expect(store.get('k')).rejects.toThrow(/SlowDown \(asked to be left alone for 3600 s\)$/)
    expect(store.calls).toEqual(['get'])
  })
})

it('knows a large object for its own without reading it into memory', async () => {
  const [ours, theirs] = [new Uint8Array(9 << 20).fill(1), new Uint8Array(9 << 20).fill(2)]
  const store = spoiled(['after'])
  expect(await store.putIfAbsent('big', ours)).toBe('created')
  expect(store.calls).toEqual(['putIfAbsent', 'putIfAbsent', 'head', 'download'])
  expect(await spoiled(['before']).putIfAbsent('big', theirs)).toBe('exists')
  const longer = spoiled(['before'])
  expect(await longer.putIfAbsent('big', new Uint8Array(10 << 20))).toBe('exists')
  expect(longer.calls).toEqual(['putIfAbsent', 'putIfAbsent', 'head'])
})

it('tells each leftover once, though telling them fails in the middle', async () => {
  await lake.put('x', text('x'))
  for (const name of ['1-a', '2-b', '3-c']) await writeFile(join(root, '.lakeferry/unfinished', name), 'half')
  const found = await leftoversOf(spoiled([undefined, 'before', undefined, undefined, 'before']))
  expect(found.map(({ id }) => id)).toEqual(['unfinished/1-a', 'unfinished/2-b', 'unfinished/3-c'])
  await spoiled(['before', 'after']).removeLeftover(found[0]!)
  expect((await leftoversOf(lake)).map(({ id }) => id)).toEqual(['unfinished/2-b', 'unfinished/3-c'])
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
  // Of the minute that it would have waited.
  expect(performance.now() - begun).toBeLessThan(30_000)
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
