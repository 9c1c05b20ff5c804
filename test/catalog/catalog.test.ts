import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isCommitted, latestManifest, latestRun, readManifest } from '../../src/catalog/catalog.js'
import { movePointer } from '../../src/catalog/pointer.js'
import { listRuns, listUnfinished } from '../../src/catalog/run-listing.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { breakOff, commit, manifestOf, runAt, temporaryLake } from './lake-fixture.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe('a manifest', () => {
  it('is read back as it was committed', async () => {
    const manifest = await commit(lake, runAt(1), { documents: 7 })
    expect(await readManifest(lake, 'papers', runAt(1))).toEqual(manifest)
    expect(await isCommitted(lake, 'papers', runAt(1))).toBe(true)
  })

  it('that is not there means that the run does not exist, whatever else of it does', async () => {
    await breakOff(lake, runAt(1))
    await expect(readManifest(lake, 'papers', runAt(1))).rejects.toMatchObject({ code: 'RUN_MISSING' })
    expect(await isCommitted(lake, 'papers', runAt(1))).toBe(false)
  })

  it('is refused when it belongs to another run', async () => {
    await lake.put(lakeKey.manifest('papers', runAt(1)), encodeJson(manifestOf(runAt(2))))
    await expect(readManifest(lake, 'papers', runAt(1))).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
      message: expect.stringMatching(/it is of run/),
    })
  })

  it('cannot be asked for by what is no run id', async () => {
    await expect(readManifest(lake, 'papers', '../../secret')).rejects.toMatchObject({ code: 'RUN_ID_INVALID' })
  })
})

describe('the latest run', () => {
  it('is none on an empty lake, and RUN_NONE when its manifest is wanted', async () => {
    expect(await latestRun(lake, 'papers')).toBeUndefined()
    await expect(latestManifest(lake, 'papers')).rejects.toMatchObject({
      code: 'RUN_NONE',
      hint: expect.stringMatching(/lakeferry export papers/),
    })
  })

  it('is the greatest committed run id, not the last one written and not one that was broken off', async () => {
    await commit(lake, runAt(3))
    await commit(lake, runAt(2))
    await breakOff(lake, runAt(4))
    expect(await latestRun(lake, 'papers')).toBe(runAt(3))
  })

  it('is found when the pointer is behind, as it is when the process died between commit and pointer', async () => {
    await movePointer(lake, await commit(lake, runAt(1)))
    await commit(lake, runAt(2))
    expect((await latestManifest(lake, 'papers')).runId).toBe(runAt(2))
  })

  it.each([
    ['lost', undefined],
    ['not JSON', text('{')],
    ['without a run id', text('{}')],
    ['null', text('null')],
    ['at a run that was removed', encodeJson({ version: 1, runId: runAt(9), manifest: 'x', committedAt: 'x' })],
  ])('is found when the pointer is %s', async (_, pointer) => {
    await commit(lake, runAt(1))
    await commit(lake, runAt(2))
    if (pointer) await lake.put(lakeKey.pointer('papers'), pointer)
    expect(await latestRun(lake, 'papers')).toBe(runAt(2))
  })

  it('does not take another dataset or another name for a run', async () => {
    await commit(lake, runAt(1))
    await commit(lake, runAt(2), { dataset: 'papers2' })
    await lake.put('papers/run=20260101/x', text('x'))
    await lake.put('papers/run=zzz/_manifest.json', text('x'))
    expect(await latestRun(lake, 'papers')).toBe(runAt(1))
  })
})

describe('the list of runs', () => {
  it('is newest first, tells committed from broken off, and stops at its limit', async () => {
    const first = await commit(lake, runAt(1))
    await breakOff(lake, runAt(2))
    const third = await commit(lake, runAt(3))
    expect(await listRuns(lake, 'papers')).toEqual([
      { runId: runAt(3), committed: true, manifest: third },
      { runId: runAt(2), committed: false },
      { runId: runAt(1), committed: true, manifest: first },
    ])
    expect((await listRuns(lake, 'papers', { limit: 2 })).map(run => run.runId)).toEqual([runAt(3), runAt(2)])
    expect(await listRuns(lake, 'comments')).toEqual([])
  })

  it('shows a damaged manifest as one, beside the others', async () => {
    await commit(lake, runAt(1))
    await lake.put(lakeKey.manifest('papers', runAt(2)), text('{"version":2}'))
    const [damaged, whole] = await listRuns(lake, 'papers')
    expect(damaged).toMatchObject({
      runId: runAt(2),
      committed: true,
      problem: expect.stringMatching(/version 2, wanted 1/),
    })
    expect(whole?.manifest).toBeDefined()
  })

  it('of many runs is whole', async () => {
    const minutes = Array.from({ length: 40 }, (_, minute) => minute)
    for (const minute of minutes) await commit(lake, runAt(minute))
    const runs = await listRuns(lake, 'papers')
    expect(runs.map(run => run.runId)).toEqual(minutes.map(minute => runAt(minute)).reverse())
  })
})

describe('unfinished runs', () => {
  it('are the claims whose run is not committed', async () => {
    await commit(lake, runAt(1))
    await lake.put(lakeKey.claim('papers', runAt(1)), text('{}'))
    await lake.put(lakeKey.claim('papers', runAt(2)), text('{"at":"2026-01-01T00:02:00.000Z","by":"host, process 7"}'))
    await lake.put(lakeKey.claim('papers', runAt(3)), text('damaged'))
    await lake.put(lakeKey.claim('comments', runAt(4)), text('{}'))
    expect(await listUnfinished(lake, 'papers', new Date('2026-01-02T00:00:00Z'))).toEqual([
      {
        runId: runAt(2),
        since: '2026-01-01T00:02:00.000Z',
        by: 'host, process 7',
        renewedAt: undefined,
        state: 'gone',
      },
      { runId: runAt(3), since: undefined, by: undefined, renewedAt: undefined, state: 'gone' },
    ])
  })
})
