import type { Attempt } from '../model/attempt.js'
import type { CheckKind, CheckSeverity, Observation } from '../model/check.js'
import type { GateOutcome } from '../model/gate.js'
import { type Manifest, manifestBytes } from '../model/manifest.js'
import type { MetricSample } from '../model/metric.js'
import type { ValidationResult } from '../model/result.js'
import type { MetricName } from './metric-names.js'

/** Of a dataset's newest committed run. Whether it is stale, its age tells. */
export type Verdict = Exclude<GateOutcome, 'stale'> | 'unjudged' | 'unknown'

const VERDICTS: readonly Verdict[] = ['good', 'partial', 'empty', 'bad', 'unjudged', 'unknown']
const OUTCOMES: readonly Attempt['outcome'][] = [
  ...(['under way', 'failed', 'interrupted', 'unjudged', 'good', 'stale', 'partial', 'empty', 'bad'] as const),
]
const SLOT_STATES = ['done', 'failed', 'missed', 'running', 'waiting'] as const

export interface DatasetFigures {
  readonly name: string
  readonly promiseSeconds: number
  /** Absent when there is no committed run, or none that can be read. */
  readonly newest?: {
    readonly manifest: Manifest
    readonly result: ValidationResult | undefined
    readonly verdict: Verdict
  }
  /** The newest last. */
  readonly attempts: readonly Attempt[]
}

export interface SetFigures {
  readonly name: string
  /** Number of slots on record, by state. */
  readonly slots: Readonly<Partial<Record<(typeof SLOT_STATES)[number], number>>>
  /** The newest that ended. RFC 3339. */
  readonly last?: { readonly slot: string; readonly exitCode: number | null }
  readonly next?: string
}

export interface AlertFigures {
  readonly open: readonly {
    readonly kind: CheckKind
    readonly severity: CheckSeverity
    readonly acknowledged: boolean
  }[]
  readonly channels: readonly {
    readonly name: string
    readonly pending: number
    readonly failures: number
    readonly givenUp: number
  }[]
}

/** What the metrics are made of: everything is on the lake but the last pass of the monitor. */
export interface Figures {
  readonly now: Date
  readonly version: string
  readonly datasets: readonly DatasetFigures[]
  readonly sets: readonly SetFigures[]
  readonly alerts: AlertFigures
  /** Absent until the first pass. */
  readonly observation: Observation | undefined
  /** Objects that could not be read, by what they are. */
  readonly readErrors: { readonly dataset: number; readonly schedule: number; readonly alerts: number }
}

/** The value of every metric. What is not known has no sample: a 0 would be a lie, and an absent series can be alerted on. */
export function measure(figures: Figures): readonly MetricSample[] {
  const samples: MetricSample[] = []
  const add = (name: MetricName, labels: Readonly<Record<string, string>>, value: number | null | undefined): void => {
    if (typeof value === 'number' && Number.isFinite(value)) samples.push({ name, labels, value })
  }
  add('lakeferry_build_info', { version: figures.version }, 1)
  for (const dataset of figures.datasets) {
    measureNewest(add, dataset, figures.now)
    measureAttempts(add, dataset)
  }
  if (figures.observation !== undefined) measureChecks(add, figures.observation)
  measureAlerts(add, figures.alerts)
  for (const set of figures.sets) measureSet(add, set)
  for (const [of, count] of Object.entries(figures.readErrors)) add('lakeferry_read_errors', { of }, count)
  return samples
}

type Add = (name: MetricName, labels: Readonly<Record<string, string>>, value: number | null | undefined) => void

function measureNewest(add: Add, { name: dataset, promiseSeconds, newest }: DatasetFigures, now: Date): void {
  add('lakeferry_dataset_freshness_promise_seconds', { dataset }, promiseSeconds)
  if (newest === undefined) return
  const { manifest, result, verdict } = newest
  // From when the documents were read, as the promise is: docs/monitor.md.
  add('lakeferry_dataset_age_seconds', { dataset }, now.getTime() / 1000 - (seconds(manifest.startedAt) ?? Number.NaN))
  add('lakeferry_dataset_last_commit_timestamp_seconds', { dataset }, seconds(manifest.committedAt))
  add('lakeferry_dataset_documents', { dataset }, manifest.documents)
  add('lakeferry_dataset_rejected_documents', { dataset }, manifest.rejects.documents)
  add('lakeferry_dataset_size_bytes', { dataset }, manifestBytes(manifest))
  add('lakeferry_dataset_parts', { dataset }, manifest.parts.length)
  for (const one of VERDICTS) add('lakeferry_dataset_verdict', { dataset, verdict: one }, one === verdict ? 1 : 0)
  if (result === undefined) return
  add('lakeferry_dataset_violations', { dataset }, result.violations.count)
  for (const status of ['pass', 'fail'] as const) {
    const count = result.rules.filter(rule => rule.status === status).length
    add('lakeferry_dataset_rules', { dataset, status }, count)
  }
}

function measureAttempts(add: Add, { name: dataset, attempts }: DatasetFigures): void {
  add('lakeferry_attempt_started_timestamp_seconds', { dataset }, seconds(attempts.at(-1)?.began))
  const ended = attempts.filter(({ ended }) => ended !== null)
  const succeeded = ended.findLastIndex(({ outcome }) => !isFailure(outcome))
  const last = ended.at(-1)
  if (last !== undefined) {
    add('lakeferry_attempt_success', { dataset }, isFailure(last.outcome) ? 0 : 1)
    add('lakeferry_attempt_failures_in_a_row', { dataset }, ended.length - 1 - succeeded)
  }
  add('lakeferry_attempt_last_success_timestamp_seconds', { dataset }, seconds(ended[succeeded]?.ended))
  for (const outcome of OUTCOMES) {
    const count = attempts.filter(attempt => attempt.outcome === outcome).length
    add('lakeferry_attempts_recorded', { dataset, outcome }, count)
  }
  const newest = (figure: (attempt: Attempt) => number | null): number | null =>
    attempts.map(figure).findLast(value => value !== null) ?? null
  add(
    'lakeferry_export_duration_seconds',
    { dataset },
    newest(attempt => attempt.exportSeconds),
  )
  add(
    'lakeferry_validation_duration_seconds',
    { dataset },
    newest(attempt => attempt.validationSeconds),
  )
}

function isFailure(outcome: Attempt['outcome']): boolean {
  return outcome === 'failed' || outcome === 'interrupted'
}

function measureChecks(add: Add, { at, checks }: Observation): void {
  add('lakeferry_observation_timestamp_seconds', {}, seconds(at))
  const counts = new Map<string, { kind: string; state: string; count: number }>()
  for (const { kind, subject, state } of checks) {
    for (const one of ['fine', 'wrong', 'none', 'unknown']) {
      const counted = counts.get(`${kind} ${one}`) ?? { kind, state: one, count: 0 }
      counts.set(`${kind} ${one}`, { ...counted, count: counted.count + (one === state ? 1 : 0) })
    }
    if (state !== 'unknown') add('lakeferry_check_wrong', { kind, subject }, state === 'fine' ? 0 : 1)
  }
  for (const { kind, state, count } of counts.values()) add('lakeferry_checks', { kind, state }, count)
}

function measureAlerts(add: Add, { open, channels }: AlertFigures): void {
  const counts = new Map<string, { kind: string; severity: string; count: number }>()
  for (const { kind, severity } of open) {
    const { count } = counts.get(`${kind} ${severity}`) ?? { count: 0 }
    counts.set(`${kind} ${severity}`, { kind, severity, count: count + 1 })
  }
  for (const { kind, severity, count } of counts.values()) add('lakeferry_alerts_open', { kind, severity }, count)
  add('lakeferry_alerts_acknowledged', {}, open.filter(({ acknowledged }) => acknowledged).length)
  for (const { name: channel, pending, failures, givenUp } of channels) {
    add('lakeferry_alert_messages_pending', { channel }, pending)
    add('lakeferry_channel_failures_in_a_row', { channel }, failures)
    add('lakeferry_channel_messages_given_up', { channel }, givenUp)
  }
}

function measureSet(add: Add, { name: set, slots, last, next }: SetFigures): void {
  for (const state of SLOT_STATES) add('lakeferry_schedule_slots_recorded', { set, state }, slots[state] ?? 0)
  add('lakeferry_schedule_last_slot_timestamp_seconds', { set }, seconds(last?.slot))
  add('lakeferry_schedule_last_slot_exit_code', { set }, last?.exitCode)
  add('lakeferry_schedule_next_slot_timestamp_seconds', { set }, seconds(next))
}

/** Since 1970; NaN, which is never told, where it is no date. */
function seconds(instant: string | null | undefined): number | undefined {
  return instant == null ? undefined : Date.parse(instant) / 1000
}
