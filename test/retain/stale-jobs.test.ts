import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { findScraps } from '../../src/retain/leftovers.js'
import { runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { keysOf } from '../ports/object-store-suite.js'
import { DAY_MS } from './lake-with-garbage.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const ASKED = new Date('2026-01-02T00:00:00.000Z')
const later = (ms: number): Date => new Date(ASKED.getTime() + ms)
const folder = (digit: string): string => lakeKey.job('papers', runAt(1), digit.repeat(16))

async function put(key: string, value: unknown = {}): Promise<void> {
  await lake.put(key, encodeJson(value))
}

async function scraps(now: Date) {
  const found = []
  for await (const { scrap, remove } of findScraps(lake, { now, olderThanMs: DAY_MS })) {
    found.push(scrap)
    await remove()
  }
  return found
}

describe('a job whose answers nobody has read', () => {
  it('goes with all that is in its folder, and with nothing else, once it is as old as was asked', async () => {
    await put(`${folder('a')}asked.json`, { since: ASKED.toISOString() })
    await put(`${folder('a')}spec.json`)
    await put(`${folder('a')}answers.json`)
    await put(`${folder('a')}answers/1/part-00000.gz`)
    await put(`${folder('b')}asked.json`, { since: later(1).toISOString() })
    expect(await scraps(later(DAY_MS))).toEqual([])
    expect(await scraps(later(DAY_MS + 1))).toEqual([
      { kind: 'job', key: folder('a'), id: undefined, bytes: 37 + 3 * 3, since: ASKED.toISOString() },
    ])
    expect(await keysOf(lake, '')).toEqual([`${folder('b')}asked.json`])
  })

  it('is as old as its last submission, and stays where it does not tell', async () => {
    await put(`${folder('a')}asked.json`, { since: ASKED.toISOString() })
    await put(`${folder('a')}submission.json`, { submittedAt: later(DAY_MS).toISOString() })
    // Put there for a cluster that is yet to come.
    await put(`${folder('c')}spec.json`)
    await put(`_lakeferry/jobs/papers/other.json`)
    expect(await scraps(later(2 * DAY_MS))).toEqual([])
    expect(await scraps(later(2 * DAY_MS + 1))).toMatchObject([{ key: folder('a') }])
    expect(await keysOf(lake, '')).toHaveLength(2)
  })
})
