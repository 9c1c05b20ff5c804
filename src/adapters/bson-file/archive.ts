import { deserialize } from 'bson'
import { reasonOf } from '../../errors.js'
import type { RawBlock } from '../../ports/document-source.js'
import { damaged, unusable } from './backup-error.js'
import type { ByteWindow } from './byte-window.js'
import { Crc64 } from './crc64.js'
import { documentAt, nextDocuments } from './documents.js'

/**
 * Archives of mongodump (`common/archive/` of mongo-tools, format version 0.1). All numbers are little-endian.
 *
 *     archive = magic, header, metadata of each collection, terminator, block…
 *     block   = namespace header, document…, terminator
 *
 * A collection's documents may be in many blocks, between those of others. A block whose header says `EOF` has no documents and
 * is the collection's last; it has the CRC-64 of all of the collection's documents.
 */
export const ARCHIVE_MAGIC = 0x8199e26d
const FORMAT_VERSION = '0.1'

export interface ArchivePrelude {
  readonly serverVersion: string
  readonly toolVersion: string
  readonly collections: readonly ArchiveCollection[]
}

export interface ArchiveCollection {
  /** Empty for the oplog, which belongs to none. */
  readonly database: string
  readonly collection: string
  /** As in `metadata.json`; empty where there is none. */
  readonly metadata: string
}

/** Whether an archive begins here. */
export async function atArchive(window: ByteWindow): Promise<boolean> {
  return (await window.has(4)) && window.int32(0) >>> 0 === ARCHIVE_MAGIC
}

/**
 * What an archive says of itself, up to its first block.
 *
 * @throws `SOURCE_FILE_DAMAGED`; `SOURCE_FILE` for a format version that is not known
 */
export async function readPrelude(window: ByteWindow, path: string): Promise<ArchivePrelude> {
  if (!(await atArchive(window))) throw damaged(window.place(), 'no archive begins here')
  window.take(4)
  const documents: Record<string, unknown>[] = []
  for (let block = await nextDocuments(window); block !== undefined; block = await nextDocuments(window)) {
    for (let index = 0; index < block.starts.length; index++) documents.push(decode(window, documentAt(block, index)))
  }
  const [header, ...collections] = documents
  if (header === undefined) throw damaged(window.place(), 'the archive has no header')
  await takeTerminator(window)
  if (header['version'] !== FORMAT_VERSION) {
    throw unusable(path, `it is an archive of version ${String(header['version'])}; wanted ${FORMAT_VERSION}`)
  }
  return {
    serverVersion: textOf(header['server_version']),
    toolVersion: textOf(header['tool_version']),
    collections: collections.map(({ db, collection, metadata }) => ({
      database: textOf(db),
      collection: textOf(collection),
      metadata: textOf(metadata),
    })),
  }
}

/**
 * The documents of one collection. Ends only at its own end, with their checksum found right; what comes after that in the
 * archive is not looked at.
 *
 * @param window where {@link readPrelude} left it
 * @throws `SOURCE_FILE_DAMAGED`
 */
export async function* archivedDocuments(
  window: ByteWindow,
  database: string,
  collection: string,
): AsyncGenerator<RawBlock> {
  const crc = new Crc64()
  for (;;) {
    const place = window.place()
    const header = await nextHeader(window)
    if (header === undefined)
      throw damaged(place, `the archive ends before the documents of ${database}.${collection} do: it was cut off`)
    const wanted = header.database === database && header.collection === collection
    for (let block = await nextDocuments(window); block !== undefined; block = await nextDocuments(window)) {
      if (header.eof) throw damaged(place, 'a block that ends a collection has documents')
      if (!wanted) continue
      crc.update(block.bytes)
      yield block
    }
    await takeTerminator(window)
    if (!wanted || !header.eof) continue
    if (header.crc === crc.value) return
    const sums = `its documents have ${hex(crc.value)}, and the archive says ${hex(header.crc)}`
    throw damaged(place, `the checksum of ${database}.${collection} is wrong: ${sums}`)
  }
}

interface BlockHeader {
  readonly database: string
  readonly collection: string
  readonly eof: boolean
  readonly crc: bigint
}

/** Undefined at the end of the file. */
async function nextHeader(window: ByteWindow): Promise<BlockHeader | undefined> {
  if (!(await window.has(1))) return undefined
  const place = window.place()
  const header = await nextDocuments(window, 1)
  if (header === undefined) throw damaged(place, 'a block begins without a header')
  const { db, collection, EOF, CRC } = decode(window, header.bytes)
  if (typeof db !== 'string' || typeof collection !== 'string' || typeof EOF !== 'boolean')
    throw damaged(place, 'wanted the header of a block, got another document')
  return { database: db, collection, eof: EOF, crc: typeof CRC === 'bigint' ? BigInt.asUintN(64, CRC) : 0n }
}

/** Behind what {@link nextDocuments} left: there is one, or the file has ended. */
async function takeTerminator(window: ByteWindow): Promise<void> {
  if (!(await window.has(4))) throw damaged(window.place(), 'the archive ends in the middle of a block: it was cut off')
  window.take(4)
}

function decode(window: ByteWindow, bytes: Uint8Array): Record<string, unknown> {
  try {
    return deserialize(bytes, { useBigInt64: true })
  } catch (error) {
    throw damaged(
      window.place(),
      `the archive's own document before this place cannot be read: ${reasonOf(error)}`,
      error,
    )
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function hex(sum: bigint): string {
  return sum.toString(16).padStart(16, '0')
}
