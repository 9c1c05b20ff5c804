import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takeOverClaim } from '../../src/catalog/held-claim.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import { newRunId, runIdInstant } from '../../src/model/run-id.js'
import type { Leftover, ObjectStore } from '../../src/ports/object-store.js'
import { breakOff, commit, manifestOf, runAt, temporaryLake, withHook } from '../catalog/lake-fixture.js'
import { keysOf, text } from '../ports/object-store-suite.js'
import { faulty, unreachable } from '../support/faulty-store.js'
import { breakOffDead, claim, commitWithOrphan, DAY_MS, HOUR_MS, plan, type Swept, sweep } from './lake-with-garbage.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const runId = runAt(1)
const begun = runIdInstant(runId)
const later = (ms: number): Date => new Date(begun.getTime() + ms)
const keys = ({ removed }: Swept): string[] => removed.map(({ key }) => key)

describe('an unfinished run', () => {
  it('of a dead process goes at once, but for a moment in which its last write may still arrive', async () => {
    await breakOffDead(lake, runId, { renewedAt: begun })
    expect((await sweep(lake, { now: later(59_000) })).kept[0]?.reason).toMatch(/^broken off only just/)
    expect(await sweep(lake, { now: later(61_000) })).toMatchObject({
      removed: [
        { kind: 'unfinished', key: lakeKey.part('papers', runId, 'parquet', 0), bytes: 1, since: begun.toISOString() },
        { kind: 'claim', key: lakeKey.claim('papers', runId), since: begun.toISOString() },
      ],
      kept: [],
    })
    expect(await keysOf(lake, '')).toEqual([])
  })

  it('that can be resumed stays for as long as was asked, whoever began it', async () => {
    await breakOffDead(lake, runId, { renewedAt: begun, resumable: true })
    const left = runAt(2)
    await breakOff(lake, left)
    await plan(lake, left)
    await claim(lake, left, { owner: 'unknown', renewedAt: null, at: begun })
    const before = await sweep(lake, { now: later(DAY_MS) })
    expect(before.removed).toEqual([])
    expect(before.kept.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^broken off, and can be resumed/),
      expect.stringMatching(/^broken off, and can be resumed/),
    ])
    await sweep(lake, { now: later(DAY_MS + 1_000) })
    expect(await keysOf(lake, '')).toEqual([])
  })

  it('of a process that lives is never touched', async () => {
    await breakOff(lake, runId)
    await plan(lake, runId)
    await claim(lake, runId, { owner: 'alive', renewedAt: begun })
    const there = await keysOf(lake, '')
    const swept = await sweep(lake, { now: later(400 * DAY_MS), olderThanMs: 1_000 })
    expect(swept).toMatchObject({
      removed: [],
      kept: [{ runId, reason: expect.stringMatching(/^in the hands of a test/) }],
    })
    expect(await keysOf(lake, '')).toEqual(there)
  })

  it.each([
    ['of another machine', { owner: 'unknown', renewedAt: begun }],
    ['of version 0.1.0, which gave no signs of life', { at: begun }],
    ['without a claim', undefined],
  ] as const)('%s goes by its age, and never within ten minutes', async (_, facts) => {
    await breakOff(lake, runId)
    if (facts !== undefined) await claim(lake, runId, facts)
    const there = await keysOf(lake, '')
    for (const [ms, olderThanMs] of [
      [DAY_MS - 1_000, DAY_MS],
      [599_000, 1_000],
    ] as const) {
      expect((await sweep(lake, { now: later(ms), olderThanMs })).kept).toHaveLength(1)
      expect(await keysOf(lake, '')).toEqual(there)
    }
    expect((await sweep(lake, { now: later(601_000), olderThanMs: 1_000 })).removed).toHaveLength(there.length)
    expect(await keysOf(lake, '')).toEqual([])
  })

  it('takes what came after the first look with it, and fences its writer off', async () => {
    await breakOff(lake, runId)
    const slow = await takeOverClaim(lake, 'papers', runId, { now: begun })
    // The writer is on another machine, as far as this one can tell.
    const stored = JSON.parse(new TextDecoder().decode((await lake.get(lakeKey.claim('papers', runId)))?.body))
    await lake.put(lakeKey.claim('papers', runId), encodeJson({ ...stored, owner: 'another-boot/1/1/1/x' }))
    let late = 0
    const hooked = withHook(lake, 'putIfMatch', async () => {
      if (late++ === 0) await lake.put(lakeKey.part('papers', runId, 'parquet', 1), text('late'))
    })
    expect(keys(await sweep(hooked, { now: later(2 * DAY_MS) }))).toContain(lakeKey.part('papers', runId, 'parquet', 1))
    expect(await keysOf(lake, '')).toEqual([])
    await expect(slow.renew(later(2 * DAY_MS))).rejects.toMatchObject({ code: 'RUN_LOST' })
  })

  it('that is committed between the look and the removal stays whole', async () => {
    await breakOffDead(lake, runId, { renewedAt: begun })
    const hooked = withHook(lake, 'putIfMatch', async () => void (await commit(lake, runId)))
    const swept = await sweep(hooked, { now: later(HOUR_MS) })
    expect(swept).toMatchObject({ removed: [], kept: [{ runId, reason: expect.stringContaining('committed') }] })
    expect(await keysOf(lake, 'papers/')).toHaveLength(2)
  })
})

describe('a committed run', () => {
  it('loses what its manifest does not name, and its claim and plan when nobody is at them', async () => {
    const { named, orphan } = await commitWithOrphan(lake, runId)
    await plan(lake, runId)
    await claim(lake, runId, { owner: 'dead', renewedAt: begun })
    const swept = await sweep(lake, { now: later(HOUR_MS) })
    expect(swept.removed.map(({ kind, key }) => [kind, key])).toEqual([
      ['orphan', orphan],
      ['plan', lakeKey.planFile('papers', runId)],
      ['plan', `${lakeKey.plan('papers', runId)}range-000/segment-000000.json`],
      ['claim', lakeKey.claim('papers', runId)],
    ])
    expect(await keysOf(lake, '')).toEqual(named.toSorted())
  })

  it('keeps the claim of a writer that is about to remove it', async () => {
    await commit(lake, runId)
    for (const facts of [
      { owner: 'alive', renewedAt: begun },
      { owner: 'unknown', renewedAt: later(HOUR_MS - 1_000) },
    ] as const) {
      await claim(lake, runId, facts)
      expect((await sweep(lake, { now: later(HOUR_MS), olderThanMs: 1_000 })).removed).toEqual([])
    }
  })

  it('loses the claim of a gc that died before its manifest was gone, and is whole', async () => {
    const { named, orphan } = await commitWithOrphan(lake, runId)
    await lake.delete([orphan])
    await claim(lake, runId, { owner: 'dead', renewedAt: begun })
    const stored = JSON.parse(new TextDecoder().decode((await lake.get(lakeKey.claim('papers', runId)))?.body))
    await lake.put(lakeKey.claim('papers', runId), encodeJson({ ...stored, removing: true }))
    const dry = await sweep(lake, { now: later(HOUR_MS), dryRun: true })
    expect(await sweep(lake, { now: later(HOUR_MS) })).toEqual(dry)
    expect(await keysOf(lake, '')).toEqual(named.toSorted())
  })

  it('keeps everything when its manifest cannot be read, and what a later version’s manifest names', async () => {
    await breakOff(lake, runId)
    await lake.put(lakeKey.manifest('papers', runId), text('{"version": 2}'))
    const newer = runAt(2)
    await breakOff(lake, newer)
    const named = { ...manifestOf(newer), proofs: [{ files: [lakeKey.part('papers', newer, 'parquet', 0)] }] }
    await lake.put(lakeKey.manifest('papers', newer), encodeJson(named))
    const swept = await sweep(lake, { now: later(9 * DAY_MS) })
    expect(swept).toMatchObject({ removed: [], kept: [{ runId, reason: expect.stringContaining('version 2') }] })
  })
})

describe('what belongs to no run', () => {
  it('goes when it is old, but for the uploads of other programs and of writers at work', async () => {
    const upload = (key: string | undefined, since: Date, abandoned = false): Leftover => ({
      ...{ id: `id of ${key}`, key, since, bytes: 5, abandoned },
    })
    const [atWork, given] = [runAt(2), runAt(3)]
    await claim(lake, atWork, { owner: 'alive', renewedAt: begun })
    await claim(lake, given, { owner: 'dead', renewedAt: begun })
    const own = [
      upload(lakeKey.part('papers', given, 'parquet', 0), begun),
      upload('papers/_latest.json', begun),
      upload('validation-reports/papers/run=x/report.html', begun),
      upload(undefined, begun),
      upload(undefined, later(2 * DAY_MS), true),
    ]
    const others = [
      upload('other/program.bin', begun),
      upload('papers/run=of-somebody-else/x', begun),
      upload(lakeKey.part('papers', atWork, 'parquet', 0), begun),
      upload(undefined, later(2 * DAY_MS)),
    ]
    const gone: string[] = []
    const shared: ObjectStore = {
      ...faulty(lake, () => undefined),
      async *leftovers() {
        yield* [...own, ...others]
      },
      removeLeftover: async ({ id }) => void gone.push(id),
    }
    const now = later(2 * DAY_MS + 1_000)
    expect((await sweep(shared, { now, dryRun: true })).scraps.map(({ id }) => id)).toEqual(own.map(({ id }) => id))
    expect(gone).toEqual([])
    await sweep(shared, { now })
    expect(gone).toEqual(own.map(({ id }) => id))
  })

  it('probes of doctor go when they are old', async () => {
    const old = lakeKey.probe(runId)
    const [young, strange] = [lakeKey.probe(newRunId(later(DAY_MS))), lakeKey.probe('notes.txt')]
    for (const key of [old, young, strange]) await lake.put(key, text('x'))
    const { scraps } = await sweep(lake, { now: later(DAY_MS + 1_000) })
    expect(scraps).toEqual([{ kind: 'probe', key: old, id: undefined, bytes: 1, since: begun.toISOString() }])
    expect(await keysOf(lake, '')).toEqual([strange, young].sort())
  })
})

describe('a sweep that is broken off', () => {
  it('at any write leaves nothing that a resumed run could take for whole, and the next one finishes', async () => {
    const at = (n: number): string => lakeKey.part('papers', runId, 'parquet', n)
    for (let fatal = 0; ; fatal++) {
      await breakOffDead(lake, runId, { renewedAt: begun, resumable: true })
      for (let n = 1; n < 5; n++) await lake.put(at(n), text('part'))
      let writes = 0
      const dying = faulty(lake, call => {
        if (!['delete', 'putIfMatch'].includes(call)) return undefined
        // Dead from then on: it cannot tidy up either.
        return writes++ >= fatal ? unreachable() : undefined
      })
      const died = await sweep(dying, { now: later(2 * DAY_MS) }).then(
        () => false,
        () => true,
      )
      const there = await keysOf(lake, '')
      if (there.some(key => key.startsWith('papers/')) || there.includes(lakeKey.planFile('papers', runId)))
        expect(there).toContain(lakeKey.claim('papers', runId))
      if ([0, 1, 2, 3, 4].some(n => !there.includes(at(n))))
        expect(there).not.toContain(lakeKey.planFile('papers', runId))
      // It was this process, which lives, that died: as far as the claim goes.
      if (there.includes(lakeKey.claim('papers', runId))) await claim(lake, runId, { owner: 'dead', renewedAt: begun })
      await sweep(lake, { now: later(4 * DAY_MS) })
      expect(await keysOf(lake, '')).toEqual([])
      if (!died) break
      expect(fatal).toBeLessThan(20)
    }
  })

  it('leaves the run to the next one, when it still can', async () => {
    await breakOffDead(lake, runId, { renewedAt: begun })
    const failing = faulty(lake, call => (call === 'delete' ? unreachable() : undefined))
    await expect(sweep(failing, { now: later(DAY_MS) })).rejects.toMatchObject({ code: 'LAKE_UNREACHABLE' })
    await sweep(lake, { now: later(2 * DAY_MS) })
    expect(await keysOf(lake, '')).toEqual([])
  })
})

describe('whatever is on the lake', () => {
  const run = fc.record({
    committed: fc.boolean(),
    parts: fc.nat(3),
    orphans: fc.nat(2),
    planned: fc.boolean(),
    claim: fc.option(
      fc.record({
        owner: fc.constantFrom('alive', 'dead', 'unknown', undefined),
        renewed: fc.constantFrom(0, 30_000, HOUR_MS, 30 * HOUR_MS, null, undefined),
      }),
      { nil: undefined },
    ),
  })

  it('nothing that a manifest names goes, nor anything of a living writer; a dry run tells the same; a second finds nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(run, { maxLength: 4 }), fc.boolean(), async (runs, twoAtOnce) => {
        const { lake: own, remove: removeOwn } = await temporaryLake()
        try {
          const now = later(40 * HOUR_MS)
          const safe: string[] = []
          for (const [n, facts] of runs.entries()) {
            const id = runAt(10 + n)
            const part = (number: number): string => lakeKey.part('papers', id, 'parquet', number)
            for (let i = 0; i < facts.parts + facts.orphans; i++) await own.put(part(i), text('part'))
            if (facts.planned) await plan(own, id)
            if (facts.claim) {
              const { owner, renewed } = facts.claim
              const renewedAt = typeof renewed === 'number' ? new Date(now.getTime() - renewed) : renewed
              const told = { at: begun, ...(renewedAt === undefined ? {} : { renewedAt }), ...(owner ? { owner } : {}) }
              await claim(own, id, told)
            }
            const alive = facts.claim?.owner === 'alive' && typeof facts.claim.renewed === 'number'
            if (facts.committed) {
              const keys = Array.from({ length: facts.parts }, (_, i) => part(i))
              await commit(own, id, { rejects: { documents: 0, keys } })
              safe.push(...keys, lakeKey.manifest('papers', id))
            }
            if (alive) safe.push(lakeKey.claim('papers', id))
            if (alive && !facts.committed) safe.push(...(await keysOf(own, lakeKey.run('papers', id))))
          }
          const before = await keysOf(own, '')
          const dry = await sweep(own, { now, dryRun: true })
          expect(await keysOf(own, '')).toEqual(before)
          const swept = await Promise.all([sweep(own, { now }), ...(twoAtOnce ? [sweep(own, { now })] : [])])
          const left = await keysOf(own, '')
          expect(left).toEqual(expect.arrayContaining(safe))
          expect(left).toEqual(before.filter(key => !dry.removed.some(item => item.key === key)))
          if (!twoAtOnce) expect(swept[0]).toEqual(dry)
          expect((await sweep(own, { now })).removed).toEqual([])
        } finally {
          await removeOwn()
        }
      }),
      { numRuns: 20 },
    )
  })
})
