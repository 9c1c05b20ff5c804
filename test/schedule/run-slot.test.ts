import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { readLedger, type ScheduleLedger, type SlotLease, type TakenSlot } from '../../src/catalog/schedule-ledger.js'
import type { ScheduleSet } from '../../src/model/schedule-set.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { SlotOutcome } from '../../src/ports/slot-runner.js'
import { HeldSlot } from '../../src/schedule/held-slot.js'
import { runSet, type ScheduleDeps } from '../../src/schedule/run-set.js'
import { runSlot } from '../../src/schedule/run-slot.js'
import { changed, writeLedger } from '../../src/schedule/write-ledger.js'

const SET: ScheduleSet = {
  ...{
    name: 'nightly',
    cron: '0 2 * * *',
    timezone: 'UTC',
    missed: 'run-once',
    jitterSeconds: 0,
    timeLimitSeconds: 60,
  },
}
const SLOT = '2026-05-01T02:00:00.000Z'

let folder: string
let lake: ObjectStore
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-slot-'))
  lake = openFsStore({ root: folder })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const lease = (nonce: string): SlotLease => ({ by: nonce, owner: nonce, since: SLOT, renewedAt: SLOT, nonce })

const taken = (nonce: string): TakenSlot => ({
  ...{ slot: SLOT, state: 'running', runId: 'r', began: SLOT, ended: null, attempts: 1, failures: 0 },
  ...{ exitCode: null, reason: null, notBefore: null, lease: lease(nonce) },
})

async function write(slot: TakenSlot): Promise<TakenSlot> {
  const { ledger, etag } = await readLedger(lake, SET.name)
  const empty: ScheduleLedger = { version: 1, set: SET.name, knownUntil: SLOT, next: null, slots: [], nonce: '' }
  const next = ledger === undefined ? changed(empty, { add: [slot] }) : changed(ledger, { replace: slot })
  expect(await writeLedger(lake, next, etag)).toBe(true)
  return slot
}

const stored = async (): Promise<unknown> => (await readLedger(lake, SET.name)).ledger?.slots[0]

/** @param run - in the place of a process */
function deps(run: (signal: AbortSignal) => Promise<SlotOutcome>, change: Partial<ScheduleDeps> = {}): ScheduleDeps {
  return {
    ...{ lake, clock: { now: () => new Date('2026-05-01T02:00:01Z') }, runner: { run: (_, signal) => run(signal) } },
    ...{ timings: { lookEveryMs: 20, renewEveryMs: 20, silentAfterMs: 60_000 }, signal: new AbortController().signal },
    sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
    tell: () => undefined,
    ...change,
  }
}

/** Ends when it is asked to, with the reason. */
const untilStopped = (reasons: unknown[]) => (signal: AbortSignal) =>
  new Promise<SlotOutcome>(resolve => {
    signal.addEventListener('abort', () => {
      reasons.push(signal.reason)
      resolve({ exitCode: 130 })
    })
  })

describe('a slot at work', () => {
  it('gives signs of life, and is noted as done at its end', async () => {
    const held = new HeldSlot(lake, SET.name, await write(taken('mine')))
    const signs = new Set<unknown>()
    const run = async (): Promise<SlotOutcome> => {
      for (const end = Date.now() + 20_000; signs.size < 3 && Date.now() < end; await delay(5)) {
        signs.add((await readLedger(lake, SET.name)).ledger?.nonce)
      }
      return { exitCode: 1 }
    }
    expect(await runSlot(deps(run), SET, held)).toMatchObject({ state: 'done', exitCode: 1 })
    expect(signs.size).toBe(3)
    expect(await stored()).toMatchObject({ state: 'done', exitCode: 1, lease: null })
  })

  it('is stopped at once when another has taken it over, and writes nothing of it', async () => {
    const held = new HeldSlot(lake, SET.name, await write(taken('mine')))
    await write(taken('another’s'))
    const reasons: unknown[] = []
    expect(await runSlot(deps(untilStopped(reasons)), SET, held)).toBeUndefined()
    expect(reasons).toEqual(['lost'])
    expect(await stored()).toEqual(taken('another’s'))
  })

  it('that was taken over in its last moment writes nothing either', async () => {
    const held = new HeldSlot(lake, SET.name, await write(taken('mine')))
    const run = async (): Promise<SlotOutcome> => {
      await write(taken('another’s'))
      return { exitCode: 0 }
    }
    const slow = { lookEveryMs: 1000, renewEveryMs: 10_000, silentAfterMs: 60_000 }
    expect(await runSlot(deps(run, { timings: slow }), SET, held)).toBeUndefined()
    expect(await stored()).toEqual(taken('another’s'))
  })

  it('is stopped at its time limit, by the time that passed and not by a clock', async () => {
    const held = new HeldSlot(lake, SET.name, await write(taken('mine')))
    const reasons: unknown[] = []
    const after = await runSlot(deps(untilStopped(reasons)), { ...SET, timeLimitSeconds: 1 }, held)
    expect(after).toMatchObject({ state: 'failed', reason: 'stopped: it took longer than 1s' })
  })

  it('stays ours while the lake does not answer', async () => {
    const held = new HeldSlot(lake, SET.name, await write(taken('mine')))
    let away = false
    let asked = 0
    // As it is, but for get.
    const flaky: ObjectStore = new Proxy(lake, {
      get: (store, name: keyof ObjectStore) => {
        if (name === 'get' && away) {
          asked++
          return () => Promise.reject(new Error('away'))
        }
        const member = store[name]
        return typeof member === 'function' ? member.bind(store) : member
      },
    })
    const run = async (signal: AbortSignal): Promise<SlotOutcome> => {
      away = true
      while (asked < 3) await delay(5)
      away = false
      return { exitCode: signal.aborted ? 130 : 0 }
    }
    const own = new HeldSlot(flaky, SET.name, held.slot)
    expect(await runSlot(deps(run, { lake: flaky }), SET, own)).toMatchObject({ state: 'done', exitCode: 0 })
  })
})

describe('a write whose answer got lost', () => {
  it('is known as our own: the slot that it took is run at once', async () => {
    let writes = 0
    const forgetful: ObjectStore = new Proxy(lake, {
      get: (store, name: keyof ObjectStore) => {
        const member = store[name]
        if (name !== 'putIfMatch') return typeof member === 'function' ? member.bind(store) : member
        return async (...words: Parameters<ObjectStore['putIfMatch']>) => {
          writes++
          await store.putIfMatch(...words)
          return { written: false }
        }
      },
    })
    const told: string[] = []
    const tell: ScheduleDeps['tell'] = ({ event }) => told.push(event)
    await runSet(
      deps(async () => ({ exitCode: 0 }), { lake: forgetful, tell }),
      SET,
      { once: true },
    )
    expect(told).toEqual(['started', 'finished', 'next'])
    expect(writes).toBeGreaterThan(1)
    expect(await stored()).toMatchObject({ slot: SLOT, state: 'done' })
  })

  it('and that failed is gone on with at once, by who made it', async () => {
    let writes = 0
    const breaking: ObjectStore = new Proxy(lake, {
      get: (store, name: keyof ObjectStore) => {
        const member = store[name]
        if (name !== 'putIfMatch') return typeof member === 'function' ? member.bind(store) : member
        return async (...words: Parameters<ObjectStore['putIfMatch']>) => {
          const answer = await store.putIfMatch(...words)
          writes++
          // Of the first, which takes the slot, and of the end.
          if (writes === 1 || writes === 3) throw new Error('no answer')
          return answer
        }
      },
    })
    const stop = new AbortController()
    const told: string[] = []
    const tell: ScheduleDeps['tell'] = ({ event }) => {
      told.push(event)
      if (event === 'next') stop.abort()
    }
    await runSet(
      deps(async () => ({ exitCode: 0 }), { lake: breaking, tell, signal: stop.signal }),
      SET,
    )
    expect(told).toEqual(['trouble', 'started', 'trouble', 'finished', 'next'])
    expect(await stored()).toMatchObject({ state: 'done', attempts: 2 })
  })

  it('of another is no write of ours: a lake that refuses everything is told of', async () => {
    const refusing: ObjectStore = new Proxy(lake, {
      get: (store, name: keyof ObjectStore) => {
        const member = store[name]
        if (name === 'putIfMatch') return async () => ({ written: false })
        return typeof member === 'function' ? member.bind(store) : member
      },
    })
    const run = runSet(
      deps(async () => ({ exitCode: 0 }), { lake: refusing }),
      SET,
      { once: true },
    )
    await expect(run).rejects.toMatchObject({ code: 'LAKE_NO_CONDITIONAL_WRITE' })
  })
})
