import type { ErrorCode, ErrorDetails } from '../errors.js'
import type { Census } from '../model/census.js'
import type { Column } from '../model/column.js'
import type { Digest } from '../model/digest.js'
import type { Format } from '../model/format.js'
import type { Part } from '../model/manifest.js'
import type { Compression, Partitioning } from '../model/part-options.js'

/**
 * What the main thread and a transcoding worker say to each other. Blocks come in shared slots, which the worker gives
 * back with `done`; parts are transferred.
 */
export interface WorkerSettings {
  readonly formats: readonly Format[]
  readonly columns: readonly Column[]
  readonly compression: Compression
  readonly partitionBy: Partitioning | undefined
  readonly tool: string
  /** Whether fingerprints of all `_id`s are wanted. @defaultValue false */
  readonly fingerprints?: boolean
  /** Memory that one document may take. @defaultValue no limit */
  readonly room?: DocumentRoom
}

/** What a thread is begun with. */
export interface WorkerData extends WorkerSettings {
  /** The inner loops; without it they are JavaScript. */
  readonly module?: WebAssembly.Module
}

export interface DocumentRoom {
  readonly bytes: number
  /** Memory for each byte of a document's JSON text, and of its BSON. */
  readonly perText: number
  readonly perBson: number
  /** `limits.memory`, which `bytes` is what is left of. */
  readonly memoryBytes: number
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
  /** Collect your garbage, and say when it is done. */
  | { readonly type: 'collect' }

export type FromWorker =
  /** A block was transcoded: its bytes are no longer in flight, and its slot is free. */
  | { readonly type: 'done'; readonly slot: SharedArrayBuffer; readonly bytes: number; readonly documents: number }
  | { readonly type: 'part'; readonly segment: number; readonly part: EncodedPart }
  | { readonly type: 'closed'; readonly segment: number; readonly totals: SegmentTotals }
  | { readonly type: 'collected' }
  /** A LakeferryError, whose class does not survive the crossing: told by code and details, and made again. */
  | { readonly type: 'failed'; readonly error: ToldError }

/** A code with the details that belong to it. */
export type ToldError = {
  readonly [C in ErrorCode]: { readonly code: C; readonly details: ErrorDetails[C] }
}[ErrorCode]

export interface EncodedPart {
  readonly format: Format
  readonly body: Uint8Array
  readonly documents: number
  readonly sha256: string
  readonly digest: Digest
  readonly firstId: string | null
  readonly lastId: string | null
  readonly partition?: NonNullable<Part['partition']>
}

export interface SegmentTotals {
  /** Read: those in the parts and the rejected. */
  readonly documents: number
  readonly rejected: number
  readonly digest: Digest
  readonly census: Census
  /** Of the rejected documents. */
  readonly rejectsDigest: Digest
  /** Lines of `_rejects/`, or undefined when there are none. */
  readonly rejects: Uint8Array | undefined
  /** Of the `_id`s of all that was read, two words each, where they are wanted. */
  readonly fingerprints?: Uint32Array<ArrayBuffer>
}
