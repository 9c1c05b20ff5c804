import { randomUUID } from 'node:crypto'
import type { ReadStream } from 'node:fs'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LakeferryError, reasonOf } from '../errors.js'
import type { PartsView } from '../http/pipeline-certificate.js'
import type { Format } from '../model/format.js'
import { lakeKey } from '../model/lake-key.js'
import type { Manifest, Part } from '../model/manifest.js'
import { keyProblem } from '../model/object-key.js'
import type { ObjectStore } from '../ports/object-store.js'
import { HttpProblem } from './problems.js'

export const PART_TYPES: Readonly<Record<Format, string>> = {
  parquet: 'application/vnd.apache.parquet',
  'ndjson.gz': 'application/gzip',
  'ejson.gz': 'application/gzip',
  'bson.gz': 'application/gzip',
  json: 'application/json',
}

/** Those that the manifest names, each by its way below the run's folder. What lies elsewhere is none of the run's. */
export function partViews(manifest: Manifest): PartsView['parts'] {
  return ownParts(manifest).map(({ path, part: { format, documents, bytes, sha256 } }) => ({
    ...{ path, format, documents, bytes, sha256 },
  }))
}

/** @throws HttpProblem 404 for everything but a path of {@link partViews} */
export function findPart(manifest: Manifest, path: string): Part {
  const found = ownParts(manifest).find(one => one.path === path)
  if (found === undefined) throw new HttpProblem(404, 'The run has no such part.', 'The list of parts has their paths.')
  return found.part
}

function ownParts(manifest: Manifest): readonly { readonly path: string; readonly part: Part }[] {
  const folder = lakeKey.run(manifest.dataset, manifest.runId)
  return manifest.parts
    .filter(({ key }) => key.startsWith(folder) && keyProblem(key) === undefined)
    .map(part => ({ path: part.key.slice(folder.length), part }))
}

/** Copies of objects that are made at the same time, of a lake that is elsewhere. */
const MOST_COPIES = 4
let copies = 0

/**
 * The bytes of a part. Where the lake is a folder they are read where they lie; else they are copied into a temporary file first,
 * which is gone with the last byte, and memory does not grow with the part.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_MISSING`, `LAKE_OBJECT_DAMAGED` when it has not the size that the manifest says
 */
export async function openPart(lake: ObjectStore, { key, bytes }: Part): Promise<ReadStream> {
  const file = await openObject(lake, key)
  const { size } = await file.stat()
  if (size === bytes) return file.createReadStream()
  await file.close()
  throw new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key, wanted: `${bytes} bytes`, got: `${size}` })
}

async function openObject(lake: ObjectStore, key: string): Promise<FileHandle> {
  const path = lake.localPath?.(key)
  if (path !== undefined) {
    return await open(path).catch(error => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key }, { cause: error })
      const reason = reasonOf(error)
      throw new LakeferryError('LAKE_UNREACHABLE', { lake: lake.url, operation: 'read', key, reason }, { cause: error })
    })
  }
  if (copies >= MOST_COPIES) throw new HttpProblem(503, 'Too many parts are being fetched.', 'Ask again later.')
  copies += 1
  const copy = join(tmpdir(), `lakeferry-part-${randomUUID()}`)
  try {
    await lake.download(key, copy)
    return await open(copy)
  } finally {
    copies -= 1
    // What is open stays until it is closed.
    await rm(copy, { force: true })
  }
}
