import { LakeferryError } from '../errors.js'
import { canonicalJson } from './canonical-json.js'
import type { Census } from './census.js'
import type { ClusterTime } from './cluster-time.js'
import type { Column } from './column.js'
import type { Digest } from './digest.js'
import type { Format } from './format.js'
import type { RunId } from './run-id.js'

/**
 * `snapshot`: every document as it was at `clusterTime`. `majority`: each document as some majority had acknowledged
 * it while the export ran; writes during the export may be seen or not. `file`: every document of a backup file, which did
 * not change while it was read; what point in time that is, the backup decided. `reason` says why it is no snapshot.
 */
export type Guarantee =
  | { readonly kind: 'snapshot'; readonly clusterTime: ClusterTime }
  | { readonly kind: 'majority'; readonly reason: string }
  | { readonly kind: 'file'; readonly reason: string }

export interface Part {
  readonly format: Format
  /** Relative to the lake's root. */
  readonly key: string
  readonly documents: number
  /** Size of the object, in bytes. */
  readonly bytes: number
  /** SHA-256 of the object, hex. */
  readonly sha256: string
  /** Digest of the documents in it. */
  readonly digest: Digest
  /** Canonical Extended JSON of the first and last `_id` in the order they were read; null in a part without documents, and for one of more than 1,024 bytes. */
  readonly firstId: string | null
  readonly lastId: string | null
  /** The Hive-style folder that it lies in, and the value; null for `__HIVE_DEFAULT_PARTITION__`. Absent without `partitionBy`. */
  readonly partition?: { readonly folder: string; readonly value: string | null }
}

/** The commit point of a run: it exists exactly when this object does. Schema: `schema/manifest.schema.json`. */
export interface Manifest {
  readonly version: 1
  readonly runId: RunId
  readonly dataset: string
  /** Where the documents came from; never a secret. `filter` is canonical Extended JSON text. */
  readonly source: {
    readonly server: string
    readonly database: string
    readonly collection: string
    readonly filter?: string
  }
  readonly guarantee: Guarantee
  /** RFC 3339, UTC. */
  readonly startedAt: string
  readonly committedAt: string
  /** Documents of the collection at the run's point in time: those in the parts of each format, plus the rejected. */
  readonly documents: number
  /** Of the documents in the parts. */
  readonly digest: Digest
  readonly formats: readonly Format[]
  readonly parts: readonly Part[]
  /** Documents that could not be carried faithfully, with the objects that hold their bytes and reasons. */
  readonly rejects: {
    readonly documents: number
    readonly keys: readonly string[]
    /** Of the rejected documents; absent in runs of version 0.1.0. */
    readonly digest?: Digest
  }
  readonly census: Census
  /** The Parquet parts' own columns, without `_id`, `_extra` and `_misfit`. */
  readonly columns: readonly Column[]
  /** Absent when the dataset has no contract. `fingerprint`: SHA-256 of the contract's file, hex. */
  readonly contract?: { readonly id: string; readonly version: string; readonly fingerprint: string }
  readonly tool: string
}

/** `_latest.json`: a cache, to be rebuilt from the manifests when lost. */
export interface Pointer {
  readonly version: 1
  readonly runId: RunId
  readonly manifest: string
  readonly committedAt: string
}

const encoder = new TextEncoder()

export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(`${canonicalJson(value)}\n`)
}

/** @throws {@link LakeferryError} `MANIFEST_INVALID` */
export function decodeManifest(key: string, bytes: Uint8Array): Manifest {
  let value: Partial<Manifest>
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new LakeferryError('MANIFEST_INVALID', { key, problem: 'not JSON' }, { cause: error })
  }
  if (value.version !== 1)
    throw new LakeferryError('MANIFEST_INVALID', { key, problem: `version ${value.version}, wanted 1` })
  for (const field of [
    'runId',
    'dataset',
    'source',
    'guarantee',
    'documents',
    'digest',
    'formats',
    'parts',
    'rejects',
    'columns',
  ] as const) {
    if (value[field] === undefined) throw new LakeferryError('MANIFEST_INVALID', { key, problem: `no ${field}` })
  }
  return value as Manifest
}

/** The parts that engines read. */
export function parquetParts({ parts }: Pick<Manifest, 'parts'>): readonly Part[] {
  return parts.filter(({ format }) => format === 'parquet')
}

/** Bytes on the lake, of one format or of all. */
export function manifestBytes(manifest: Manifest, format?: Format): number {
  return manifest.parts.reduce(
    (sum, part) => (format === undefined || part.format === format ? sum + part.bytes : sum),
    0,
  )
}
