import { LakeferryError } from '../errors.js'
import { ID_COLUMN } from '../model/column.js'
import { LOSSLESS_FORMATS } from '../model/format.js'
import type { Manifest, Part } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { ScratchDatabase } from '../ports/scratch-database.js'
import { withScratch } from '../proof/lake-file.js'
import { compareColumns } from './compare-columns.js'
import { type CompareRequest, compareLossless } from './compare-lossless.js'
import { type ChangedSample, DifferenceCounts, type FieldCount } from './difference.js'
import { countPairs, type DifferentId, differentIds } from './document-pairs.js'
import { type SchemaChange, schemaChanges } from './schema-change.js'

export interface DiffRequest {
  readonly from: Manifest
  readonly to: Manifest
  /** The field that says which documents are the same one. @defaultValue `_id` */
  readonly by?: string
  /** Documents of each kind that are told with the answer. */
  readonly samples: number
  readonly signal: AbortSignal
  /** Documents read so far, of both runs. */
  readonly onProgress?: (progress: { documents: number; expected: number }) => void
}

/**
 * What two runs were compared by: `digest`, which settles that they are the same; `documents`, their bytes; `columns`, the
 * rows of their Parquet parts.
 */
export type ComparedBy = 'digest' | 'documents' | 'columns'

export interface RunDifference {
  readonly from: Manifest
  readonly to: Manifest
  readonly comparedBy: ComparedBy
  /** Whether both runs have the same documents, the rejected ones included. */
  readonly equal: boolean
  readonly added: number
  readonly removed: number
  readonly changed: number
  /** Of the changed, those of which no field differs: their order does, or bits that no text shows. */
  readonly rearranged: number
  readonly fields: readonly FieldCount[]
  /** Whether there were more fields than are counted. */
  readonly fieldsTruncated: boolean
  readonly samples: {
    readonly added: readonly string[]
    readonly removed: readonly string[]
    readonly changed: readonly ChangedSample[]
  }
  readonly schema: readonly SchemaChange[]
  /** Sentences: what was not compared, and what else is not the same. */
  readonly notes: readonly string[]
  /** All ids that differ, in the order of their text, in pages; as long as the database is open. */
  ids(): AsyncIterable<readonly DifferentId[]>
}

export interface DiffDeps {
  readonly lake: ObjectStore
  /** Opened only when there is something to compare, and the caller's to close. */
  readonly database: () => Promise<ScratchDatabase>
}

/**
 * Tells what is different between two runs of a dataset. Equal digests settle it without reading a part; parts whose digests
 * both runs have are not read either. Memory does not grow with the runs.
 *
 * @throws {@link LakeferryError} `RUN_NO_PARQUET` when the runs have no format in common that documents can be compared by
 */
export async function diffRuns({ lake, database }: DiffDeps, request: DiffRequest): Promise<RunDifference> {
  const { from, to, samples, signal } = request
  const schema = schemaChanges(from.columns, to.columns)
  const rejectsDiffer = !sameRejects(from, to)
  const notes = notesOn(from, to, rejectsDiffer)
  const told = { from, to, schema }
  if (from.digest === to.digest && carried(from) === carried(to)) {
    const none = { added: 0, removed: 0, changed: 0, rearranged: 0, fields: [], fieldsTruncated: false }
    return {
      ...{ ...told, ...none, notes, comparedBy: 'digest', equal: !rejectsDiffer },
      samples: { added: [], removed: [], changed: [] },
      ids: async function* () {},
    }
  }
  const lossless = [from, to].every(({ formats }) => formats.some(format => LOSSLESS_FORMATS.includes(format)))
  const sides = unlikeParts(partsOf(from, lossless), partsOf(to, lossless))
  const counts = new DifferenceCounts(samples)
  const open = await database()
  const compare: CompareRequest = {
    ...{ sides, by: request.by ?? ID_COLUMN, counts },
    onRead: progressOf(sides, request),
  }
  if (lossless) await withScratch(scratch => compareLossless(open, { lake, scratch, signal }, compare))
  else await compareColumns(open, [from, to], { ...compare, signal })
  const { added, removed } = await countPairs(open)
  const { fields, truncated } = counts.fields()
  const { changed, rearranged } = counts
  return {
    ...{ ...told, notes, added, removed, changed, rearranged, fields, fieldsTruncated: truncated },
    comparedBy: lossless ? 'documents' : 'columns',
    equal: added + removed + changed === 0 && !rejectsDiffer,
    samples: {
      added: await firstIds(open, 'added', request),
      removed: await firstIds(open, 'removed', request),
      changed: counts.samples,
    },
    ids: () => differentIds(open, { signal }),
  }
}

function carried({ documents, rejects }: Manifest): number {
  return documents - rejects.documents
}

/** Parts of the lossless format that costs least to read, or the Parquet ones. */
function partsOf({ dataset, runId, formats, parts }: Manifest, lossless: boolean): readonly Part[] {
  const format = lossless ? LOSSLESS_FORMATS.find(one => formats.includes(one)) : 'parquet'
  if (format === 'parquet' && !formats.includes(format))
    throw new LakeferryError('RUN_NO_PARQUET', { dataset, runId, formats, purpose: 'to compare' })
  return parts.filter(part => part.format === format)
}

/**
 * Leaves out parts that have the same documents on both sides, one for one: a part's digest says so, wherever its documents
 * are and in whatever order.
 */
function unlikeParts(before: readonly Part[], after: readonly Part[]): [readonly Part[], readonly Part[]] {
  const contents = ({ documents, digest }: Part): string => `${documents} ${digest}`
  const counts = new Map<string, number>()
  for (const part of before) counts.set(contents(part), (counts.get(contents(part)) ?? 0) + 1)
  const shared = new Map<string, number>()
  const newer = after.filter(part => {
    const left = counts.get(contents(part)) ?? 0
    if (left === 0) return true
    counts.set(contents(part), left - 1)
    shared.set(contents(part), (shared.get(contents(part)) ?? 0) + 1)
    return false
  })
  const older = before.filter(part => {
    const left = shared.get(contents(part)) ?? 0
    shared.set(contents(part), left - 1)
    return left <= 0
  })
  return [older, newer]
}

/** Undefined digests, of version 0.1.0, say nothing: documents were rejected, and whether the same ones is not known. */
function sameRejects({ rejects: a }: Manifest, { rejects: b }: Manifest): boolean {
  if (a.documents === 0 && b.documents === 0) return true
  return a.documents === b.documents && a.digest !== undefined && a.digest === b.digest
}

function notesOn(from: Manifest, to: Manifest, rejectsDiffer: boolean): readonly string[] {
  const notes: string[] = []
  if (rejectsDiffer) {
    const [a, b] = [from.rejects.documents, to.rejects.documents]
    notes.push(
      `the rejected documents are not known to be the same, ${a} and ${b} of them; they are in _rejects/ and were not compared one by one`,
    )
  }
  const source = ({ source: { database, collection, filter } }: Manifest): string =>
    `${database}.${collection}${filter === undefined ? '' : ` with the filter ${filter}`}`
  if (source(from) !== source(to)) notes.push(`they are of ${source(from)} and of ${source(to)}`)
  return notes
}

function progressOf(sides: CompareRequest['sides'], { onProgress }: DiffRequest): (documents: number) => void {
  const all = sides.flat()
  const expected = all.reduce((sum, part) => sum + part.documents, 0)
  let documents = 0
  return read => {
    documents += read
    onProgress?.({ documents, expected })
  }
}

async function firstIds(
  database: ScratchDatabase,
  change: DifferentId['change'],
  { samples, signal }: DiffRequest,
): Promise<readonly string[]> {
  const ids: string[] = []
  for await (const page of differentIds(database, { change, limit: samples, signal }))
    ids.push(...page.map(({ id }) => id))
  return ids
}
