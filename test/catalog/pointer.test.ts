import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { movePointer, POINTER_TRIES, readPointer } from '../../src/catalog/pointer.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit, runAt, temporaryLake, withHook } from './lake-fixture.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const pointed = async (): Promise<string | undefined> => (await readPointer(lake, 'papers')).pointer?.runId

describe('moving the pointer', () => {
  it('writes it, then moves it forwards', async () => {
    expect(await movePointer(lake, await commit(lake, runAt(1)))).toBe('moved')
    expect(await movePointer(lake, await commit(lake, runAt(2)))).toBe('moved')
    expect((await readPointer(lake, 'papers')).pointer).toEqual({
      version: 1,
      runId: runAt(2),
      manifest: lakeKey.manifest('papers', runAt(2)),
      committedAt: '2026-01-01T00:02:10.000Z',
    })
  })

  it('never goes backwards, and does not write what is there', async () => {
    const older = await commit(lake, runAt(1))
    const newer = await commit(lake, runAt(2))
    await movePointer(lake, newer)
    const { etag } = await readPointer(lake, 'papers')
    expect(await movePointer(lake, older)).toBe('newer')
    expect(await movePointer(lake, newer)).toBe('newer')
    expect((await readPointer(lake, 'papers')).etag).toBe(etag)
  })

  it('replaces one that is damaged, and one that is ahead at a run that is not there', async () => {
    const manifest = await commit(lake, runAt(1))
    await lake.put(lakeKey.pointer('papers'), new Uint8Array([123]))
    expect(await movePointer(lake, manifest)).toBe('moved')
    await lake.put(lakeKey.pointer('papers'), new TextEncoder().encode(`{"version":1,"runId":"${runAt(9)}"}`))
    expect(await movePointer(lake, manifest)).toBe('moved')
    expect(await pointed()).toBe(runAt(1))
  })

  it('sees a newer run that came between its look and its write', async () => {
    const older = await commit(lake, runAt(1))
    const newer = await commit(lake, runAt(2))
    let raced = false
    const racing = withHook(lake, 'putIfMatch', async () => {
      if (!raced) await movePointer(lake, newer)
      raced = true
    })
    expect(await movePointer(racing, older)).toBe('newer')
    expect(await pointed()).toBe(runAt(2))
  })

  it('compares with the version that it looked at, not with one that came after', async () => {
    const older = await commit(lake, runAt(1))
    const newer = await commit(lake, runAt(2))
    let raced = false
    const racing = withHook(
      lake,
      'get',
      async () => undefined,
      async () => {
        if (!raced) await movePointer(lake, newer)
        raced = true
      },
    )
    expect(await movePointer(racing, older)).toBe('newer')
    expect(await pointed()).toBe(runAt(2))
  })

  it('gives up after a bounded number of lost races: the run is committed all the same', async () => {
    const manifest = await commit(lake, runAt(2))
    let tries = 0
    const racing = withHook(lake, 'putIfMatch', async () => {
      await lake.put(lakeKey.pointer('papers'), new TextEncoder().encode(`{"noise":${tries++}}`))
    })
    expect(await movePointer(racing, manifest)).toBe('contended')
    expect(tries).toBe(POINTER_TRIES)
  })

  it('ends at the greatest of many that move it at once', async () => {
    const manifests = await Promise.all([3, 1, 5, 2, 4].map(minute => commit(lake, runAt(minute))))
    await Promise.all(manifests.map(manifest => movePointer(lake, manifest)))
    expect(await pointed()).toBe(runAt(5))
  })
})
