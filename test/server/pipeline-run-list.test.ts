import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setAside } from '../../src/catalog/set-aside.js'
import type { Config, DatasetConfig } from '../../src/config/config.js'
import { newProcessOwner } from '../../src/host/process-owner.js'
import type { Attempt } from '../../src/model/attempt.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { readHistory, runDetail } from '../../src/server/pipeline-run.js'
import { runPage } from '../../src/server/pipeline-run-list.js'
import { breakOff, commit, runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { attempt, deadOwner, failure, record } from '../monitor/watched-lake.js'
import { faulty, unreachable } from '../support/faulty-store.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const papers = { name: 'papers' } as DatasetConfig
const config = { datasets: [papers], monitor: { freshnessSeconds: 3600 } } as unknown as Config
const question = (store = lake) => ({ lake: store, config, now: new Date('2026-01-01T02:00:00Z') })
const page = (options: { limit?: number; before?: string; store?: ObjectStore } = {}) => {
  const { store, ...rest } = options
  return runPage({ ...question(store), datasets: [papers], limit: 50, ...rest })
}

describe('a line of the list', () => {
  it('has the state in which the run is, whatever of it is left', async () => {
    await commit(lake, runAt(1))
    await breakOff(lake, runAt(2))
    await commit(lake, runAt(3))
    await breakOff(lake, runAt(3))
    await setAside(lake, 'papers', runAt(3), { at: '2026-01-01T01:00:00.000Z', by: 'ada', reason: 'a part was lost' })
    const open = { ended: null, outcome: 'under way' } as const
    await record(
      lake,
      attempt({ ...failure(), runId: runAt(4), began: '2026-01-01T00:04:00.000Z' }),
      attempt({ ...open, runId: runAt(5), began: '2026-01-01T00:05:00.000Z', owner: deadOwner() }),
      attempt({ ...open, runId: runAt(6), began: '2026-01-01T00:06:00.000Z', owner: newProcessOwner() }),
    )
    const { runs } = await page()
    expect(runs.map(({ runId, state }) => [runId, state])).toEqual([
      [runAt(6), 'under way'],
      [runAt(5), 'broken off'],
      [runAt(4), 'failed'],
      [runAt(3), 'set aside'],
      [runAt(2), 'broken off'],
      [runAt(1), 'committed'],
    ])
    expect(runs[2]?.error).toMatchObject({ code: 'SOURCE_UNREACHABLE', step: 'export' })
    expect(runs[3]?.error).toMatchObject({ code: 'RUN_MISSING', message: expect.stringContaining('a part was lost') })
    expect(runs[3]?.error?.hint).toMatch(/\S/)
  })

  it('has the outcome of the lake where no attempt is on record', async () => {
    await commit(lake, runAt(1), { documents: 9 })
    const result = {
      ...{ version: 1, dataset: 'papers', runId: runAt(1), status: 'fail', documents: 9 },
      ...{ contract: { id: 'c', version: '1.0.0', fingerprint: 'f' }, failingDocuments: { error: 2, any: 2 } },
      ...{ violations: { count: 3, keys: [] } },
      rules: [{ id: 'title.required', kind: 'required', severity: 'error', status: 'fail', checked: 9, violated: 3 }],
    }
    await lake.put(lakeKey.report('papers', runAt(1), 'result.json'), encodeJson(result))
    const { runs } = await page()
    expect(runs).toMatchObject([{ state: 'committed', outcome: 'bad', violated: 3, seconds: 10 }])
    const { gate, result: verdict } = await runDetail(question(), papers, runAt(1))
    expect(gate).toMatchObject({ outcome: 'bad', reasons: [{ outcome: 'bad', next: expect.stringMatching(/\S/) }] })
    expect(verdict).toMatchObject({ violations: 3, failingDocuments: { error: 2, any: 2 } })
  })

  it('tells a manifest that is damaged in its place, and hides no other run', async () => {
    await commit(lake, runAt(1))
    await lake.put(lakeKey.manifest('papers', runAt(2)), Buffer.from('{"version":1'))
    await commit(lake, runAt(3))
    const { runs } = await page()
    expect(runs.map(({ runId, error }) => [runId, error?.code])).toEqual([
      [runAt(3), undefined],
      [runAt(2), 'MANIFEST_INVALID'],
      [runAt(1), undefined],
    ])
    await expect(runDetail(question(), papers, runAt(2))).rejects.toMatchObject({ code: 'MANIFEST_INVALID' })
  })

  it('is never made up when the lake does not answer: there is no list then', async () => {
    await commit(lake, runAt(1))
    for (const call of ['get', 'list']) {
      const away = faulty(lake, name => (name === call ? unreachable() : undefined))
      await expect(page({ store: away }), call).rejects.toMatchObject({ code: 'LAKE_UNREACHABLE' })
      await expect(readHistory(question(away), papers, 60), call).rejects.toMatchObject({ code: 'LAKE_UNREACHABLE' })
    }
    // Also where only the manifests do not come.
    let asked = 0
    const later = faulty(lake, name => (name === 'get' && ++asked > 1 ? unreachable() : undefined))
    await expect(page({ store: later })).rejects.toMatchObject({ code: 'LAKE_UNREACHABLE' })
  })
})

describe('pages and history', () => {
  it('leave nothing out and bring nothing twice, of any number of runs and attempts', async () => {
    const made: Attempt[] = []
    for (let minute = 1; minute <= 9; minute++) {
      if (minute % 3 === 0) made.push(attempt({ ...failure(), runId: null, began: `2026-01-01T00:0${minute}:00.000Z` }))
      else await commit(lake, runAt(minute), { documents: minute })
    }
    await record(lake, ...made)
    const all = (await page()).runs.map(({ key }) => key)
    expect(all).toHaveLength(9)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 10 }), async limit => {
        const keys: string[] = []
        for (let before: string | null | undefined, pages = 0; before !== null && pages < 10; pages++) {
          const { runs, next } = await page({ limit, ...(before === undefined ? {} : { before }) })
          expect(runs.length).toBeGreaterThan(0)
          keys.push(...runs.map(({ key }) => key))
          before = next
        }
        expect(keys).toEqual(all)
      }),
      { numRuns: 10 },
    )
    const { attempts } = await readHistory(question(), papers, 4)
    expect(attempts.map(({ key }) => key)).toEqual(all.slice(0, 4).reverse())
    expect(attempts.at(-1)).toMatchObject({ outcome: 'failed', error: { code: 'SOURCE_UNREACHABLE' } })
    expect(attempts.at(-2)).toMatchObject({ documents: 8, exportSeconds: 10 })
  })
})
