import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isCommitted, latestRun, listRuns } from '../../src/catalog/catalog.js'
import { takeOverClaim } from '../../src/catalog/held-claim.js'
import { listUnfinished } from '../../src/catalog/run-listing.js'
import { setAside } from '../../src/catalog/set-aside.js'
import { claimRun } from '../../src/export/claim.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { Garbage } from '../../src/retain/garbage.js'
import { planRetention } from '../../src/retain/plan-sweep.js'
import { sweepDataset } from '../../src/retain/sweep.js'
import { temporaryLake } from '../catalog/lake-fixture.js'
import { keysOf, text } from '../ports/object-store-suite.js'
import { faulty, unreachable } from '../support/faulty-store.js'
import { claim, DAY_MS, HOUR_MS, plan } from './lake-with-garbage.js'
import { goodRuns, NOON, retention, runBefore, store, validated, wholeRuns } from './retained-lake.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const later = (ms: number): Date => new Date(NOON.getTime() + ms)

describe('a run that retention lets go', () => {
  it('goes with all its objects, the manifest first; its verdict and numbers stay', async () => {
    const [old] = [
      await store(lake, runBefore(50), { status: 'pass' }),
      await store(lake, runBefore(2), { status: 'pass' }),
    ]
    await plan(lake, old)
    await lake.put(`${lakeKey.run('papers', old)}_rejects/part-00000.ndjson`, text('reject'))
    // An orphan, whose name comes before the manifest's.
    await lake.put(`${lakeKey.run('papers', old)}NOTES`, text('note'))
    const before = await keysOf(lake, '')
    const dry = await retention(lake, { keepDaily: 1, dryRun: true })
    expect(await keysOf(lake, '')).toEqual(before)

    const swept = await retention(lake, { keepDaily: 1 })
    expect(swept).toEqual(dry)
    expect(swept.gone).toEqual([old])
    expect(swept.removed.map(({ kind, key }) => [kind, key.replaceAll(old, 'OLD')])).toEqual([
      ['expired', 'papers/run=OLD/_manifest.json'],
      ['expired', 'papers/run=OLD/NOTES'],
      ['expired', 'papers/run=OLD/_rejects/part-00000.ndjson'],
      ['expired', 'papers/run=OLD/parquet/part-00000.parquet'],
      ['expired', 'papers/run=OLD/parquet/part-00001.parquet'],
      ['report', 'validation-reports/papers/run=OLD/rows/part-00000.ndjson.gz'],
      ['report', 'validation-reports/papers/run=OLD/violations/part-00000.ndjson.gz'],
      ['plan', '_lakeferry/plans/papers/OLD/plan.json'],
      ['plan', '_lakeferry/plans/papers/OLD/range-000/segment-000000.json'],
    ])
    const gone = new Set(swept.removed.map(({ key }) => key))
    expect(await keysOf(lake, '')).toEqual(before.filter(key => !gone.has(key)))
    expect(await keysOf(lake, `validation-reports/papers/run=${old}/`)).toHaveLength(3)
    expect((await retention(lake, { keepDaily: 1 })).removed).toEqual([])
  })

  it('leaves no reports of a validation that ended after it had gone', async () => {
    const old = await store(lake, runBefore(26))
    await store(lake, runBefore(2))
    await retention(lake, { keepDaily: 1 })
    await validated(lake, 'papers', old, 'pass')
    const dry = await retention(lake, { keepDaily: 1, dryRun: true })
    expect(await retention(lake, { keepDaily: 1 })).toEqual(dry)
    const reports = ['rows/part-00000.ndjson.gz', 'violations/part-00000.ndjson.gz']
    expect(dry.removed.map(({ key }) => key)).toEqual(reports.map(name => lakeKey.report('papers', old, name)))
    // Not those of a run that is back.
    await validated(lake, 'papers', old, 'pass')
    const { removed, kept } = await retention(lake, {
      ...{ keepDaily: 1, between: async () => void (await store(lake, old)) },
    })
    expect([removed, kept.map(({ reason }) => reason)]).toEqual([[], [`run ${old} of papers was committed meanwhile`]])
    expect(await keysOf(lake, '_lakeferry/claims/')).toEqual([])
  })

  it('stays while somebody is at it: a claim, a job of its own or one that reads it, the pointer', async () => {
    const old = [60, 59, 58, 57, 56].map(hours => runBefore(hours))
    for (const runId of old) await store(lake, runId)
    await store(lake, runBefore(2))
    const [claimed, asked, read, pointed, free] = old as [string, string, string, string, string]
    await claim(lake, claimed, { owner: 'alive', renewedAt: NOON })
    const folder = lakeKey.job('papers', asked, 'a'.repeat(16))
    await lake.put(`${folder}asked.json`, encodeJson({ version: 1, since: NOON.toISOString() }))
    const parts = [{ key: lakeKey.part('papers', read, 'parquet', 0) }]
    await lake.put(`${folder}spec.json`, encodeJson({ relations: [{ name: 'to', parts }] }))
    await lake.put(lakeKey.pointer('papers'), encodeJson({ version: 1, runId: pointed }))
    const { gone, decided } = await retention(lake, { keepDaily: 1 })
    expect(gone).toEqual([free])
    expect(decided.map(({ reasons }) => reasons[0])).toEqual([
      expect.stringMatching(/^in the hands of a test/),
      `a job of its validation is in ${folder}`,
      `the job in ${folder} reads it`,
      'papers/_latest.json names it',
      'older than the last 1 day with runs',
      'the newest run',
    ])
    // The job that nobody came back for is swept by the same gc, and holds nothing any more.
    expect((await retention(lake, { keepDaily: 1, now: later(2 * DAY_MS) })).gone).toEqual([asked, read])
  })

  it('is the newest good one no longer only where a better one still stands when its turn comes', async () => {
    const [older, newer, newest] = [runBefore(60), runBefore(30), runBefore(2)]
    await store(lake, older, { status: 'pass' })
    await store(lake, newer, { status: 'pass' })
    await store(lake, newest, { status: 'fail' })
    const spoilt = await retention(lake, {
      ...{ keepDaily: 1, between: () => validated(lake, 'papers', newer, 'fail') },
    })
    expect(spoilt).toMatchObject({
      gone: [],
      kept: [{ runId: older, reason: `run ${newer} was the newest good one, and is not any more` }],
    })
    expect(await goodRuns(lake)).toEqual([older])
    // Nobody had looked at it when it was decided.
    await store(lake, runBefore(20))
    const found = await retention(lake, {
      ...{ keepDaily: 1, between: () => validated(lake, 'papers', runBefore(20), 'pass') },
    })
    expect(found.kept).toEqual([
      { runId: runBefore(20), reason: `run ${runBefore(20)} was validated meanwhile, and is good` },
    ])
    expect(await goodRuns(lake)).toEqual([older, runBefore(20)])
  })

  it('stays when it was set aside meanwhile, damaged, or removed and exported anew', async () => {
    const [aside, damaged, anew] = [runBefore(60), runBefore(59), runBefore(58)]
    for (const runId of [aside, damaged, anew, runBefore(2)]) await store(lake, runId)
    const { gone, kept } = await retention(lake, {
      keepDaily: 1,
      between: async () => {
        await setAside(lake, 'papers', aside, { at: NOON.toISOString(), by: 'a test', reason: 'a look at it' })
        await lake.put(lakeKey.manifest('papers', damaged), text('{"version": 2}'))
        await lake.delete([lakeKey.manifest('papers', anew)])
        await store(lake, anew, { manifest: { committedAt: NOON.toISOString() } })
      },
    })
    expect(gone).toEqual([])
    expect(kept.map(({ reason }) => reason)).toEqual([
      `run ${aside} was set aside meanwhile`,
      expect.stringContaining('version 2'),
      `run ${anew} was removed, and exported anew at ${NOON.toISOString()}`,
    ])
    for (const runId of [aside, damaged, anew])
      expect(await keysOf(lake, `papers/run=${runId}/parquet/`)).toHaveLength(2)
    expect(await keysOf(lake, '_lakeferry/claims/')).toEqual([])
  })
})

describe('a removal that is broken off', () => {
  it('at any write leaves whole runs and the newest good one, and the next gc finishes it without waiting a day', async () => {
    for (let fatal = 0; ; fatal++) {
      const own = await temporaryLake()
      try {
        const old = await store(own.lake, runBefore(26), { status: 'pass' })
        const good = await store(own.lake, runBefore(25), { status: 'pass' })
        const newest = await store(own.lake, runBefore(2), { status: 'fail' })
        let writes = 0
        const dying = faulty(own.lake, call => {
          if (!['delete', 'putIfMatch', 'put', 'putIfAbsent'].includes(call)) return undefined
          // Dead from then on: it cannot tidy up either. Every other time the write itself is carried out.
          if (writes++ < fatal) return undefined
          return writes === fatal + 1 && fatal % 2 === 0 ? 'after' : unreachable()
        })
        const died = await retention(dying, { keepDaily: 1 }).then(
          () => false,
          () => true,
        )
        const seen = await wholeRuns(own.lake)
        expect(seen).toEqual(expect.arrayContaining([good, newest]))
        expect(await latestRun(own.lake, 'papers')).toBe(newest)
        expect(await goodRuns(own.lake)).toContain(good)
        const there = await keysOf(own.lake, '')
        const claimed = there.includes(lakeKey.claim('papers', old))
        if (!seen.includes(old) && there.some(key => key.startsWith(lakeKey.run('papers', old)))) {
          expect(claimed).toBe(true)
          // Nobody takes what is left for an export to go on with, or writes into it.
          expect(await listUnfinished(own.lake, 'papers', later(DAY_MS))).toEqual([])
          await expect(claimRun(own.lake, 'papers', old, NOON)).rejects.toMatchObject({ code: 'RUN_CLAIMED' })
        }
        // It was this process, which lives, that died: as far as the claim goes.
        if (claimed) await asOfADeadProcess(own.lake, old)
        const next = await retention(own.lake, { keepDaily: 1, now: later(2 * 60_000) })
        expect(next.kept).toEqual([])
        const left = await keysOf(own.lake, '')
        expect(left.filter(key => key.includes(old))).toEqual(
          ['profile.json', 'report.html', 'result.json'].map(name => lakeKey.report('papers', old, name)),
        )
        expect((await retention(own.lake, { keepDaily: 1, now: later(2 * 60_000) })).removed).toEqual([])
        if (!died) break
        expect(fatal).toBeLessThan(20)
      } finally {
        await own.remove()
      }
    }
  })

  it('on a machine that cannot be asked is finished after ten minutes', async () => {
    const old = await store(lake, runBefore(26))
    await store(lake, runBefore(2))
    await lake.delete([lakeKey.manifest('papers', old)])
    await claim(lake, old, { owner: 'unknown', renewedAt: NOON })
    const stored = JSON.parse(new TextDecoder().decode((await lake.get(lakeKey.claim('papers', old)))!.body))
    await lake.put(lakeKey.claim('papers', old), encodeJson({ ...stored, removing: true }))
    const early = await retention(lake, { keepDaily: 1, now: later(10 * 60_000) })
    expect(early).toMatchObject({
      removed: [],
      kept: [{ runId: old, reason: expect.stringMatching(/^being removed by a test/) }],
    })
    const dry = await retention(lake, { keepDaily: 1, now: later(10 * 60_000 + 1), dryRun: true })
    const swept = await retention(lake, { keepDaily: 1, now: later(10 * 60_000 + 1) })
    expect(swept).toEqual(dry)
    expect(swept.removed.map(({ kind }) => kind)).toEqual(['expired', 'expired', 'claim'])
    expect((await listRuns(lake, 'papers')).map(({ runId }) => runId)).toEqual([runBefore(2)])
  })
})

describe('several at once', () => {
  it('gcs remove each object once between them, and nobody fails', async () => {
    for (const hours of [100, 99, 80, 79, 60, 59, 30, 29, 2]) await store(lake, runBefore(hours), { status: 'pass' })
    const dry = await retention(lake, { keepDaily: 2, dryRun: true })
    const swept = await Promise.all([1, 2, 3].map(() => retention(lake, { keepDaily: 2 })))
    const keys = swept.flatMap(({ removed }) => removed.map(({ key }) => key))
    expect([...new Set(keys)].sort()).toEqual(dry.removed.map(({ key }) => key).sort())
    expect(await wholeRuns(lake)).toEqual([runBefore(29), runBefore(2)])
    expect(await keysOf(lake, '_lakeferry/')).toEqual([])
  })

  it('what is gone is told, although the removal of an older run failed', async () => {
    for (const hours of [74, 50, 26, 2]) await store(lake, runBefore(hours))
    const oldest = lakeKey.manifest('papers', runBefore(74))
    const failing: ObjectStore = {
      ...faulty(lake, () => undefined),
      delete: async keys => {
        if (!keys.includes(oldest)) return await lake.delete(keys)
        // Until the others are through: their parts go after their manifests, so that only those can be looked for.
        for (const give = Date.now() + 30_000; Date.now() < give; await setTimeout(10)) {
          const there = await Promise.all([50, 26].map(hours => isCommitted(lake, 'papers', runBefore(hours))))
          if (!there.includes(true)) break
        }
        throw unreachable()
      },
    }
    const told: string[] = []
    const deps = { lake: failing, clock: { now: () => NOON }, signal: new AbortController().signal }
    const sweep = { now: NOON, olderThanMs: DAY_MS, dryRun: false }
    const rules = { keepDaily: 1, keepWeekly: 0, graceMs: HOUR_MS }
    const plan = (await planRetention(deps, [{ name: 'papers', judging: {} }], sweep, rules)).get('papers')!
    const removed = (items: readonly Garbage[]): void => void told.push(...items.map(({ key }) => key))
    await expect(sweepDataset(deps, plan, sweep, { removed })).rejects.toMatchObject({ code: 'LAKE_UNREACHABLE' })
    expect(await wholeRuns(lake)).toEqual([runBefore(74), runBefore(2)])
    expect(told).toContain(lakeKey.manifest('papers', runBefore(50)))
    expect(told).toContain(lakeKey.manifest('papers', runBefore(26)))
  })

  it('a gc that keeps a run leaves the claim of one that is removing it', async () => {
    const old = await store(lake, runBefore(26))
    await store(lake, runBefore(2))
    await claim(lake, old, { owner: 'dead', renewedAt: new Date(NOON.getTime() - HOUR_MS) })
    const between = async (): Promise<void> => {
      const other = await takeOverClaim(lake, 'papers', old, { now: NOON, removing: true })
      await lake.delete([lakeKey.manifest('papers', old)])
      await other.leave()
    }
    await retention(lake, { keepDaily: 9, between })
    expect(await keysOf(lake, '_lakeferry/claims/')).toHaveLength(1)
    await retention(lake, { keepDaily: 9, now: later(61_000) })
    expect((await keysOf(lake, '')).filter(key => key.includes(old))).toEqual([])
  })

  it('an export that commits meanwhile loses nothing, and what it overtook stays for an hour', async () => {
    for (const hours of [50, 26, 2]) await store(lake, runBefore(hours))
    const fresh = runBefore(0)
    await retention(lake, { keepDaily: 1, between: async () => void (await store(lake, fresh)) })
    expect(await wholeRuns(lake)).toEqual([runBefore(2), fresh])
    await retention(lake, { keepDaily: 1, now: later(HOUR_MS) })
    expect(await wholeRuns(lake)).toEqual([runBefore(2), fresh])
    await retention(lake, { keepDaily: 1, now: later(HOUR_MS + 10_000) })
    expect(await wholeRuns(lake)).toEqual([fresh])
  })

  it('datasets are retained together, whichever has fewer runs', async () => {
    const cycles = [100, 76, 52, 28, 4].map(hours => runBefore(hours))
    for (const runId of cycles) await store(lake, runId, { status: 'pass' })
    for (const runId of cycles.slice(0, 2)) {
      const references = [{ dataset: 'papers', runId: cycles[0]! }]
      await store(lake, runId, { dataset: 'comments', status: 'pass', references })
    }
    const { gone } = await retention(lake, { keepDaily: 1, datasets: ['papers', 'comments'] })
    // comments keeps its newest run, and with it papers' of the same cycle and the one that it was held to.
    expect(gone).toEqual([cycles[2], cycles[3], cycles[0]])
    expect(await wholeRuns(lake)).toEqual([cycles[0], cycles[1], cycles[4]])
    expect(await wholeRuns(lake, 'comments')).toEqual([cycles[1]])
  })
})

async function asOfADeadProcess(of: ObjectStore, runId: string): Promise<void> {
  const key = lakeKey.claim('papers', runId)
  const stored = JSON.parse(new TextDecoder().decode((await of.get(key))!.body))
  await claim(of, runId, { owner: 'dead', renewedAt: NOON })
  const dead = JSON.parse(new TextDecoder().decode((await of.get(key))!.body))
  await of.put(key, encodeJson({ ...stored, owner: dead.owner }))
}
