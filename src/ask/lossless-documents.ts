import { viewOf } from '../bson/walk.js'
import { LakeferryError } from '../errors.js'
import { DamagedPart, type LosslessFormat, readLosslessPart } from '../ingest/read-lossless.js'
import type { Part } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'
import { openLakeFile } from '../proof/lake-file.js'

/** A document among others in memory. */
export interface PlacedDocument {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly start: number
  readonly end: number
  /** Which of the part's it is, from 0. */
  readonly row: number
}

export interface LosslessReading {
  readonly lake: ObjectStore
  /** A folder for copies of parts. */
  readonly scratch: string
  readonly signal: AbortSignal | undefined
}

/**
 * The documents of a part, in blocks and in their order, once its SHA-256 is known to be that of the manifest.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_MISSING`, `LAKE_OBJECT_DAMAGED`
 */
export async function* losslessDocuments(
  { lake, scratch, signal }: LosslessReading,
  part: Part,
): AsyncGenerator<readonly PlacedDocument[]> {
  const { key } = part
  const file = await openLakeFile(lake, key, scratch, signal)
  if (file === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key })
  const damaged = (wanted: string, got: string, cause?: unknown): LakeferryError =>
    new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key, wanted, got }, { cause })
  try {
    if (file.sha256 !== part.sha256) throw damaged(`SHA-256 ${part.sha256}`, file.sha256)
    let row = 0
    for await (const { bytes, starts } of readLosslessPart(part.format as LosslessFormat, file.chunks(signal))) {
      const view = viewOf(bytes)
      const first = row
      yield Array.from(starts, (start, index) => ({
        ...{ bytes, view, start },
        end: starts[index + 1] ?? bytes.length,
        row: first + index,
      }))
      row += starts.length
    }
  } catch (error) {
    if (!(error instanceof DamagedPart)) throw error
    throw damaged('what an export writes', error.message, error)
  } finally {
    await file.close()
  }
}
