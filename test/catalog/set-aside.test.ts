import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { latestRun, movePointer, readManifest } from '../../src/catalog/catalog.js'
import { rebuildPointer } from '../../src/catalog/rebuild-pointer.js'
import { discard, listSetAside, putBack, setAside, setAsideManifest } from '../../src/catalog/set-aside.js'
import { claimRun } from '../../src/export/claim.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import { type Fault, faulty } from '../support/faulty-store.js'
import { commit, manifestOf, runAt, temporaryLake } from './lake-fixture.js'

let lake: Awaited<ReturnType<typeof temporaryLake>>['lake']
let remove: () => Promise<void>
let root: string
beforeEach(async () => {
  ;({ lake, root, remove } = await temporaryLake())
})
afterEach(() => remove())

const [OLDER, RUN] = [runAt(1), runAt(2)]
const why = { at: '2026-11-22T03:00:00.000Z', by: 'host, process 7', reason: 'a part is damaged' }
const keys = async (): Promise<string[]> => {
  const found: string[] = []
  for await (const { key } of lake.list('')) found.push(key)
  return found
}
const pointedTo = async (): Promise<string> =>
  JSON.parse(await readFile(join(root, 'papers/_latest.json'), 'utf8')).runId

describe('a run that is set aside', () => {
  it('is found by nobody, tells why, and cannot be exported again', async () => {
    await commit(lake, OLDER)
    await commit(lake, RUN)
    await setAside(lake, 'papers', RUN, why)
    expect(await latestRun(lake, 'papers')).toBe(OLDER)
    const reason = 'at 2026-11-22T03:00:00.000Z by host, process 7: a part is damaged'
    await expect(readManifest(lake, 'papers', RUN)).rejects.toMatchObject({
      ...{ code: 'RUN_MISSING', message: `run ${RUN} of papers was set aside ${reason}` },
      hint: expect.stringContaining(`lakeferry quarantine papers --run ${RUN} --release`),
    })
    await expect(claimRun(lake, 'papers', RUN, new Date())).rejects.toMatchObject({ code: 'RUN_EXISTS' })
    expect((await keys()).filter(key => key.includes('claims'))).toEqual([])
    expect(await listSetAside(lake, 'papers')).toMatchObject([{ runId: RUN, ...why }])
    expect(await setAsideManifest(lake, 'papers', RUN)).toEqual(manifestOf(RUN))
  })

  it('comes back to the byte, and leaves no trace', async () => {
    await commit(lake, RUN)
    const before = await lake.get(lakeKey.manifest('papers', RUN))
    await setAside(lake, 'papers', RUN, why)
    await putBack(lake, 'papers', RUN)
    expect((await lake.get(lakeKey.manifest('papers', RUN)))?.body).toEqual(before?.body)
    expect(await keys()).toEqual([lakeKey.manifest('papers', RUN)])
    for (const again of [putBack, discard, setAsideManifest])
      await expect(again(lake, 'papers', RUN)).rejects.toMatchObject({ code: 'USAGE' })
  })

  it('is not there at all when there never was such a run', async () => {
    await expect(setAside(lake, 'papers', RUN, why)).rejects.toMatchObject({ code: 'RUN_MISSING' })
    expect(await keys()).toEqual([])
  })

  it('is discarded whole, and nothing else with it', async () => {
    await commit(lake, OLDER)
    await commit(lake, RUN)
    await lake.put(`${lakeKey.run('papers', RUN)}parquet/part-00000.parquet`, new Uint8Array(3))
    await setAside(lake, 'papers', RUN, why)
    expect(await discard(lake, 'papers', RUN)).toEqual([`papers/run=${RUN}/parquet/part-00000.parquet`])
    expect(await keys()).toEqual([lakeKey.manifest('papers', OLDER)])
  })

  it.each(['set aside', 'put back', 'discarded'])(
    'may be %s in spite of any fault on the way: repeated, it is done',
    async work => {
      const act = async (store: typeof lake): Promise<unknown> => {
        if (work === 'set aside') return setAside(store, 'papers', RUN, why)
        return work === 'put back' ? putBack(store, 'papers', RUN) : discard(store, 'papers', RUN)
      }
      const whole = encodeJson(manifestOf(RUN))
      // Each call in turn fails, before it is done and after.
      for (let failing = 1, done = false; !done; failing++) {
        for (const fault of ['before', 'after'] satisfies Fault[]) {
          await lake.delete(await keys())
          await commit(lake, RUN)
          if (work !== 'set aside') await setAside(lake, 'papers', RUN, why)
          let calls = 0
          done = await act(faulty(lake, () => (++calls === failing ? fault : undefined))).then(
            () => true,
            () => false,
          )
          const manifest = await lake.get(lakeKey.manifest('papers', RUN))
          const [record] = await listSetAside(lake, 'papers')
          // At no time is there neither of them, unless all of it was to go; and what there is, is whole.
          if (work !== 'discarded') expect([manifest, record].some(one => one !== undefined)).toBe(true)
          if (manifest !== undefined) expect(Buffer.from(manifest.body)).toEqual(Buffer.from(whole))
          if (!done && (work === 'set aside' || record !== undefined)) await act(lake)
          const left = { 'set aside': [lakeKey.setAside('papers', RUN)], 'put back': [lakeKey.manifest('papers', RUN)] }
          expect(await keys()).toEqual(left[work as keyof typeof left] ?? [])
        }
      }
    },
  )
})

describe('the pointer', () => {
  it('is made from the manifests, forwards and backwards, and removed with the last run', async () => {
    expect(await rebuildPointer(lake, 'papers')).toEqual({ state: 'none', runId: undefined, before: undefined })
    await movePointer(lake, await commit(lake, OLDER))
    await commit(lake, RUN)
    expect(await rebuildPointer(lake, 'papers')).toEqual({ state: 'written', runId: RUN, before: OLDER })
    expect(await rebuildPointer(lake, 'papers')).toEqual({ state: 'right', runId: RUN, before: RUN })
    await setAside(lake, 'papers', RUN, why)
    expect(await rebuildPointer(lake, 'papers')).toEqual({ state: 'written', runId: OLDER, before: RUN })
    expect(await pointedTo()).toBe(OLDER)
    await setAside(lake, 'papers', OLDER, why)
    expect(await rebuildPointer(lake, 'papers')).toEqual({ state: 'removed', runId: undefined, before: OLDER })
    expect(await lake.get(lakeKey.pointer('papers'))).toBeUndefined()
  })

  it('gives way to an export that commits at the same moment, whichever call it comes between', async () => {
    for (let at = 1; at <= 8; at++) {
      await lake.delete(await keys())
      await movePointer(lake, await commit(lake, OLDER))
      await lake.put(lakeKey.pointer('papers'), new TextEncoder().encode('damaged'))
      let calls = 0
      const meanwhile = faulty(lake, () => undefined)
      const interrupted = new Proxy(meanwhile, {
        get: (target, name: keyof typeof meanwhile) => {
          const member = target[name]
          if (typeof member !== 'function' || name === 'list') return member
          return async (...args: unknown[]) => {
            if (++calls === at) await movePointer(lake, await commit(lake, RUN))
            return (member as (...args: unknown[]) => unknown)(...args)
          }
        },
      })
      await rebuildPointer(interrupted, 'papers')
      expect(await pointedTo()).toBe(calls >= at ? RUN : OLDER)
    }
  })
})
