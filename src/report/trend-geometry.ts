import type { ResultStatus } from '../model/result.js'
import { runIdInstant } from '../model/run-id.js'
import type { ReportInput } from './report-input.js'

/** One run in the trend. */
export interface TrendPoint {
  readonly runId: string
  readonly at: Date
  readonly documents: number
  /** Documents that break a rule of severity `error`. */
  readonly failing: number
  /** `failing` of `documents`, 0 to 1; 0 when there are no documents. */
  readonly share: number
  /** Over all rules. */
  readonly violations: number
  readonly status: ResultStatus
  /** Whether the contract differs from that of the run before: the yardstick moved, not only the data. */
  readonly contractChanged: boolean
}

/** The earlier runs and the one reported on, oldest first. */
export function trendPoints({ history, result }: Pick<ReportInput, 'history' | 'result'>): TrendPoint[] {
  const now = {
    runId: result.runId,
    documents: result.documents,
    status: result.status,
    failingDocuments: result.failingDocuments,
    ruleViolated: Object.fromEntries(result.rules.map(rule => [rule.id, rule.violated])),
    contractFingerprint: result.contract.fingerprint,
  }
  return [...history, now].map((run, index) => ({
    runId: run.runId,
    at: runIdInstant(run.runId),
    documents: run.documents,
    failing: run.failingDocuments.error,
    share: run.documents === 0 ? 0 : run.failingDocuments.error / run.documents,
    violations: Object.values(run.ruleViolated).reduce((sum, violated) => sum + violated, 0),
    status: run.status,
    contractChanged: index > 0 && history[index - 1]?.contractFingerprint !== run.contractFingerprint,
  }))
}

/** A vertical axis from 0 to a round number at or above the greatest value. */
export interface Axis {
  readonly max: number
  readonly ticks: readonly number[]
}

const STEPS = [1, 2, 2.5, 5, 10] as const

/**
 * @param smallestStep - 1 for counts, so that no tick lies between two documents
 */
export function axisFor(greatest: number, intervals: number, smallestStep: number): Axis {
  // Nothing but zeros still needs an axis to lie on.
  if (greatest <= 0) return { max: 1, ticks: [0, 1] }
  const rough = Math.max(greatest / intervals, smallestStep)
  const magnitude = 10 ** Math.floor(Math.log10(rough))
  // The tolerance keeps 0.30000000000000004 on the step 0.3 belongs to.
  const wanted = STEPS.map(step => step * magnitude).find(step => step >= rough * (1 - 1e-9)) ?? 10 * magnitude
  const step = smallestStep >= 1 ? Math.ceil(wanted) : wanted
  const used = Math.max(1, Math.ceil((greatest / step) * (1 - 1e-9)))
  return { max: step * used, ticks: Array.from({ length: used + 1 }, (_, index) => index * step) }
}

/** A chart's place in the picture, in the picture's units; y grows downwards. */
export interface Panel {
  readonly top: number
  readonly height: number
  readonly axis: Axis
}

export function yOf(panel: Panel, value: number): number {
  return round(panel.top + panel.height * (1 - value / panel.axis.max))
}

/** Centre of each run's slot: runs stand side by side in order, whatever time lies between them. */
export function slotCentres(count: number, left: number, right: number): number[] {
  const slot = (right - left) / count
  return Array.from({ length: count }, (_, index) => round(left + slot * (index + 0.5)))
}

/**
 * Which runs get a label under the axis: always the last, then every so many before it, so that none touch.
 *
 * @param room - how many labels fit
 */
export function labelledSlots(count: number, room: number): Set<number> {
  const every = Math.max(1, Math.ceil(count / Math.max(1, room)))
  const slots = new Set<number>()
  for (let index = count - 1; index >= 0; index -= every) slots.add(index)
  return slots
}

/** Two decimals are finer than a pixel, and keep the file small and equal everywhere. */
export function round(value: number): number {
  return Math.round(value * 100) / 100
}
