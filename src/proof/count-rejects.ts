import { LakeferryError } from '../errors.js'
import { DamagedPart } from '../ingest/read-lossless.js'
import type { Manifest } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'
import { openLakeFile, withScratch } from './lake-file.js'
import { readRejects } from './reject-lines.js'

/**
 * How many documents of a run were rejected for each reason, by its code.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_MISSING`, `LAKE_OBJECT_DAMAGED`: also when there are fewer or more of them than
 * the manifest says
 */
export async function countRejects(
  lake: ObjectStore,
  { rejects }: Manifest,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, number>>> {
  const codes = new Map<string, number>()
  let documents = 0
  const damaged = (key: string, wanted: string, got: string, cause?: unknown): LakeferryError =>
    new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key, wanted, got }, { cause })
  await withScratch(async scratch => {
    for (const key of rejects.keys) {
      const file = await openLakeFile(lake, key, scratch, signal)
      if (file === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key })
      try {
        for await (const found of readRejects(file, signal)) {
          documents += found.length
          for (const { code } of found) codes.set(code, (codes.get(code) ?? 0) + 1)
        }
      } catch (error) {
        if (error instanceof DamagedPart) throw damaged(key, 'rejected documents', error.message, error)
        throw error
      } finally {
        await file.close()
      }
    }
  })
  if (documents !== rejects.documents)
    throw damaged(rejects.keys[0] ?? '_rejects/', `${rejects.documents} rejected documents`, `${documents}`)
  return Object.fromEntries(codes)
}
