import type { Format } from './format.js'
import { partName } from './format.js'
import type { RunId } from './run-id.js'

/**
 * Where things are on the lake, relative to `lake.url`. The one place that spells keys; docs/lake-format.md describes
 * them. Names that begin with `_` are invisible to Spark and Hive.
 */
export const lakeKey = {
  dataset: (dataset: string): string => `${dataset}/`,
  run: (dataset: string, runId: RunId): string => `${dataset}/run=${runId}/`,
  /** @param folder - of a partition, `created_day=2024-01-05` */
  part: (dataset: string, runId: RunId, format: Format, partNumber: number, folder?: string): string =>
    `${dataset}/run=${runId}/${format}/${folder === undefined ? '' : `${folder}/`}${partName(format, dataset, partNumber)}`,
  rejects: (dataset: string, runId: RunId, partNumber: number): string =>
    `${dataset}/run=${runId}/_rejects/part-${String(partNumber).padStart(5, '0')}.ndjson`,
  manifest: (dataset: string, runId: RunId): string => `${dataset}/run=${runId}/_manifest.json`,
  pointer: (dataset: string): string => `${dataset}/_latest.json`,
  /** Taken by the first writer of a run id, removed after the commit. */
  claim: (dataset: string, runId: RunId): string => `_lakeferry/claims/${dataset}/${runId}.json`,
  /** How far an unfinished run has come, so that it can be resumed; removed after the commit. */
  plan: (dataset: string, runId: RunId): string => `_lakeferry/plans/${dataset}/${runId}/`,
  /** What the run is about; the other objects of its plan mean nothing without it. */
  planFile: (dataset: string, runId: RunId): string => `_lakeferry/plans/${dataset}/${runId}/plan.json`,
  /** A contract as it was when a run was held to it, so that the run can be held to it for ever. */
  contract: (fingerprint: string): string => `_lakeferry/contracts/${fingerprint}.odcs.yaml`,
  /** All of the following. */
  jobs: '_lakeferry/jobs/',
  /** Of a validation that runs elsewhere: what it was asked, how far it is, what it answered. Removed when it was read. */
  job: (dataset: string, runId: RunId, jobId: string): string => `_lakeferry/jobs/${dataset}/run=${runId}/${jobId}/`,
  /** The manifest of a run that somebody has set aside, so that no reader finds it, and why. */
  setAside: (dataset: string, runId: RunId): string => `_lakeferry/quarantine/${dataset}/${runId}.json`,
  /** The last attempts at a dataset's runs, the failed ones among them. */
  attempts: (dataset: string): string => `_lakeferry/attempts/${dataset}.json`,
  /** Which slots of a set of the schedule were run, by whom, and with what outcome. */
  schedule: (set: string): string => `_lakeferry/schedule/${set}.json`,
  /** Open alerts, what was said of them, what is silenced, and what is still to be sent. */
  alerts: '_lakeferry/alerts.json',
  /** A state of the alerts that could not be read, put aside at that instant (RFC 3339, UTC). */
  alertsAside: (at: string): string => `_lakeferry/alerts-aside/${at.replaceAll(/[-:]/g, '')}.json`,
  /** Of `doctor`, while it tries the lake's conditional writes. */
  probe: (id: RunId): string => `_lakeferry/doctor/${id}`,
  reports: (dataset: string): string => `validation-reports/${dataset}/`,
  report: (dataset: string, runId: RunId, name: string): string => `validation-reports/${dataset}/run=${runId}/${name}`,
} as const

/** The run id in a key or common prefix such as `papers/run=20261122T020000.000Z-1a2b3c/`, if there is one. */
export function runIdInKey(key: string): RunId | undefined {
  return /(?:^|\/)run=([^/]+)(?:\/|$)/.exec(key)?.[1]
}
