import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RUNS_NEEDED } from '../../src/anomaly/detect.js'
import type { Attempt } from '../../src/model/attempt.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit, temporaryLake } from '../catalog/lake-fixture.js'
import { ago, attempt, CONTRACT, failure, judge, lookAt, record, runBefore } from './watched-lake.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const commitAt = (minutes: number, changes: object = {}): Promise<unknown> =>
  commit(lake, runBefore(minutes), { documents: 9, ...changes })

describe('the verdict', () => {
  const judgedAt = (minutes: number, outcome: Attempt['outcome']): Attempt =>
    attempt({ runId: runBefore(minutes), began: ago(minutes), ended: ago(minutes - 1), outcome, documents: 9 })
  const validating = attempt({ runId: runBefore(200), began: ago(200), ended: null, outcome: 'under way' })

  it.each<[string, () => Promise<unknown>, object | undefined]>([
    ['of no run is none of its business', async () => undefined, undefined],
    [
      'is good',
      async () => {
        await commitAt(60)
        await judge(lake, runBefore(60))
      },
      { state: 'fine', seen: 'good', runId: runBefore(60) },
    ],
    [
      'is bad',
      async () => {
        await commitAt(60)
        await judge(lake, runBefore(60), 'fail')
      },
      {
        state: 'wrong',
        severity: 'critical',
        seen: 'bad: 1 rule of severity error failed: title.required',
        look: 'lakeferry report papers',
      },
    ],
    [
      'is empty',
      async () => {
        await commitAt(60, { documents: 0 })
        await judge(lake, runBefore(60))
      },
      { state: 'wrong', severity: 'critical', seen: expect.stringMatching(/^empty: there were no documents/) },
    ],
    [
      'is partial',
      async () => {
        await commitAt(60, { rejects: { documents: 2, keys: [] } })
        await judge(lake, runBefore(60))
      },
      { state: 'wrong', severity: 'warning', seen: expect.stringMatching(/^partial: 2 of 9 documents were rejected/) },
    ],
    [
      'was never given',
      () => commitAt(62),
      {
        state: 'wrong',
        severity: 'warning',
        seen: 'it was committed, and not validated',
        look: `lakeferry validate papers --run ${runBefore(62)}`,
      },
    ],
    [
      'could not be given',
      async () => {
        await commitAt(30)
        await record(
          lake,
          attempt({ runId: runBefore(30), began: ago(30), ended: ago(20), ...failure('ENGINE_FAILED', 'validation') }),
        )
      },
      { state: 'wrong', seen: 'it was committed, and not validated', cause: 'run papers' },
    ],
    ['is yet to come, the first of all', () => commitAt(30), { state: 'unknown', severity: 'warning' }],
    [
      'is yet to come, and the one before was good',
      async () => {
        await commitAt(200)
        await record(lake, judgedAt(900, 'good'), validating)
      },
      { state: 'fine', seen: `it is yet to be validated; run ${runBefore(900)} before it was good` },
    ],
    [
      'is yet to come, and the one before was bad',
      async () => {
        await commitAt(200)
        await record(lake, judgedAt(900, 'bad'), validating)
      },
      { state: 'wrong', severity: 'critical', seen: expect.stringMatching(/before it was bad$/) },
    ],
    [
      'cannot be read',
      async () => {
        await commitAt(60)
        await lake.put(lakeKey.report('papers', runBefore(60), 'result.json'), new Uint8Array([123]))
      },
      { state: 'unknown', severity: 'critical' },
    ],
  ])('%s', async (_, make, wanted) => {
    await make()
    const found = await lookAt('verdict', lake, { contract: CONTRACT })
    if (wanted === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(wanted)
  })

  it('is not asked for where there is no contract', async () => {
    await commitAt(60)
    expect(await lookAt('verdict', lake)).toBeUndefined()
  })
})

describe('the volume', () => {
  /** One run a day, the last of them yesterday; today's is the newest. */
  const days = (...documents: number[]): Attempt[] =>
    documents.map((count, index) => {
      const minutes = (documents.length - index) * 1440
      const began = ago(minutes)
      return attempt({ runId: runBefore(minutes), began, ended: began, documents: count })
    })
  const today = (documents: number): Promise<unknown> => commitAt(1, { documents })
  const steady = [1000, 1010, 990, 1005, 995, 1000, 1002]

  it('that is about as usual is fine, and one far off is told with the band', async () => {
    await record(lake, ...days(...steady))
    await today(1003)
    expect(await lookAt('volume', lake)).toMatchObject({
      state: 'fine',
      seen: '1,003 documents',
      promised: 'about as many documents as the 7 runs before',
    })
    await commitAt(0, { documents: 400 })
    // By hand: the median is 1,000; the deviations' is 5, so sigma is 1.4826 × 5 = 7.4, below the square root of 1,000,
    // 31.6, which is the floor; 3.5 of them are 110.7.
    expect(await lookAt('volume', lake)).toMatchObject({
      state: 'wrong',
      severity: 'warning',
      seen: '400 documents',
      promised: '890 to 1,110 documents, going by the 7 runs before',
      look: 'lakeferry diff papers',
    })
  })

  it('is quiet until there are enough runs', async () => {
    await record(lake, ...days(...steady.slice(0, RUNS_NEEDED - 1)))
    await today(1)
    expect(await lookAt('volume', lake)).toBeUndefined()
  })

  it('counts a run once, however often it was attempted', async () => {
    const once = days(...steady.slice(0, RUNS_NEEDED - 1))
    await record(lake, ...once, ...once)
    await today(1)
    expect(await lookAt('volume', lake)).toBeUndefined()
  })

  it('is what the validation made of it, where the record goes back too far only', async () => {
    await today(400)
    const odd = {
      column: '',
      measure: 'documents',
      value: 400,
      expected: 1000,
      low: 889.3,
      high: 1110.7,
      z: -9,
      history: [],
    }
    const kept = { version: 1, dataset: 'papers', runId: runBefore(1), status: 'attention', runs: 12, runsNeeded: 7 }
    const put = (anomalies: object): Promise<void> =>
      lake.put(lakeKey.report('papers', runBefore(1), 'anomalies.json'), encodeJson(anomalies))
    await put({ ...kept, anomalies: [odd] })
    const promised = '890 to 1,110 documents, going by the 12 runs before'
    expect(await lookAt('volume', lake)).toMatchObject({ state: 'wrong', promised })
    await put({ ...kept, status: 'calm', anomalies: [] })
    expect(await lookAt('volume', lake)).toMatchObject({ state: 'fine' })
    await put({ ...kept, status: 'quiet', runs: 3, anomalies: [] })
    expect(await lookAt('volume', lake)).toBeUndefined()
  })

  it('cannot be told where the record is damaged', async () => {
    await lake.put(lakeKey.attempts('papers'), new Uint8Array([123]))
    await today(9)
    expect(await lookAt('volume', lake)).toMatchObject({ state: 'unknown' })
  })
})
