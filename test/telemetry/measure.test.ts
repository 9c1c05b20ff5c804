import { describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/model/attempt.js'
import type { Check } from '../../src/model/check.js'
import type { MetricSample } from '../../src/model/metric.js'
import { type DatasetFigures, type Figures, measure } from '../../src/telemetry/measure.js'
import { METRICS } from '../../src/telemetry/metric-names.js'
import { at, MANIFEST, RESULT } from './run-events.js'

function attempt(second: number, outcome: Attempt['outcome'], changes: Partial<Attempt> = {}): Attempt {
  return {
    ...{ runId: null, began: at(second), ended: outcome === 'under way' ? null : at(second + 5), outcome },
    ...{ documents: null, bytes: null, exportSeconds: null, validationSeconds: null, violated: null, error: null },
    ...changes,
  }
}

const PAPERS: DatasetFigures = {
  ...{ name: 'papers', promiseSeconds: 93_600 },
  // Begun at 02:00:00 and committed ten seconds later.
  newest: { manifest: MANIFEST, result: RESULT, verdict: 'bad' },
  attempts: [
    attempt(10, 'good', { exportSeconds: 3, validationSeconds: 2 }),
    attempt(20, 'failed'),
    attempt(30, 'interrupted', { exportSeconds: 4 }),
    attempt(40, 'under way'),
  ],
}

const NOTHING: Figures = {
  ...{ now: new Date(at(3_600)), version: '1.2.3', datasets: [], sets: [], observation: undefined },
  ...{ alerts: { open: [], channels: [] }, readErrors: { dataset: 0, schedule: 0, alerts: 0 } },
}

function values(figures: Partial<Figures>): Record<string, number> {
  const samples = measure({ ...NOTHING, ...figures })
  const series = ({ name, labels }: MetricSample): string =>
    `${name.replace('lakeferry_', '')}${Object.values(labels)
      .map(value => ` ${value}`)
      .join('')}`
  expect(new Set(samples.map(series)).size).toBe(samples.length)
  for (const { name, labels } of samples) {
    const definition = METRICS.find(metric => metric.name === name)
    expect(definition?.labels, name).toEqual(Object.keys(labels))
  }
  return Object.fromEntries(samples.map(sample => [series(sample), sample.value]))
}

describe('the metrics of a dataset', () => {
  it('are those of its newest committed run and of its attempts', () => {
    const found = values({ datasets: [PAPERS] })
    expect(found).toMatchObject({
      'dataset_age_seconds papers': 3_600,
      'dataset_freshness_promise_seconds papers': 93_600,
      'dataset_last_commit_timestamp_seconds papers': Date.parse(at(10)) / 1000,
      'dataset_documents papers': 8_623,
      'dataset_rejected_documents papers': 3,
      'dataset_size_bytes papers': 3_600_000,
      'dataset_parts papers': 3,
      'dataset_violations papers': 9,
      'dataset_rules papers pass': 2,
      'dataset_rules papers fail': 1,
      'dataset_verdict papers bad': 1,
      'dataset_verdict papers good': 0,
      'attempt_started_timestamp_seconds papers': Date.parse(at(40)) / 1000,
      'attempt_success papers': 0,
      'attempt_last_success_timestamp_seconds papers': Date.parse(at(15)) / 1000,
      'attempt_failures_in_a_row papers': 2,
      'attempts_recorded papers good': 1,
      'attempts_recorded papers under way': 1,
      'attempts_recorded papers bad': 0,
      'export_duration_seconds papers': 4,
      'validation_duration_seconds papers': 2,
    })
  })

  it('are a promise and no age as long as there is no run, and nothing of attempts that nobody made', () => {
    const found = values({ datasets: [{ name: 'papers', promiseSeconds: 60, attempts: [] }] })
    const told = Object.keys(found).filter(name => name.includes('papers') && !name.includes('attempts_recorded'))
    expect(told).toEqual(['dataset_freshness_promise_seconds papers'])
  })

  it('count failures from the first attempt where none succeeded, and none after a bad verdict, which is a success', () => {
    const failures = (...outcomes: Attempt['outcome'][]): number | undefined => {
      const attempts = outcomes.map((outcome, index) => attempt(index, outcome))
      return values({ datasets: [{ name: 'x', promiseSeconds: 1, attempts }] })['attempt_failures_in_a_row x']
    }
    expect(failures('failed', 'failed')).toBe(2)
    expect(failures('failed', 'bad')).toBe(0)
    expect(failures('under way')).toBeUndefined()
  })

  it('have no age where a manifest has no date', () => {
    const newest = { manifest: { ...MANIFEST, startedAt: 'never' }, result: undefined, verdict: 'unknown' } as const
    const found = values({ datasets: [{ ...PAPERS, newest }] })
    expect(found).not.toHaveProperty('dataset_age_seconds papers')
    expect(found).not.toHaveProperty('dataset_violations papers')
    expect(found['dataset_verdict papers unknown']).toBe(1)
  })
})

describe('the metrics of all else', () => {
  const check = (kind: Check['kind'], subject: string, state: Check['state']): Check => ({
    ...{ kind, subject, state, severity: 'critical', promised: '', seen: '', look: '' },
  })

  it('are the checks of the last pass, and nothing before the first', () => {
    expect(Object.keys(values({}))).toEqual([
      'build_info 1.2.3',
      'alerts_acknowledged',
      'read_errors dataset',
      'read_errors schedule',
      'read_errors alerts',
    ])
    const checks = [check('run', 'a', 'fine'), check('run', 'b', 'wrong'), check('lake', '', 'unknown')]
    expect(values({ observation: { at: at(60), checks } })).toMatchObject({
      observation_timestamp_seconds: Date.parse(at(60)) / 1000,
      ...{ 'checks run fine': 1, 'checks run wrong': 1, 'checks run none': 0, 'checks lake unknown': 1 },
      ...{ 'check_wrong run a': 0, 'check_wrong run b': 1 },
    })
    expect(values({ observation: { at: at(60), checks } })).not.toHaveProperty('check_wrong lake ')
  })

  it('are the open alerts, the channels and the slots', () => {
    const open = [
      { kind: 'freshness', severity: 'critical', acknowledged: true },
      { kind: 'freshness', severity: 'critical', acknowledged: false },
      { kind: 'channel', severity: 'warning', acknowledged: false },
    ] as const
    const channels = [{ name: 'slack', pending: 2, failures: 3, givenUp: 1 }]
    const sets = [
      { name: 'nightly', slots: { done: 5, missed: 2 }, last: { slot: at(0), exitCode: 1 }, next: at(86_400) },
      { name: 'weekly', slots: {} },
    ]
    const found = values({ alerts: { open, channels }, sets, readErrors: { dataset: 2, schedule: 0, alerts: 1 } })
    expect(found).toMatchObject({
      ...{ 'alerts_open freshness critical': 2, 'alerts_open channel warning': 1, alerts_acknowledged: 1 },
      ...{ 'alert_messages_pending slack': 2, 'channel_failures_in_a_row slack': 3 },
      'channel_messages_given_up slack': 1,
      ...{ 'schedule_slots_recorded nightly done': 5, 'schedule_slots_recorded nightly missed': 2 },
      'schedule_last_slot_timestamp_seconds nightly': Date.parse(at(0)) / 1000,
      'schedule_last_slot_exit_code nightly': 1,
      'schedule_next_slot_timestamp_seconds nightly': Date.parse(at(86_400)) / 1000,
      ...{ 'schedule_slots_recorded weekly done': 0, 'read_errors dataset': 2, 'read_errors alerts': 1 },
    })
    expect(found).not.toHaveProperty('schedule_next_slot_timestamp_seconds weekly')
  })
})
