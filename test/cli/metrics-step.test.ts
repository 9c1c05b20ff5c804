import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storeLedger } from '../../src/alert/alert-ledger.js'
import { NO_ALERTS } from '../../src/alert/alert-state.js'
import { recordAttempt } from '../../src/catalog/attempts.js'
import type { MissedSlots, ScheduleLedger, TakenSlot } from '../../src/catalog/schedule-ledger.js'
import { collectMetrics } from '../../src/cli/steps/metrics-step.js'
import type { Config } from '../../src/config/config.js'
import { loadConfig } from '../../src/config/load-config.js'
import type { Attempt } from '../../src/model/attempt.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import { newRunId } from '../../src/model/run-id.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit, runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { RESULT } from '../telemetry/run-events.js'
import { Capture } from './cli-fixture.js'

let lake: ObjectStore
let root: string
let remove: () => Promise<void>
let config: Config
const NOW = new Date(Date.UTC(2026, 0, 1, 3))

beforeEach(async () => {
  ;({ lake, root, remove } = await temporaryLake())
  await writeFile(
    join(root, 'papers.yaml'),
    'apiVersion: v3.1.0\nkind: DataContract\nid: c\nname: papers\nversion: 1.0.0\nstatus: active\nschema:\n' +
      '  - {name: papers, properties: [{name: year, logicalType: integer}]}\n' +
      'slaProperties: [{property: freshness, value: 2, unit: h}]\n',
  )
  await writeFile(
    join(root, 'lakeferry.yaml'),
    'source: {uri: "mongodb://127.0.0.1:1", database: d}\nlake: {url: "file:."}\nschedule: {cron: "0 2 * * *"}\n' +
      'alerts: [{kind: slack, url: "https://hooks.slack.com/services/T/B/x"}]\ndatasets:\n' +
      '  papers: {collection: papers, contract: papers.yaml}\n  plain: {collection: plain}\n  empty: {collection: empty}\n',
  )
  ;({ config } = await loadConfig({ env: {}, cwd: root, flags: [] }))
})
afterEach(() => remove())

async function collected(from: ObjectStore = lake): Promise<Record<string, number>> {
  const clock = { now: () => NOW }
  const io = { stdout: new Capture(false), stderr: new Capture(false), env: {}, cwd: root, clock }
  const samples = await collectMetrics({ io }, { config, lake: from, observation: () => undefined })
  return Object.fromEntries(
    samples.map(({ name, labels, value }) => [
      [name.slice('lakeferry_'.length), ...Object.values(labels)].join(' '),
      value,
    ]),
  )
}

async function validated(runId: string, status: 'pass' | 'fail'): Promise<void> {
  const rules = RESULT.rules.map(rule => ({ ...rule, status }))
  const result = { ...RESULT, runId, rules, contract: { ...RESULT.contract, fingerprint: 'f' } }
  await lake.put(lakeKey.report('papers', runId, 'result.json'), encodeJson(result))
}

const slot = (state: TakenSlot['state'], hour: number, exitCode: number | null): TakenSlot => ({
  ...{ slot: new Date(Date.UTC(2026, 0, 1, hour)).toISOString(), state, runId: newRunId(NOW), began: '', ended: '' },
  ...{ attempts: 1, failures: 0, exitCode, reason: null, notBefore: null, lease: null },
})

describe('what the lake tells of itself', () => {
  it('are the newest run, its verdict and its promise, the attempts, and what there is of neither', async () => {
    await commit(lake, runAt(10), { documents: 5 })
    await commit(lake, runAt(60), { documents: 8 })
    await commit(lake, runAt(30), { dataset: 'plain', documents: 2 })
    const attempt: Attempt = {
      ...{ runId: runAt(60), began: '2026-01-01T01:00:00.000Z', ended: '2026-01-01T01:09:00.000Z', outcome: 'bad' },
      ...{ documents: 8, bytes: 1, exportSeconds: 7, validationSeconds: 2, violated: 9, error: null },
    }
    await recordAttempt(lake, 'papers', attempt)
    expect(await collected()).toMatchObject({
      ...{ 'dataset_age_seconds papers': 7_200, 'dataset_documents papers': 8, 'dataset_documents plain': 2 },
      ...{ 'dataset_freshness_promise_seconds papers': 7_200, 'dataset_freshness_promise_seconds plain': 93_600 },
      ...{ 'dataset_verdict papers unknown': 1, 'dataset_verdict plain unjudged': 1 },
      ...{ 'attempt_success papers': 1, 'export_duration_seconds papers': 7, 'read_errors dataset': 0 },
    })
    expect(await collected()).not.toHaveProperty('dataset_age_seconds empty')
    await validated(runAt(60), 'fail')
    expect(await collected()).toMatchObject({ 'dataset_verdict papers bad': 1, 'dataset_rules papers fail': 3 })
    // As old as it is, it is good: how old, the age tells.
    await validated(runAt(60), 'pass')
    expect(await collected()).toMatchObject({ 'dataset_verdict papers good': 1, 'dataset_verdict papers unknown': 0 })
  })

  it('are the slots and the alerts, of what is configured', async () => {
    const missed: MissedSlots = {
      ...{ slot: '2025-12-28T02:00:00.000Z', last: '2025-12-30T02:00:00.000Z', count: 3, state: 'missed' as const },
      ...{ reason: 'absent' as const, ended: '', instead: null },
    }
    const ledger: ScheduleLedger = {
      ...{ version: 1, set: 'default', knownUntil: NOW.toISOString(), nonce: 'x' },
      next: { slot: '2026-01-02T02:00:00.000Z', startsBy: '2026-01-02T02:00:00.000Z' },
      slots: [missed, slot('done', 1, 0), slot('failed', 2, 3), slot('running', 3, null)],
    }
    await lake.put(lakeKey.schedule('default'), encodeJson(ledger))
    const channel = { sentAt: null, failures: 4, failingSince: null, error: null, nextAt: null, givenUp: 2 }
    const channels = ['slack', 'of old'].map(name => ({ name, ...channel }))
    await storeLedger(lake).write({ ...NO_ALERTS, channels }, undefined)
    const found = await collected()
    expect(found).toMatchObject({
      ...{ 'schedule_slots_recorded default missed': 3, 'schedule_slots_recorded default done': 1 },
      ...{ 'schedule_slots_recorded default failed': 1, 'schedule_slots_recorded default running': 1 },
      'schedule_last_slot_exit_code default': 3,
      'schedule_last_slot_timestamp_seconds default': Date.UTC(2026, 0, 1, 2) / 1000,
      'schedule_next_slot_timestamp_seconds default': Date.UTC(2026, 0, 2, 2) / 1000,
      ...{ 'channel_failures_in_a_row slack': 4, 'channel_messages_given_up slack': 2 },
    })
    expect(found).not.toHaveProperty('channel_failures_in_a_row of old')
  })

  it('is counted where it cannot be read, and the rest is there', async () => {
    await commit(lake, runAt(60), { documents: 8 })
    await commit(lake, runAt(60), { dataset: 'plain', documents: 2 })
    await lake.put(lakeKey.manifest('papers', runAt(60)), new TextEncoder().encode('{'))
    await lake.put(lakeKey.alerts, new TextEncoder().encode('{'))
    const found = await collected()
    expect(found).toMatchObject({ 'read_errors dataset': 1, 'read_errors alerts': 1, 'dataset_documents plain': 2 })
    expect(found).not.toHaveProperty('dataset_age_seconds papers')
  })

  it('takes few requests, however many runs there are', async () => {
    for (let minute = 0; minute < 40; minute++) await commit(lake, runAt(minute), {})
    let requests = 0
    const counting = new Proxy(lake, {
      get: (target, name: keyof ObjectStore) => {
        if (name === 'get' || name === 'list' || name === 'head') requests++
        const member: unknown = target[name]
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
    await collected(counting)
    expect(requests).toBeLessThanOrEqual(3 * 5 + 2)
  })
})
