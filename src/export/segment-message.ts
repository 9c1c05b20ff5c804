import type { Census } from '../model/census.js'
import type { Column } from '../model/column.js'
import type { Digest } from '../model/digest.js'
import type { Format } from '../model/format.js'

/**
 * What the main thread and a transcoding worker say to each other. Blocks come in shared slots, which the worker gives
 * back with `done`; parts are transferred.
 */
export interface WorkerSettings {
  readonly formats: readonly Format[]
  readonly columns: readonly Column[]
  readonly tool: string
}

export type ToWorker =
  | {
      readonly type: 'block'
      readonly segment: number
      readonly slot: SharedArrayBuffer
      readonly bytes: number
      readonly starts: Uint32Array
    }
  | { readonly type: 'close'; readonly segment: number; readonly empty: boolean }

export type FromWorker =
  /** A block was transcoded: its bytes are no longer in flight, and its slot is free. */
  | { readonly type: 'done'; readonly slot: SharedArrayBuffer; readonly bytes: number; readonly documents: number }
  | { readonly type: 'part'; readonly segment: number; readonly part: EncodedPart }
  | { readonly type: 'closed'; readonly segment: number; readonly totals: SegmentTotals }

export interface EncodedPart {
  readonly format: Format
  readonly body: Uint8Array
  readonly documents: number
  readonly sha256: string
  readonly digest: Digest
  readonly firstId: string | null
  readonly lastId: string | null
}

export interface SegmentTotals {
  /** Read: those in the parts and the rejected. */
  readonly documents: number
  readonly rejected: number
  readonly digest: Digest
  readonly census: Census
  /** Lines of `_rejects/`, or undefined when there are none. */
  readonly rejects: Uint8Array | undefined
}
