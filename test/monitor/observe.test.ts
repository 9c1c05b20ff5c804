import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movePointer } from '../../src/catalog/catalog.js'
import { LakeferryError } from '../../src/errors.js'
import { type Check, type CheckKind, checkId } from '../../src/model/check.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import { type ObserveQuestion, observe } from '../../src/monitor/observe.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit, temporaryLake } from '../catalog/lake-fixture.js'
import { unreachable } from '../support/faulty-store.js'
import { counted } from './counted-store.js'
import { manyRuns } from './many-runs.js'
import { ago, attempt, CONTRACT, claim, judge, look, questionOf, record, runBefore, watched } from './watched-lake.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const SETS = [{ name: 'nightly', datasets: ['papers'], graceSeconds: 900 }]
const EVERYTHING: Partial<ObserveQuestion> = {
  datasets: [watched({ contract: CONTRACT, sets: ['nightly'] })],
  sets: SETS,
  jobs: { remote: true, limitSeconds: 3_600 },
  source: {
    server: 'mongodb://h',
    ask: async () => ({
      clock: { aheadMs: 0, withinMs: 1 },
      oplog: { kind: 'window', seconds: 1e6, from: ago(9), whole: false },
    }),
  },
}

/** A lake of a dataset that has everything there is to look at, and all of it fine. */
async function wellLake(): Promise<void> {
  const days = Array.from({ length: 8 }, (_, index) => (8 - index) * 1440)
  const done = days.map(minutes =>
    attempt({ runId: runBefore(minutes), began: ago(minutes), documents: 9, exportSeconds: 60 }),
  )
  const manifest = await commit(lake, runBefore(60), { documents: 9 })
  await movePointer(lake, manifest)
  await judge(lake, runBefore(60))
  await record(lake, ...done, attempt({ runId: runBefore(60), documents: 9, exportSeconds: 60 }))
  const slots = { version: 1, set: 'nightly', knownUntil: ago(60), slots: [], next: null, nonce: 'n' }
  await lake.put(lakeKey.schedule('nightly'), encodeJson(slots))
}

describe('an observation', () => {
  it('of a lake where all is well is fine throughout, and of every kind that can be looked at here', async () => {
    await wellLake()
    const found = await look(lake, EVERYTHING)
    expect([...found.values()].filter(({ state }) => state !== 'fine')).toEqual([])
    expect([...found.keys()].sort()).toEqual(
      ['clock source', 'freshness papers', 'job papers', 'lake', 'oplog', 'run papers', 'slots nightly', 'source']
        .concat(['stuck papers', 'verdict papers', 'volume papers'])
        .sort(),
    )
  })

  it('names each check once, and only root causes that are there and are not fine', async () => {
    const states = fc.record({
      failed: fc.boolean(),
      stale: fc.boolean(),
      broken: fc.boolean(),
      sourceDown: fc.boolean(),
      lakeDown: fc.boolean(),
      scheduled: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(states, async ({ failed, stale, broken, sourceDown, lakeDown, scheduled }) => {
        const { lake: own, remove: gone } = await temporaryLake()
        try {
          if (stale) await commit(own, runBefore(3000))
          if (broken) await claim(own, runBefore(60), { begun: 60, renewed: 30 })
          const error = { step: 'export', code: 'SOURCE_UNREACHABLE', message: 'm' } as const
          if (failed) await record(own, attempt({ outcome: 'failed', error }))
          const question = questionOf(lakeDown ? failing(own, () => true) : own, {
            ...(scheduled ? { sets: SETS } : {}),
            datasets: [watched({ contract: CONTRACT, sets: scheduled ? ['nightly'] : [] })],
            ...(sourceDown ? { source: { server: 'h', ask: () => Promise.reject(unreachable()) } } : {}),
          })
          const { checks } = await observe(question)
          const byId = new Map(checks.map(check => [checkId(check), check]))
          expect(byId.size).toBe(checks.length)
          for (const { cause, state } of checks) {
            if (cause === undefined) continue
            expect(state).not.toBe('fine')
            expect(byId.get(cause)?.state).not.toBe('fine')
            expect(byId.get(cause)).not.toHaveProperty('cause')
          }
        } finally {
          await gone()
        }
      }),
      { numRuns: 30 },
    )
  })
})

/** The lake, with some calls failing. */
function failing(store: ObjectStore, fails: (key: string) => boolean): ObjectStore {
  const guard = (key: string): void => {
    if (fails(key)) throw unreachable()
  }
  const calls: Pick<ObjectStore, 'url' | 'get' | 'head' | 'list' | 'close'> = {
    url: store.url,
    close: async () => undefined,
    get: async key => {
      guard(key)
      return store.get(key)
    },
    head: async key => {
      guard(key)
      return store.head(key)
    },
    async *list(prefix, options) {
      guard(prefix)
      yield* store.list(prefix, options)
    },
  }
  return calls as ObjectStore
}

describe('what cannot be looked at', () => {
  /** What each check is made of: any of it gone, and nobody can tell. */
  const MADE_OF: readonly [CheckKind, RegExp][] = [
    ['freshness', /^papers\//],
    ['run', /^papers\/|attempts\/|claims\//],
    ['stuck', /^papers\/|attempts\/|claims\//],
    ['verdict', /^papers\/|result\.json$/],
    ['volume', /^papers\/|attempts\//],
    ['job', /jobs\/|attempts\//],
    ['slots', /^_lakeferry\/schedule\//],
  ]
  // The pointer is a cache: without it the rest says it all.
  const KEYS = ['papers/run=', '_manifest.json', 'result.json', '_lakeferry/attempts/', '_lakeferry/claims/'].concat([
    '_lakeferry/jobs/',
    '_lakeferry/schedule/',
  ])

  it.each(KEYS)('because %s fails is unknown, and what is made of other things is as it was', async broken => {
    await wellLake()
    await claim(lake, runBefore(30), { begun: 30, renewed: 0 })
    const found = await look(
      failing(lake, key => key.includes(broken)),
      EVERYTHING,
    )
    const sample = broken === '_manifest.json' ? `papers/${broken}` : broken
    for (const [kind, needs] of MADE_OF) {
      const check = [...found.values()].find(({ kind: of }) => of === kind)
      expect(`${kind} ${check?.state}`).toBe(`${kind} ${needs.test(sample) ? 'unknown' : 'fine'}`)
    }
    expect(found.get('lake')?.state).toBe('fine')
  })

  it('is never fine, whatever call fails', async () => {
    await wellLake()
    let calls = 0
    const counting = failing(lake, () => {
      calls += 1
      return false
    })
    await look(counting, EVERYTHING)
    for (let broken = 0; broken < calls; broken++) {
      let call = 0
      const found = await look(
        failing(lake, () => call++ === broken),
        EVERYTHING,
      )
      expect([...found.values()].some(({ state }) => state === 'unknown' || state === 'wrong')).toBe(true)
    }
  })

  it('for the lake is gone is unknown because of the lake, and the source is looked at all the same', async () => {
    const gone = new LakeferryError('LAKE_CREDENTIALS_MISSING', { lake: 's3://x', tried: ['here'] })
    for (const away of [gone, failing(lake, () => true)]) {
      const found = await look(away, EVERYTHING)
      expect(found.get('lake')).toMatchObject({
        state: 'wrong',
        severity: 'critical',
        seen: expect.stringMatching(/^LAKE_/),
      })
      expect(found.get('source')).toMatchObject({ state: 'fine' })
      const ofLake = [...found.values()].filter(({ kind }) => !['lake', 'source', 'clock', 'oplog'].includes(kind))
      expect(ofLake.map(({ kind }) => kind).sort()).toEqual(
        ['freshness', 'job', 'run', 'slots', 'stuck', 'verdict', 'volume'].sort(),
      )
      for (const check of ofLake)
        expect(check).toMatchObject({ state: 'unknown', cause: 'lake' } satisfies Partial<Check>)
    }
  })

  it('for the lake is silent is given up', async () => {
    const silent = { ...failing(lake, () => false), get: () => sleep(60_000, undefined, { ref: false }) } as ObjectStore
    const found = await look(silent, { ...EVERYTHING, patience: { lakeMs: 30 } })
    expect(found.get('lake')).toMatchObject({ state: 'wrong', seen: 'TOO_LATE: no answer within 0.03 s' })
    expect(found.get('freshness papers')).toMatchObject({ state: 'unknown', cause: 'lake' })
  })

  it('lets a defect of ours be one', async () => {
    const broken = { ...failing(lake, () => false), get: () => Promise.reject(new TypeError('oops')) } as ObjectStore
    await expect(look(broken)).rejects.toThrow(TypeError)
  })
})

describe('the number of requests', () => {
  it('is the same for 10 and for 1,000 runs, however many objects they have', async () => {
    const counts: number[] = []
    for (const runs of [10, 1_000]) {
      const { lake: own, root, remove: gone } = await temporaryLake()
      try {
        const newest = await manyRuns(own, root, runs)
        const { store, requests } = counted(own)
        const found = await look(store, EVERYTHING)
        expect(found.get('freshness papers')).toMatchObject({ state: 'fine', runId: newest })
        expect(found.get('verdict papers')).toMatchObject({ state: 'fine' })
        counts.push(requests.length)
      } finally {
        await gone()
      }
    }
    expect(counts[0]).toBe(counts[1])
    expect(counts[0]).toBeLessThan(15)
  })

  it('has a bound where many runs were left half-done', async () => {
    const counts: number[] = []
    for (const left of [12, 40]) {
      for (let run = 0; run < left; run++) await claim(lake, runBefore(200 + run), { begun: 99, renewed: 90 })
      const { store, requests } = counted(lake)
      await look(store)
      counts.push(requests.length)
    }
    expect(counts[0]).toBe(counts[1])
  })
})
