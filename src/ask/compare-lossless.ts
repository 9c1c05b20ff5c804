import { hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { viewOf } from '../bson/walk.js'
import type { Part } from '../model/manifest.js'
import type { Appending, ScratchDatabase } from '../ports/scratch-database.js'
import { bsonField, bsonFields } from './bson-fields.js'
import type { DifferenceCounts } from './difference.js'
import { createDocuments, DOCUMENTS, PAIRS, pairDocuments } from './document-pairs.js'
import { fieldChanges } from './field-changes.js'
import { type LosslessReading, losslessDocuments } from './lossless-documents.js'

/** For a document without the field that it goes by; MongoDB takes a missing `_id` and one that is null for equals. */
const NO_KEY = 'null'

export interface CompareRequest {
  /** Parts of the older and of the newer run; no part of one has the documents of one of the other. */
  readonly sides: readonly [readonly Part[], readonly Part[]]
  /** The field that says which documents are the same one. */
  readonly by: string
  readonly counts: DifferenceCounts
  /** Told after each part: documents read, of either run. */
  readonly onRead: (documents: number) => void
}

/**
 * Compares documents as they were, byte for byte. Read twice are only the parts that have something different: first all
 * are hashed, then those that changed are put into files, where each pair is looked at field by field.
 */
export async function compareLossless(
  database: ScratchDatabase,
  reading: LosslessReading,
  { sides, by, counts, onRead }: CompareRequest,
): Promise<void> {
  await createDocuments(database)
  await appending(database, DOCUMENTS, async rows => {
    for (const [side, parts] of sides.entries()) {
      for (const [number, part] of parts.entries()) {
        for await (const documents of losslessDocuments(reading, part)) {
          for (const { bytes, view, start, end, row } of documents) {
            const id = bsonField(bytes, view, start, by) ?? NO_KEY
            rows.add([side, number, row, id, hash('sha256', bytes.subarray(start, end), 'buffer')])
          }
        }
        onRead(part.documents)
      }
    }
  })
  await pairDocuments(database, reading.signal)
  const files = await Promise.all(['old', 'new'].map(name => open(join(reading.scratch, name), 'w+')))
  try {
    for (const [side, parts] of sides.entries()) await placeChanged(database, reading, files[side]!, { side, parts })
    await comparePairs(database, reading.signal, files as [FileHandle, FileHandle], counts)
  } finally {
    for (const file of files) await file.close()
  }
}

/** Puts the changed documents of one side into a file, and where they are there into a table. */
async function placeChanged(
  database: ScratchDatabase,
  reading: LosslessReading,
  file: FileHandle,
  { side, parts }: { side: number; parts: readonly Part[] },
): Promise<void> {
  const name = side === 0 ? 'old' : 'new'
  await database.execute(`CREATE TABLE ${name}_place (pair BIGINT, position BIGINT, bytes BIGINT)`)
  await appending(database, `${name}_place`, async rows => {
    let at = 0
    for await (const { number, wanted } of wantedRows(database, name, reading.signal)) {
      const part = parts[number]
      if (part === undefined) throw new TypeError(`no part ${number}`)
      let next = 0
      for await (const documents of losslessDocuments(reading, part)) {
        for (const { bytes, start, end, row } of documents) {
          const place = wanted[next]
          if (place === undefined || place.row !== row) continue
          next += 1
          await file.write(bytes, start, end - start, at)
          rows.add([place.pair, at, end - start])
          at += end - start
        }
        if (next === wanted.length) break
      }
    }
  })
}

interface WantedRow {
  readonly row: number
  readonly pair: number
}

/** The rows of each part that changed, part by part; those of one part are in memory. */
async function* wantedRows(
  database: ScratchDatabase,
  name: 'old' | 'new',
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly number: number; readonly wanted: readonly WantedRow[] }> {
  const sql = `SELECT ${name}_part, ${name}_row, pair FROM ${PAIRS}
    WHERE old_part IS NOT NULL AND new_part IS NOT NULL ORDER BY 1, 2`
  let number = -1
  let wanted: WantedRow[] = []
  for await (const rows of database.cells(sql, signal)) {
    for (const [part, row, pair] of rows) {
      if (Number(part) !== number) {
        if (wanted.length > 0) yield { number, wanted }
        number = Number(part)
        wanted = []
      }
      wanted.push({ row: Number(row), pair: Number(pair) })
    }
  }
  if (wanted.length > 0) yield { number, wanted }
}

async function comparePairs(
  database: ScratchDatabase,
  signal: AbortSignal | undefined,
  files: readonly [FileHandle, FileHandle],
  counts: DifferenceCounts,
): Promise<void> {
  const sql = `SELECT id, o.position, o.bytes, n.position, n.bytes FROM ${PAIRS}
    JOIN old_place o USING (pair) JOIN new_place n USING (pair) ORDER BY id, pair`
  for await (const rows of database.cells(sql, signal)) {
    for (const [id, oldAt, oldBytes, newAt, newBytes] of rows) {
      const old = await documentAt(files[0], Number(oldAt), Number(oldBytes))
      const now = await documentAt(files[1], Number(newAt), Number(newBytes))
      counts.add(String(id), fieldChanges(bsonFields(old, viewOf(old), 0), bsonFields(now, viewOf(now), 0)))
    }
  }
}

async function documentAt(file: FileHandle, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  const { bytesRead } = await file.read(bytes, 0, length, at)
  if (bytesRead !== length) throw new TypeError(`${bytesRead} of ${length} bytes of a document`)
  return bytes
}

async function appending(
  database: ScratchDatabase,
  table: string,
  work: (rows: Appending) => Promise<void>,
): Promise<void> {
  const rows = await database.append(table)
  try {
    await work(rows)
  } finally {
    rows.end()
  }
}
