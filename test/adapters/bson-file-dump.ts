import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Document, Long, serialize } from 'bson'
import { type BsonFileSource, openBsonFileSource } from '../../src/adapters/bson-file/bson-file-source.js'
import { readAll } from '../support/mongo-documents.js'

/** What mongodump writes, made from the descriptions of its formats and with nothing of the adapter's. */

/** A folder that goes with the test. */
export async function scratch(): Promise<{ dir: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'lakeferry backup-'))
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

/** Writes a file and the folders above it; gzipped when its name ends in .gz. */
export async function write(path: string, content: Uint8Array | string): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, path.endsWith('.gz') ? gzipSync(content) : content)
  return path
}

export function bson(documents: readonly Document[]): Buffer {
  return Buffer.concat(documents.map(document => serialize(document)))
}

/** A `metadata.json` as of mongodump 100.x. */
export function metadata(collectionName: string, options?: object, type = 'collection'): string {
  return JSON.stringify({ ...(options && { options }), indexes: [], uuid: 'ab', collectionName, type })
}

/** Whether a space is a `+`, as in Go's `url.QueryEscape`, or a `+` is one, as in its `url.PathEscape`. */
export type Escape = 'query' | 'path'

/** Escaped, as mongodump did until 2024 and since, then shortened above 238 characters. */
export function dumpName(collection: string, way: Escape = 'path'): string {
  const all = encodeURIComponent(collection).replaceAll(
    /[!'()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const escaped =
    way === 'query'
      ? all.replaceAll('%20', '+')
      : all.replaceAll(/%(24|26|2B|3D|3A|40)/g, text => decodeURIComponent(text))
  if (escaped.length <= 238) return escaped
  const hash = createHash('sha1').update(collection).digest('base64').replaceAll('+', '-').replaceAll('/', '_')
  return `${escaped.slice(0, 208)}%24${hash.slice(0, 27)}`
}

/** Opens the backup, reads all of one collection and closes it. */
export async function readCollection(
  path: string,
  collection: string,
  options: { database?: string; windowBytes?: number } = {},
): Promise<Uint8Array[]> {
  const source = await openAt(path, options)
  const snapshot = await source.open({ collection })
  try {
    return await readAll(snapshot, 3)
  } finally {
    await snapshot.close()
    await source.close()
  }
}

export function openAt(
  path: string,
  options: { database?: string; windowBytes?: number } = {},
): Promise<BsonFileSource> {
  return openBsonFileSource({ uri: `file:${path}`, database: 'iclr', ...options })
}

export interface ArchivedCollection {
  readonly db?: string
  readonly name: string
  readonly documents: readonly Document[]
  readonly metadata?: string
  /** In the prelude only, as a view. */
  readonly noBlocks?: true
}

export interface ArchiveOptions {
  /** Documents in a block. @defaultValue 2 */
  readonly perBlock?: number
  readonly header?: Document
  /** Collections of the prelude that come before those with blocks. */
  readonly prelude?: readonly Document[]
}

const TERMINATOR = Buffer.from([0xff, 0xff, 0xff, 0xff])

/** An archive with the collections' blocks in turn, as `mongodump --numParallelCollections` leaves them. */
export function archive(collections: readonly ArchivedCollection[], options: ArchiveOptions = {}): Buffer {
  const { perBlock = 2, prelude = [] } = options
  const header = { concurrent_collections: 4, version: '0.1', server_version: '7.0.16', tool_version: '100.10.0' }
  const pieces: Uint8Array[] = [
    Buffer.from([0x6d, 0xe2, 0x99, 0x81]),
    serialize({ ...header, ...options.header }),
    ...prelude.map(document => serialize(document)),
    ...collections.map(({ db = 'iclr', name, metadata: text }) =>
      serialize({ db, collection: name, metadata: text ?? metadata(name), size: 0, type: 'collection' }),
    ),
    TERMINATOR,
  ]
  const left = collections
    .filter(({ noBlocks }) => !noBlocks)
    .map(({ db = 'iclr', name, documents }) => ({
      db,
      name,
      documents: [...documents],
      crc: bson(documents),
      begun: false,
    }))
  while (left.length > 0) {
    for (const collection of [...left]) {
      const { db, name } = collection
      if (collection.documents.length > 0 || !collection.begun) {
        // An empty collection has one block without documents.
        const block = collection.documents.splice(0, perBlock)
        pieces.push(serialize({ db, collection: name, EOF: false, CRC: Long.ZERO }), bson(block), TERMINATOR)
        collection.begun = true
      } else {
        pieces.push(
          serialize({ db, collection: name, EOF: true, CRC: Long.fromBigInt(signed(crc64(collection.crc))) }),
          TERMINATOR,
        )
        left.splice(left.indexOf(collection), 1)
      }
    }
  }
  return Buffer.concat(pieces)
}

/** ECMA-182 bit by bit, reflected. Its check value, that of "123456789", is 995dc9bbdf1939fa. */
export function crc64(bytes: Uint8Array): bigint {
  const ones = 0xffff_ffff_ffff_ffffn
  let sum = ones
  for (const byte of bytes) {
    sum ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) sum = sum & 1n ? (sum >> 1n) ^ 0xc96c_5795_d787_0f42n : sum >> 1n
  }
  return sum ^ ones
}

function signed(sum: bigint): bigint {
  return BigInt.asIntN(64, sum)
}
