import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { interruption, isLakeferryError, LakeferryError, reasonOf } from '../errors.js'
import type { ObjectStore } from '../ports/object-store.js'

const CHUNK_BYTES = 256 * 1024

/** An object of the lake as a local file: where it lies, or a copy. */
export class LakeFile {
  readonly key: string
  readonly bytes: number
  /** Hex, of all of it. */
  readonly sha256: string
  readonly #lake: ObjectStore
  readonly #path: string
  readonly #copied: boolean

  constructor(lake: ObjectStore, key: string, path: string, facts: { bytes: number; sha256: string; copied: boolean }) {
    this.key = key
    this.bytes = facts.bytes
    this.sha256 = facts.sha256
    this.#lake = lake
    this.#path = path
    this.#copied = facts.copied
  }

  /** From its beginning to its end. */
  chunks(signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    return chunksOf(this.#lake, this.key, this.#path, signal)
  }

  /** Its last `count` bytes, or all when it has fewer. */
  async tail(count: number): Promise<Uint8Array> {
    const length = Math.min(count, this.bytes)
    const tail = new Uint8Array(length)
    const handle = await open(this.#path)
    try {
      let done = 0
      while (done < length) {
        const { bytesRead } = await handle.read(tail, done, length - done, this.bytes - length + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      return tail.subarray(0, done)
    } catch (error) {
      throw unreadable(this.#lake, this.key, error)
    } finally {
      await handle.close()
    }
  }

  /** Removes the copy, if it is one. */
  async close(): Promise<void> {
    if (this.#copied) await rm(this.#path, { force: true })
  }
}

/**
 * The object in place, where the lake is a folder; else copied into `scratch`. Hashed in either case, as it is read.
 *
 * @returns undefined when there is none
 * @throws {@link LakeferryError} of the LAKE_ family: not to be able to look is not the same as to find nothing
 */
export async function openLakeFile(
  lake: ObjectStore,
  key: string,
  scratch: string,
  signal: AbortSignal | undefined,
): Promise<LakeFile | undefined> {
  const path = lake.localPath?.(key)
  try {
    if (path === undefined) {
      const copy = join(scratch, randomUUID())
      return new LakeFile(lake, key, copy, { ...(await lake.download(key, copy)), copied: true })
    }
    const hash = createHash('sha256')
    let bytes = 0
    for await (const chunk of chunksOf(lake, key, path, signal)) {
      hash.update(chunk)
      bytes += chunk.length
    }
    return new LakeFile(lake, key, path, { bytes, sha256: hash.digest('hex'), copied: false })
  } catch (error) {
    if (isLakeferryError(error, 'LAKE_OBJECT_MISSING')) return undefined
    throw error
  }
}

/** A folder for copies of objects and for what does not fit into memory; gone when the work is done, however it ends. */
export async function withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'lakeferry-proof-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function* chunksOf(
  lake: ObjectStore,
  key: string,
  path: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (signal?.aborted) throw interruption(signal)
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES, ...(signal ? { signal } : {}) })
  try {
    for await (const chunk of stream) yield chunk as Uint8Array
  } catch (error) {
    if (signal?.aborted) throw interruption(signal, error)
    throw unreadable(lake, key, error)
  }
}

function unreadable(lake: ObjectStore, key: string, error: unknown): unknown {
  if (error instanceof LakeferryError) return error
  const cause = { cause: error }
  const code = (error as NodeJS.ErrnoException).code
  if (code === undefined) return error
  if (code === 'ENOENT') return new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key }, cause)
  return new LakeferryError(
    'LAKE_UNREACHABLE',
    { lake: lake.url, operation: 'read', key, reason: reasonOf(error) },
    cause,
  )
}
