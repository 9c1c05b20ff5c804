import type { ClockReading } from './source-health.js'

/**
 * The lake: a flat store of immutable objects under one root. `file:` and `s3://` behave the same; one suite
 * (`test/ports/object-store-suite.ts`) holds every adapter to these comments.
 *
 * Keys are relative to the root, `/`-separated, without a leading `/`. Every failure is a LakeferryError of the LAKE_
 * family with the key in it.
 */
export interface ObjectStore {
  /** The root as a person would write it, without secrets: `s3://bucket/prefix`, `file:/abs/lake`. */
  readonly url: string

  /** The whole object and its version, or undefined when there is none. For small objects: metadata, reports. */
  get(key: string): Promise<StoredObject | undefined>

  /**
   * Copies an object into a local file, which it creates or replaces, and tells its size and SHA-256 (hex), computed
   * from the bytes as they passed. Memory does not grow with the object.
   *
   * @throws `LAKE_OBJECT_MISSING` when there is none
   */
  download(key: string, file: string): Promise<{ bytes: number; sha256: string }>

  /** A local path that holds exactly this object's bytes without copying, where the store has one (`file:`). */
  localPath?(key: string): string

  /** Size in bytes and version, or undefined when there is none. */
  head(key: string): Promise<{ bytes: number; etag: string } | undefined>

  /**
   * Creates the object, atomically and durably: a reader sees nothing or all of it, and of any number of writers of one
   * key exactly one is told `created`. The object is never touched when the answer is `exists`.
   */
  putIfAbsent(key: string, body: Uint8Array, options?: PutOptions): Promise<PutOutcome>

  /** Replaces the object when its version is still `etag` (undefined: when it is absent). Of several, one wins. */
  putIfMatch(key: string, body: Uint8Array, etag: string | undefined): Promise<{ written: boolean }>

  /** Writes whatever is there now: only for what can be made again to the byte (reports). Atomic for readers. */
  put(key: string, body: Uint8Array, options?: PutOptions): Promise<void>

  /**
   * Keys that begin with `prefix`, in ascending order of their UTF-8 bytes, all pages of them. With `delimiter: '/'`,
   * the part up to the next `/` is told once, as a key that ends in `/`; some stores tell it for a moment longer than
   * its last object is there. `startAfter` is exclusive, and compared with what would be told.
   */
  list(prefix: string, options?: { delimiter?: '/'; startAfter?: string }): AsyncIterable<ListedObject>

  /** Removes objects; one that is not there is no failure. */
  delete(keys: readonly string[]): Promise<void>

  /**
   * What writers that died left behind outside of any object: unfinished multipart uploads, temporary files. None of it
   * can be seen by `get` or `list`, and all of it takes room. Where the store cannot tell whether the writer is still at
   * work, it is told all the same: go by `abandoned` and `since`.
   */
  leftovers(): AsyncIterable<Leftover>

  /** Removes one; that it is not there any more is no failure. */
  removeLeftover(leftover: Leftover): Promise<void>

  /**
   * The store's own clock, held against ours, where it has one that is not this machine's (S3: the `Date` of an answer).
   * Undefined when its answer tells no time.
   */
  readClock?(): Promise<ClockReading | undefined>

  /** Releases sockets. The store is not used after it. */
  close(): Promise<void>
}

export interface Leftover {
  /** The store's own name for it. */
  readonly id: string
  /** The object that it was to become, where the store knows. */
  readonly key: string | undefined
  /** When it was begun or last written, by the store's clock. */
  readonly since: Date
  /** Whether its writer is dead beyond doubt; false where the store cannot know, and then only age tells. */
  readonly abandoned: boolean
  /** undefined where the store does not tell. */
  readonly bytes: number | undefined
}

export interface StoredObject {
  readonly body: Uint8Array
  /** Opaque; changes whenever the object's bytes do. */
  readonly etag: string
}

export interface ListedObject {
  readonly key: string
  /** 0 for a common prefix. */
  readonly bytes: number
}

export interface PutOptions {
  /** SHA-256 of the body, hex, so that the store refuses what was damaged on the way. */
  readonly sha256?: string
  /** MIME type, for what a browser may open. */
  readonly contentType?: string
}

export type PutOutcome = 'created' | 'exists'
