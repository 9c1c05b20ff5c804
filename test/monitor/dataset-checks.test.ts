import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { WatchedDataset } from '../../src/monitor/watched.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit, temporaryLake } from '../catalog/lake-fixture.js'
import { ago, attempt, CONTRACT, claim, deadOwner, failure, judge, lookAt, record, runBefore } from './watched-lake.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

type Made = () => Promise<unknown>
const commitAt = (minutes: number, changes: object = {}): Promise<unknown> => commit(lake, runBefore(minutes), changes)

describe('freshness', () => {
  const contract = { promise: { seconds: 3600, from: 'contract' } } as const
  it.each<[string, Made, Partial<WatchedDataset>, object]>([
    ['nothing', async () => undefined, {}, { state: 'none', seen: 'no export yet', severity: 'warning' }],
    ['a fresh run', () => commitAt(60), {}, { state: 'fine', seen: '1h old', runId: runBefore(60) }],
    ['a run as old as promised', () => commitAt(60), contract, { state: 'fine' }],
    [
      'an older one',
      () => commitAt(61),
      contract,
      {
        state: 'wrong',
        severity: 'critical',
        seen: '1h 1m old',
        promised: 'at most 1h old (its contract)',
        since: ago(1),
      },
    ],
    ['a run from tomorrow', () => commitAt(-60), {}, { state: 'unknown', look: 'date -u' }],
    [
      'a manifest that is damaged',
      () => lake.put(lakeKey.manifest('papers', runBefore(9)), new Uint8Array([123])),
      {},
      { state: 'unknown', seen: expect.stringContaining('not JSON'), look: 'lakeferry runs papers' },
    ],
    [
      'a contract that cannot be read',
      () => commitAt(60),
      { contractProblem: 'no contract at x' },
      { state: 'unknown', look: 'lakeferry contract lint', seen: expect.stringContaining('no contract at x') },
    ],
  ])('of %s', async (_, make, changes, wanted) => {
    await make()
    expect(await lookAt('freshness', lake, changes)).toMatchObject(wanted)
  })
})

describe('the last attempt', () => {
  const underWay = { runId: runBefore(60), began: ago(60), ended: null, outcome: 'under way' } as const
  it.each<[string, Made, object | undefined]>([
    ['that was never made', async () => undefined, undefined],
    ['of a lake without a record', () => commitAt(60), { state: 'fine' }],
    [
      'that was good',
      () => record(lake, attempt({ runId: runBefore(60) })),
      { state: 'fine', seen: 'the last one ended 50m ago: good' },
    ],
    [
      'that failed',
      () => record(lake, attempt(failure('DATASET_UNKNOWN'))),
      {
        state: 'wrong',
        severity: 'critical',
        since: ago(50),
        seen: 'the last one failed 50m ago, at the export: DATASET_UNKNOWN: no MongoDB answered',
        look: 'lakeferry run papers',
      },
    ],
    ['that MongoDB failed', () => record(lake, attempt(failure())), { state: 'wrong', look: 'lakeferry doctor' }],
    [
      'of several that failed',
      () =>
        record(
          lake,
          attempt({ began: ago(300), ended: ago(290) }),
          attempt({ began: ago(200), ended: ago(190), ...failure() }),
          attempt({ began: ago(100), ended: ago(90), ...failure() }),
        ),
      { state: 'wrong', since: ago(190), seen: expect.stringMatching(/^the last 2 failed, at last 1h 30m ago/) },
    ],
    [
      'that was interrupted',
      () =>
        record(lake, attempt({ outcome: 'interrupted', error: { step: 'export', code: 'INTERRUPTED', message: 'x' } })),
      { state: 'wrong', severity: 'warning', seen: 'the last one was stopped by somebody 50m ago' },
    ],
    [
      'that failed before the newest run',
      async () => {
        await record(lake, attempt({ began: ago(120), ended: ago(110), ...failure() }))
        await commitAt(60)
      },
      { state: 'fine' },
    ],
    [
      'that failed to validate an older run than the newest',
      async () => {
        await commitAt(60)
        await record(
          lake,
          attempt({ runId: runBefore(600), began: ago(10), ended: ago(9), ...failure('JOB_FAILED', 'validation') }),
        )
      },
      { state: 'fine' },
    ],
    [
      'that failed after the newest run',
      async () => {
        await commitAt(60)
        await record(lake, attempt({ began: ago(10), ended: ago(9), ...failure() }))
      },
      { state: 'wrong' },
    ],
    ['that has just begun', () => record(lake, { ...attempt(underWay), began: ago(5) }), { state: 'fine' }],
    [
      'that began and has no claim to show',
      () => record(lake, attempt(underWay)),
      { state: 'wrong', seen: expect.stringMatching(/died/) },
    ],
    [
      'that holds its run',
      async () => {
        await record(lake, attempt(underWay))
        await claim(lake, runBefore(60), { begun: 60, renewed: 1 })
      },
      { state: 'fine', seen: 'the last one began 1h ago and is under way' },
    ],
    [
      'that is under way after one that failed, which stays as it was',
      async () => {
        await record(lake, attempt({ began: ago(300), ended: ago(290), ...failure() }), attempt(underWay))
        await claim(lake, runBefore(60), { begun: 60, renewed: 1 })
      },
      {
        state: 'wrong',
        since: ago(290),
        seen: expect.stringMatching(/^the one before failed 4h 50m ago, at the export/),
      },
    ],
    [
      'that is under way after one that failed and a run that was committed since',
      async () => {
        await record(lake, attempt({ began: ago(300), ended: ago(290), ...failure() }), attempt(underWay))
        await commitAt(200)
        await claim(lake, runBefore(60), { begun: 60, renewed: 1 })
      },
      { state: 'fine' },
    ],
    [
      'whose claim has been silent',
      async () => {
        await record(lake, attempt(underWay))
        await claim(lake, runBefore(60), { begun: 60, renewed: 30 })
      },
      { state: 'wrong', look: 'lakeferry export papers --resume' },
    ],
    [
      'whose process is dead',
      async () => {
        await record(lake, attempt({ ...underWay, began: ago(1), owner: deadOwner() }))
        await claim(lake, runBefore(60), { begun: 1, renewed: 0 })
      },
      { state: 'wrong', seen: expect.stringMatching(/^the last one, begun 1m ago, died/) },
    ],
    [
      'that is validating what it committed',
      async () => {
        await commitAt(60)
        await record(lake, attempt(underWay))
      },
      { state: 'fine' },
    ],
    [
      'whose record is damaged',
      () => lake.put(lakeKey.attempts('papers'), new Uint8Array([123])),
      { state: 'unknown', seen: expect.stringContaining('not JSON') },
    ],
  ])('%s', async (_, make, wanted) => {
    await make()
    const found = await lookAt('run', lake)
    if (wanted === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(wanted)
  })
})

describe('a stuck run', () => {
  const done = (minutes: number, seconds: number) =>
    attempt({ runId: runBefore(minutes), began: ago(minutes), ended: ago(minutes - 1), exportSeconds: seconds })
  it.each<[string, Made, Partial<WatchedDataset>, object]>([
    ['there is none', async () => undefined, {}, { state: 'fine', seen: 'none is under way' }],
    [
      'it is under way within its time',
      () => claim(lake, runBefore(60), { begun: 60, renewed: 0 }),
      { timeLimitSeconds: 3600 },
      { state: 'fine', seen: '1 run under way' },
    ],
    [
      'it is over the time limit of the schedule',
      () => claim(lake, runBefore(61), { begun: 61, renewed: 0 }),
      { timeLimitSeconds: 3600 },
      {
        state: 'wrong',
        severity: 'critical',
        since: ago(1),
        promised: 'done within 1h (the time limit of the schedule)',
      },
    ],
    [
      'it takes far longer than usual',
      async () => {
        await record(lake, done(900, 1000), done(800, 1200), done(700, 9000))
        await claim(lake, runBefore(101), { begun: 101, renewed: 0 })
      },
      {},
      { state: 'wrong', since: ago(1), promised: 'done within 1h 40m (5 times as long as usual)' },
    ],
    [
      'it was broken off',
      () => claim(lake, runBefore(60), { begun: 60, renewed: 30 }),
      {},
      { state: 'wrong', severity: 'warning', since: ago(30), look: 'lakeferry export papers --resume' },
    ],
    [
      'its process is dead',
      () => claim(lake, runBefore(60), { begun: 1, renewed: 0, owner: deadOwner() }),
      {},
      { state: 'wrong', severity: 'warning' },
    ],
    [
      'one was broken off before the newest run',
      async () => {
        await claim(lake, runBefore(600), { begun: 600, renewed: 590 })
        await commitAt(60)
      },
      {},
      { state: 'fine', seen: 'none is under way; lakeferry gc sweeps 1 older one that was broken off' },
    ],
    [
      'its validation takes too long',
      async () => {
        await commitAt(200)
        await record(lake, attempt({ runId: runBefore(200), began: ago(200), ended: null, outcome: 'under way' }))
      },
      { timeLimitSeconds: 3600 },
      { state: 'wrong', severity: 'critical', seen: expect.stringMatching(/still being validated$/) },
    ],
  ])('%s', async (_, make, changes, wanted) => {
    await make()
    expect(await lookAt('stuck', lake, changes)).toMatchObject(wanted)
  })
})

describe('a job on EMR', () => {
  const submitted = (minutes: number, changes: object = {}): Promise<void> =>
    lake.put(
      `${lakeKey.job('papers', runBefore(60), '0123456789abcdef')}submission.json`,
      encodeJson({ version: 1, runner: 'emr', attempt: 1, submittedAt: ago(minutes), by: 'x', ids: {}, ...changes }),
    )
  const answered = (): Promise<void> =>
    lake.put(`${lakeKey.job('papers', runBefore(60), '0123456789abcdef')}answers.json`, encodeJson({}))
  it.each<[string, Made, object | undefined]>([
    ['that nobody submitted', async () => undefined, undefined],
    ['that is under way', () => submitted(59), { state: 'fine', seen: '1 job under way, the last since 59m ago' }],
    [
      'that does not answer',
      () => submitted(61),
      { state: 'wrong', severity: 'critical', since: ago(61), look: 'lakeferry emr status papers' },
    ],
    [
      'that has answered, and nobody came for it',
      async () => {
        await submitted(61)
        await answered()
      },
      { state: 'wrong', severity: 'warning', look: `lakeferry validate papers --run ${runBefore(60)} --engine emr` },
    ],
    [
      'that has just answered',
      async () => {
        await submitted(30)
        await answered()
      },
      { state: 'fine' },
    ],
    ['whose note is damaged', () => submitted(5, { submittedAt: 'soon' }), { state: 'unknown' }],
    [
      'that failed',
      () => record(lake, attempt({ runId: runBefore(60), ...failure('JOB_FAILED', 'validation') })),
      { state: 'wrong', seen: 'the last one failed 50m ago: no MongoDB answered', cause: 'run papers' },
    ],
  ])('%s', async (_, make, wanted) => {
    await make()
    const found = await lookAt('job', lake)
    if (wanted === undefined) expect(found).toBeUndefined()
    else expect(found).toMatchObject(wanted)
  })
})

describe('what caused what', () => {
  it('is the failed run, where a dataset is stale for it', async () => {
    await commitAt(30 * 60, { documents: 9 })
    await record(lake, attempt({ began: ago(10), ended: ago(9), ...failure('LIMITS_TOO_SMALL') }))
    expect(await lookAt('freshness', lake, { contract: CONTRACT })).toMatchObject({
      state: 'wrong',
      cause: 'run papers',
    })
    await judge(lake, runBefore(30 * 60))
    expect(await lookAt('verdict', lake, { contract: CONTRACT })).toMatchObject({ state: 'fine' })
  })
})
