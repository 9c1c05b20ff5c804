import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAttempts } from '../../src/catalog/attempts.js'
import { isAlive } from '../../src/host/process-owner.js'
import type { Attempt } from '../../src/model/attempt.js'
import type { Gate } from '../../src/model/gate.js'
import type { Manifest } from '../../src/model/manifest.js'
import type { RunEvent } from '../../src/model/run-event.js'
import { attemptRecorder } from '../../src/monitor/attempt-recorder.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import type { RunObserver } from '../../src/ports/run-observer.js'
import { manifestOf, temporaryLake } from '../catalog/lake-fixture.js'
import { faulty, unreachable } from '../support/faulty-store.js'
import { ago, NOON, runBefore } from './watched-lake.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const clock = { now: () => NOON }
const runId = runBefore(60)
const part = { bytes: 30 } as Manifest['parts'][number]
const manifest = manifestOf(runId, { documents: 7, parts: [part, part] })
const GOOD: Gate = { outcome: 'good', reasons: [] }

type Told = { [E in RunEvent as E['event']]: Omit<E, 'dataset' | 'runId' | 'at' | 'event'> }

function event<N extends RunEvent['event']>(name: N, minutes: number, facts: Told[N], changes: object = {}): RunEvent {
  return { event: name, dataset: 'papers', runId, at: ago(minutes), ...facts, ...changes } as unknown as RunEvent
}
const started = event('export.started', 60, { collection: 'papers' })
const committed = event('export.committed', 50, { manifest, resumed: 0 })
const validating = event('validation.started', 50, { engine: 'duckdb', manifest })
const validated = event('validation.finished', 45, {
  ...{ engine: 'duckdb', gate: { ...GOOD, outcome: 'bad' }, violated: 3, manifest, reports: [] },
})
const finished = event('run.finished', 45, { gate: { ...GOOD, outcome: 'bad' }, manifest })
const failed = (step: 'export' | 'validation', changes: object = {}): RunEvent =>
  event('run.failed', 40, { step, code: 'LAKE_FULL', message: 'no room', interrupted: false }, changes)

async function recorded(recorder: RunObserver = attemptRecorder({ lake, clock })): Promise<readonly Attempt[]> {
  expect(await recorder.settled()).toEqual([])
  return (await readAttempts(lake, 'papers')).attempts.map(({ owner: _, ...attempt }) => attempt)
}

const tell = (...events: RunEvent[]): RunObserver => {
  const recorder = attemptRecorder({ lake, clock })
  for (const each of events) recorder.on(each)
  return recorder
}

const BLANK = {
  ...{ runId, began: ago(60), ended: null, outcome: 'under way', documents: null, bytes: null },
  ...{ exportSeconds: null, validationSeconds: null, violated: null, error: null },
}

describe('the record of an attempt', () => {
  it.each<[string, RunEvent[], object]>([
    ['is there from its first event', [started], BLANK],
    ['has what was committed', [started, committed], { ...BLANK, documents: 7, bytes: 60, exportSeconds: 600 }],
    [
      'has its verdict at its end',
      [started, committed, validating, validated, finished],
      {
        ...{ ...BLANK, ended: ago(45), outcome: 'bad', documents: 7, bytes: 60, exportSeconds: 600 },
        ...{ validationSeconds: 300, violated: 3 },
      },
    ],
    [
      'that was not held to a contract is unjudged',
      [started, committed, event('run.finished', 50, { gate: undefined, manifest })],
      { ...BLANK, ended: ago(50), outcome: 'unjudged', documents: 7, bytes: 60, exportSeconds: 600 },
    ],
    [
      'that failed has the error, with what to do',
      [started, failed('export', { hint: 'make room at s3://me:pa55@h/b' })],
      {
        ...BLANK,
        ended: ago(40),
        outcome: 'failed',
        error: { step: 'export', code: 'LAKE_FULL', message: 'no room', hint: 'make room at s3://***@h/b' },
      },
    ],
    [
      'that failed at its validation has what was committed before',
      [started, committed, validating, failed('validation')],
      {
        ...{ ...BLANK, ended: ago(40), outcome: 'failed', documents: 7, bytes: 60, exportSeconds: 600 },
        error: { step: 'validation', code: 'LAKE_FULL', message: 'no room' },
      },
    ],
    [
      'that somebody stopped is interrupted',
      [started, failed('export', { interrupted: true })],
      {
        ...{ ...BLANK, ended: ago(40), outcome: 'interrupted' },
        error: { step: 'export', code: 'LAKE_FULL', message: 'no room' },
      },
    ],
    [
      'that failed before a run was begun has no run',
      [failed('export', { runId: undefined })],
      {
        ...{ ...BLANK, runId: null, began: ago(40), ended: ago(40), outcome: 'failed' },
        error: { step: 'export', code: 'LAKE_FULL', message: 'no room' },
      },
    ],
    [
      'of a validation alone has no export',
      [validating, validated, finished],
      {
        ...{ ...BLANK, began: ago(50), ended: ago(45), outcome: 'bad', documents: 7 },
        ...{ validationSeconds: 300, violated: 3 },
      },
    ],
  ])('%s', async (_, events, wanted) => {
    expect(await recorded(tell(...events))).toEqual([wanted])
  })

  it('names the process that makes it, so that its death can be seen', async () => {
    await tell(started).settled()
    const [attempt] = (await readAttempts(lake, 'papers')).attempts
    expect(isAlive(attempt?.owner ?? '')).toBe(true)
  })

  it('is one a dataset and one an attempt', async () => {
    const other = { ...started, dataset: 'comments' } as RunEvent
    const again = event('export.started', 30, { collection: 'papers' })
    const recorder = tell(started, other, failed('export'), again)
    expect((await recorded(recorder)).map(({ outcome }) => outcome)).toEqual(['failed', 'under way'])
    expect((await readAttempts(lake, 'comments')).attempts).toHaveLength(1)
  })

  it('has no secret, and no message without end', async () => {
    const message = `mongodb://me:pa55@h/x ${'x'.repeat(5_000)}`
    const [attempt] = await recorded(tell(failed('export', { message })))
    expect(attempt?.error?.message).toHaveLength(1_000)
    expect(attempt?.error?.message).not.toContain('pa55')
  })
})

describe('a lake that does not take it', () => {
  it('fails nothing, and is told at the end', async () => {
    const recorder = attemptRecorder({ lake: faulty(lake, () => unreachable()), clock })
    expect(() => recorder.on(started)).not.toThrow()
    expect(await recorder.settled()).toEqual([
      expect.stringMatching(/^papers: its attempt is not on record.*the cable is out/),
    ])
  })

  it('is nothing to tell of once a later word of it has arrived', async () => {
    let down = true
    const recorder = attemptRecorder({ lake: faulty(lake, () => (down ? 'before' : undefined)), clock })
    recorder.on(started)
    await sleep(20)
    down = false
    recorder.on(failed('export'))
    expect(await recorded(recorder)).toMatchObject([{ outcome: 'failed' }])
  })

  it('is waited for, but not for ever', async () => {
    const silent = new Proxy(lake, {
      get: (target, name) => (name === 'get' ? () => new Promise(() => undefined) : Reflect.get(target, name)),
    })
    const recorder = attemptRecorder({ lake: silent, clock, patienceMs: 50 })
    recorder.on(started)
    expect(await recorder.settled()).toEqual([expect.stringMatching(/did not answer in time$/)])
  })

  it('that is slow gets the last word only', async () => {
    let writes = 0
    const slow = faulty(lake, call => {
      if (call === 'putIfMatch') writes += 1
      return undefined
    })
    const recorder = attemptRecorder({ lake: slow, clock })
    for (const each of [started, committed, validating, validated, finished]) recorder.on(each)
    expect(await recorded(recorder)).toMatchObject([{ outcome: 'bad' }])
    expect(writes).toBe(1)
  })
})
