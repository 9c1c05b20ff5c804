import type { Contract } from '../model/contract.js'
import type { Format } from '../model/format.js'
import type { Manifest } from '../model/manifest.js'
import type { Compression, Partitioning } from '../model/part-options.js'
import type { ReadOrder } from '../model/read-order.js'
import type { RunId } from '../model/run-id.js'
import type { Clock } from '../ports/clock.js'
import type { DocumentSource } from '../ports/document-source.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { ExportProgress } from './progress.js'

export interface ExportDeps {
  readonly source: DocumentSource
  readonly lake: ObjectStore
  readonly clock: Clock
  /** The compiled worker module, where it is not beside this one. */
  readonly workerUrl?: URL
}

export interface ExportRequest {
  readonly dataset: string
  readonly collection: string
  /** Canonical Extended JSON text of a query document. */
  readonly filter?: string
  readonly formats: readonly Format[]
  /** Gives the columns of Parquet. Without one, a census of a sample does. */
  readonly contract?: Contract
  /** @defaultValue {@link DEFAULT_COMPRESSION} */
  readonly compression?: Compression
  /** Bytes of BSON that make one part. @defaultValue {@link PART_BYTES} */
  readonly partBytes?: number
  readonly partitionBy?: Partitioning
  /** A new one when left out. */
  readonly runId?: RunId
  /**
   * Goes on with an unfinished run, where there is one: that of `runId`, else the newest. When this export fails, too, what
   * is finished stays for the next attempt.
   */
  readonly resume?: boolean
  /**
   * In which documents are read: `id`, that of `_id`, in which a reading that breaks off goes on after its last document; `any`,
   * that in which the source is quickest, where there is little to read and nothing to resume. @defaultValue `any`
   */
  readonly order?: ReadOrder
  /** Cursors open at once, at most. @defaultValue half the workers */
  readonly readers?: number
  /** Transcoding threads. @defaultValue as many as cores and `memoryBytes` allow */
  readonly workers?: number
  /** Bytes of memory that the whole process may take. @defaultValue 512 MiB */
  readonly memoryBytes?: number
  /** `lakeferry 0.1.0`: goes into the manifest and the parts. */
  readonly tool: string
  readonly signal?: AbortSignal
  /** Told the run's id as soon as the run is ours: from then on it is committed, or failed. */
  readonly onBegun?: (runId: RunId) => void
  readonly onProgress?: (progress: ExportProgress) => void
  /** Told, in a sentence for people, as it happens; the outcome's `warnings` have it again. */
  readonly onNotice?: (text: string) => void
}

export interface ExportOutcome {
  readonly runId: RunId
  readonly manifest: Manifest
  readonly manifestKey: string
  /** Of this attempt. */
  readonly seconds: number
  /** Documents that an earlier attempt had finished, and that were not read again. */
  readonly resumed: number
  /** Sentences for a person: an empty collection, documents rejected, a pointer that could not be moved. */
  readonly warnings: readonly string[]
}
