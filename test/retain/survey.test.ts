import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { manifestOf, temporaryLake } from '../catalog/lake-fixture.js'
import { keysOf, text } from '../ports/object-store-suite.js'
import { faulty } from '../support/faulty-store.js'
import { breakOffDead, claim, HOUR_MS } from './lake-with-garbage.js'
import { NOON, retention, runBefore, store, wholeRuns } from './retained-lake.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

it('reads two objects for each run, however many it has', async () => {
  const calls: Record<string, number> = {}
  const counted = faulty(lake, call => {
    calls[call] = (calls[call] ?? 0) + 1
    return undefined
  })
  // As many as are surveyed at once, and some more.
  for (let n = 0; n < 20; n++) await store(lake, runBefore(24 * n + 1), { status: 'pass', parts: n % 5 })
  const { gone } = await retention(counted, { keepDaily: 20 })
  expect(gone).toEqual([])
  // The pointer is the one that is not of a run.
  expect(calls['get']).toBe(2 * 20 + 1)
  expect(calls['head']).toBeUndefined()
})

it('keeps a run whose manifest does not tell when it was committed, is damaged, or of a later version', async () => {
  const [untold, damaged, newer] = [runBefore(99), runBefore(98), runBefore(97)]
  await lake.put(lakeKey.manifest('papers', untold), encodeJson(manifestOf(untold, { committedAt: 'soon' })))
  await lake.put(lakeKey.manifest('papers', damaged), text('{'))
  await lake.put(lakeKey.manifest('papers', newer), text('{"version": 2}'))
  await store(lake, runBefore(2))
  const { gone, decided, kept } = await retention(lake, { keepDaily: 1 })
  expect(gone).toEqual([])
  expect(decided.map(({ reasons }) => reasons[0])).toEqual([
    'was committed at soon',
    expect.stringContaining('not JSON'),
    expect.stringContaining('version 2'),
    'the newest run',
  ])
  expect(kept.map(({ runId }) => runId)).toEqual([damaged, newer])
})

/** Runs by distinct ids: an id is claimed once, so that no run is begun again on what is left of another. */
const runs = fc.uniqueArray(
  fc.record({
    hours: fc.integer({ min: 0, max: 200 }),
    status: fc.constantFrom('pass', 'warn', 'fail', undefined),
    parts: fc.nat(2),
    orphan: fc.boolean(),
    state: fc.constantFrom('whole', 'whole', 'whole', 'claimed', 'half removed', 'unfinished'),
  }),
  { maxLength: 6, selector: ({ hours }) => hours },
)

it('whatever is on the lake, a dry run tells what goes, readers see whole runs, and a second gc finds nothing', async () => {
  await fc.assert(
    fc.asyncProperty(runs, fc.nat(3), fc.nat(2), async (drawn, keepDaily, keepWeekly) => {
      const { lake: own, remove: removeOwn } = await temporaryLake()
      try {
        for (const { hours, status, parts, orphan, state } of drawn) {
          const runId = runBefore(hours)
          const dead = { owner: 'dead', renewedAt: new Date(NOON.getTime() - HOUR_MS) } as const
          if (state === 'unfinished') {
            await breakOffDead(own, runId, { renewedAt: dead.renewedAt })
            continue
          }
          await store(own, runId, { parts, ...(status === undefined ? {} : { status }) })
          if (orphan) await own.put(`${lakeKey.run('papers', runId)}orphan`, text('orphan'))
          if (state === 'whole') continue
          await claim(own, runId, dead)
          if (state === 'claimed') continue
          const stored = JSON.parse(new TextDecoder().decode((await own.get(lakeKey.claim('papers', runId)))!.body))
          await own.put(lakeKey.claim('papers', runId), encodeJson({ ...stored, removing: true }))
          await own.delete([lakeKey.manifest('papers', runId)])
        }
        const numbers = { keepDaily: keepDaily + (keepWeekly === 0 ? 1 : 0), keepWeekly }
        const [before, seen] = [await keysOf(own, ''), await wholeRuns(own)]
        const dry = await retention(own, { ...numbers, dryRun: true })
        expect(await keysOf(own, '')).toEqual(before)
        expect(await retention(own, numbers)).toEqual(dry)
        const gone = new Set(dry.removed.map(({ key }) => key))
        expect(gone.size).toBe(dry.removed.length)
        expect(await keysOf(own, '')).toEqual(before.filter(key => !gone.has(key)))
        expect(await wholeRuns(own)).toEqual(seen.filter(runId => !dry.gone.includes(runId)))
        expect((await retention(own, numbers)).removed).toEqual([])
      } finally {
        await removeOwn()
      }
    }),
    { numRuns: 15 },
  )
})
