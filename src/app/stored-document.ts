import { createHash } from 'node:crypto'
import { BSON } from 'bson'
import { documentEnd, viewOf } from '../bson/walk.js'
import type { LiveDatabase, LiveFilter } from '../ports/live-database.js'
import type { StoredJson } from '../ports/paper-store.js'
import { documentJson } from './page-json.js'
import { type Field, readFields, textOf, writeFields } from './stored-fields.js'

/** How often a write is tried again that somebody else's came before. */
const MOST_TRIES = 20
/** Of a write, in bytes: what is there and what takes its place are sent in one document. MongoDB's limit is 16 MiB and 16 KiB. */
const MOST_BYTES = 16 * 1024 * 1024

/** By the public `id`, or by the `_id` as 24 hex digits. Of several with the same `id`, the one that was there first. */
export async function findDocument(
  database: LiveDatabase,
  collection: string,
  id: string,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  const first = async (filter: LiveFilter): Promise<Uint8Array | undefined> => {
    const { block } = await database.read(collection, { filter, sort: { _id: 1 }, limit: 1 }, signal)
    const start = block.starts[0]
    if (start === undefined) return undefined
    return block.bytes.slice(start, documentEnd(block.bytes, viewOf(block.bytes), start))
  }
  const found = await first({ id: { $eq: id } })
  if (found !== undefined || !/^[0-9a-f]{24}$/i.test(id)) return found
  return first({ _id: { $eq: BSON.ObjectId.createFromHexString(id) } })
}

/** Its bytes' digest: another document, or another type of the same number, is another version. */
export function versionOf(document: Uint8Array): string {
  return createHash('sha256').update(document).digest('base64url').slice(0, 27)
}

export function storedJson(document: Uint8Array): StoredJson {
  const fields = readFields(document)
  const json = documentJson(document)
  const id = textOf(fields, 'id') ?? String(JSON.parse(Buffer.from(json).toString())['_id'])
  return { json, version: versionOf(document), id }
}

/** What becomes of a document; or why nothing does. */
export type Change<R extends string> = (fields: readonly Field[], document: Uint8Array) => readonly Field[] | R

/**
 * Reads, changes and writes if nobody else has written in between; else again, with what they wrote. With `ifMatch` a
 * change of somebody else's is told instead.
 */
export async function changeDocument<R extends string = never>(
  database: LiveDatabase,
  collection: string,
  id: string,
  ifMatch: string | undefined,
  change: Change<R>,
): Promise<Uint8Array | R | 'missing' | 'changed' | 'too-large'> {
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const stored = await findDocument(database, collection, id)
    if (stored === undefined) return 'missing'
    if (ifMatch !== undefined && versionOf(stored) !== ifMatch) return 'changed'
    const changed = change(readFields(stored), stored)
    if (typeof changed === 'string') return changed
    const document = writeFields(changed)
    if (Buffer.compare(document, stored) === 0) return stored
    if (document.length + stored.length > MOST_BYTES) return 'too-large'
    if (await database.swap(collection, stored, document)) return document
  }
  return 'changed'
}

/** Removes it as it was read. */
export async function removeDocument(
  database: LiveDatabase,
  collection: string,
  id: string,
  ifMatch: string | undefined,
): Promise<Uint8Array | 'missing' | 'changed'> {
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const stored = await findDocument(database, collection, id)
    if (stored === undefined) return 'missing'
    if (ifMatch !== undefined && versionOf(stored) !== ifMatch) return 'changed'
    if (await database.removeExactly(collection, stored)) return stored
  }
  return 'changed'
}
