import { canonicalJson } from '../model/canonical-json.js'
import type { Column } from '../model/column.js'
import type { Format } from '../model/format.js'
import type { Guarantee } from '../model/manifest.js'
import type { Compression, Partitioning } from '../model/part-options.js'
import type { RunId } from '../model/run-id.js'
import type { IdRange } from '../ports/document-source.js'

/** All that the bytes of a run's parts depend on, beside the documents. Two attempts at one run must have the same. */
export interface RunSettings {
  readonly server: string
  readonly database: string
  readonly collection: string
  readonly filter: string | null
  readonly formats: readonly Format[]
  readonly compression: Compression
  readonly partBytes: number
  readonly partitionBy: Partitioning | null
  /** Fingerprint of the contract's file. */
  readonly contract: string | null
  readonly tool: string
}

/**
 * `_lakeferry/plans/<dataset>/<runId>/plan.json`: what an unfinished run is about. Written with its first finished segment,
 * so that a small export costs no more than before.
 */
export interface RunPlan {
  readonly version: 1
  readonly dataset: string
  readonly runId: RunId
  readonly settings: RunSettings
  readonly columns: readonly Column[]
  readonly guarantee: Guarantee
  /** Which collection of that name: another one after it was dropped and made again. Null where the source does not tell. */
  readonly identity: string | null
  /** Bounds as base64 of BSON `{_id: bound}`; null: unbounded. */
  readonly ranges: readonly { readonly from: string | null; readonly until: string | null }[]
}

export function plannedRanges(plan: RunPlan): IdRange[] {
  const bytes = (text: string | null): Uint8Array | undefined =>
    text === null ? undefined : Buffer.from(text, 'base64')
  return plan.ranges.map(({ from, until }) => ({ from: bytes(from), until: bytes(until) }))
}

export function storedRanges(ranges: readonly IdRange[]): RunPlan['ranges'] {
  const text = (bytes: Uint8Array | undefined): string | null =>
    bytes === undefined ? null : Buffer.from(bytes).toString('base64')
  return ranges.map(({ from, until }) => ({ from: text(from), until: text(until) }))
}

/** In words, what is asked for otherwise now than when the run was begun; undefined when nothing is. */
export function settingsDifference(begun: RunSettings, asked: RunSettings): string | undefined {
  const names: Readonly<Record<keyof RunSettings, string>> = {
    server: 'source.uri',
    database: 'source.database',
    collection: 'the collection',
    filter: 'the filter',
    formats: 'the formats',
    compression: 'the compression',
    partBytes: 'partSize',
    partitionBy: 'partitionBy',
    contract: 'the contract (its SHA-256)',
    tool: 'the version',
  }
  for (const key of Object.keys(names) as (keyof RunSettings)[]) {
    const [was, is] = [canonicalJson(begun[key]), canonicalJson(asked[key])]
    if (was !== is) return `${names[key]} was ${was} and is ${is}`
  }
  return undefined
}
