import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { LakeferryError } from '../../errors.js'
import { atOnce } from '../../model/at-once.js'
import { type Manifest, type Part, parquetParts } from '../../model/manifest.js'
import type { ObjectStore } from '../../ports/object-store.js'

/** A part of a run, with its bytes known to be those that were committed. */
export interface PartFile {
  readonly part: Part
  readonly path: string
}

/** Parts that are fetched or hashed at a time. */
const CONCURRENCY = 4

const HASH_CHUNK_BYTES = 1_048_576

/**
 * Makes the Parquet parts of a run local files, where the store has none: downloaded into `folder`, which is the
 * caller's to remove. Size and SHA-256 of each are compared with the manifest's, in place or as they come in.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_MISSING`, `LAKE_OBJECT_DAMAGED`
 */
export async function localParts(
  lake: ObjectStore,
  manifest: Manifest,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<readonly PartFile[]> {
  const parts = parquetParts(manifest)
  await mkdir(folder, { recursive: true })
  return atOnce(CONCURRENCY, parts, async (part, index) => {
    signal?.throwIfAborted()
    return { part, path: await localPart(lake, part, join(folder, `part-${index}.parquet`), signal) }
  })
}

async function localPart(
  lake: ObjectStore,
  part: Part,
  file: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const path = lake.localPath?.(part.key)
  if (path === undefined) {
    requireSame(lake, part, await lake.download(part.key, file))
    return file
  }
  requireSame(lake, part, await hashFile(lake, part, path, signal))
  // DuckDB reads *, ? and [ in a path as a pattern, and may find other files or none.
  if (!/[*?[\]]/.test(path)) return path
  await symlink(path, file)
  return file
}

async function hashFile(
  lake: ObjectStore,
  part: Part,
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ bytes: number; sha256: string }> {
  try {
    const { size } = await stat(path)
    // A part that was cut off needs no reading.
    if (size !== part.bytes) return { bytes: size, sha256: part.sha256 }
    const hash = createHash('sha256')
    for await (const chunk of createReadStream(path, {
      highWaterMark: HASH_CHUNK_BYTES,
      ...(signal ? { signal } : {}),
    }))
      hash.update(chunk as Uint8Array)
    return { bytes: size, sha256: hash.digest('hex') }
  } catch (error) {
    signal?.throwIfAborted()
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key: part.key }, { cause: error })
    const { message } = error as Error
    throw new LakeferryError(
      'LAKE_UNREACHABLE',
      { lake: lake.url, operation: 'read', key: part.key, reason: message },
      { cause: error },
    )
  }
}

function requireSame(lake: ObjectStore, part: Part, got: { bytes: number; sha256: string }): void {
  if (got.bytes !== part.bytes) throw damagedPart(lake, part, `${part.bytes} bytes`, `${got.bytes}`)
  if (got.sha256 !== part.sha256) throw damagedPart(lake, part, `SHA-256 ${part.sha256}`, got.sha256)
}

export function damagedPart(lake: ObjectStore, part: Part, wanted: string, got: string): LakeferryError {
  return new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key: part.key, wanted, got })
}

/** Removes what {@link localParts} put there. */
export async function removeParts(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}
