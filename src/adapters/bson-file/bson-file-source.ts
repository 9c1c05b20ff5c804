import { isLakeferryError, LakeferryError } from '../../errors.js'
import type { Guarantee } from '../../model/manifest.js'
import type { CollectionFacts, DocumentSource, ReadRequest, SourceSnapshot } from '../../ports/document-source.js'
import { type BackedUp, type Backup, exportable, findDocuments } from './backup.js'
import { type BackupFile, type FileIdentity, identify, openFile } from './backup-file.js'
import { BsonFileSnapshot } from './bson-file-snapshot.js'
import { ByteWindow, WINDOW_BYTES } from './byte-window.js'
import { openBackup } from './open-backup.js'
import { unpackedBytes } from './unpacked-bytes.js'

export interface BsonFileOptions {
  /** `file:` and the absolute path of what mongodump wrote: a folder, an archive or one `.bson` file. */
  readonly uri: string
  /** Which database of it, where it has several; else a name to record. */
  readonly database: string
  /** Bytes read at once, about those of a block. @defaultValue 4 MiB */
  readonly windowBytes?: number
}

/** What a backup is like, for `doctor`. */
export interface BackupProbe {
  /** Its path. */
  readonly member: string
  /** Of mongodump and of the server it read, as far as the backup tells; `unknown` else. */
  readonly version: string
  readonly topology: string
  /** Collections that may be exported, sorted. */
  readonly collections: readonly string[]
  /** The collection that was tried; undefined when there is none. */
  readonly tried: string | undefined
  readonly guarantee: Guarantee | undefined
}

/** A {@link DocumentSource} over what mongodump wrote, which `doctor` can also ask about itself. */
export interface BsonFileSource extends DocumentSource {
  /**
   * Tries what an export needs, but for reading the documents.
   *
   * @param collection to try; without one, the first there is
   */
  probe(collection?: string): Promise<BackupProbe>
}

/**
 * Looks at what is there, and fails now when it is no backup.
 *
 * @throws {@link LakeferryError} `SOURCE_FILE`, `SOURCE_FILE_DAMAGED`
 */
export async function openBsonFileSource(options: BsonFileOptions): Promise<BsonFileSource> {
  return new Source(await openBackup(options.uri.slice('file:'.length), options.database), options)
}

type Found = BackedUp & { readonly file: BackupFile }

/** Documents at the beginning of a file, in bytes: their size stands for that of all. */
const ESTIMATE_BYTES = 256 * 1024

class Source implements BsonFileSource {
  readonly server: string
  readonly database: string
  readonly #backup: Backup
  readonly #windowBytes: number

  constructor(backup: Backup, { database, windowBytes = WINDOW_BYTES }: BsonFileOptions) {
    this.server = backup.path
    this.database = database
    this.#backup = backup
    this.#windowBytes = windowBytes
  }

  async inspect(collection: string): Promise<CollectionFacts> {
    const found = this.#find(collection)
    const identity = await identify(found.file)
    return { kind: 'file', bytes: await this.#bytes(found, identity), identity: identity.fingerprint }
  }

  /** From the size of the first documents. 0 in an archive of several collections, where they may be anywhere. */
  async estimateCount(collection: string, signal?: AbortSignal): Promise<number> {
    const found = this.#find(collection)
    const bytes = await this.#bytes(found, await identify(found.file))
    if (bytes === 0) return 0
    const opened = await openFile(found.file)
    try {
      const window = new ByteWindow(opened.source, found.file.path, { size: ESTIMATE_BYTES, signal })
      for await (const block of found.documents(window)) {
        return Math.round(bytes / (block.bytes.length / block.starts.length))
      }
      return 0
    } catch (error) {
      // Whoever reads the documents is told.
      if (isLakeferryError(error, 'SOURCE_FILE_DAMAGED')) return 0
      throw error
    } finally {
      await opened.close()
    }
  }

  async open({ collection, filter, at }: ReadRequest): Promise<SourceSnapshot> {
    const namespace = `${this.database}.${collection}`
    const found = this.#find(collection)
    if (filter !== undefined) {
      const reason =
        'a backup is read whole, without a server to evaluate it. Take it out, or restore the backup into a MongoDB'
      throw new LakeferryError('SOURCE_FILTER', { namespace, filter, reason })
    }
    if (at !== undefined) {
      const reason = 'a backup has its own point in time, and cannot be read at another'
      throw new LakeferryError('SOURCE_SNAPSHOT_EXPIRED', { namespace, read: 0, reason })
    }
    const identity = await identify(found.file)
    const { file } = found
    return new BsonFileSnapshot({
      namespace,
      collection: found,
      file,
      identity,
      guarantee: this.#guarantee(file, identity),
      windowBytes: this.#windowBytes,
    })
  }

  async probe(collection?: string): Promise<BackupProbe> {
    const { path, kind, toolVersion, serverVersion } = this.#backup
    const collections = exportable(this.#backup)
    const tried = collection ?? collections[0]
    let guarantee: Guarantee | undefined
    if (tried !== undefined) {
      const { file } = this.#find(tried)
      guarantee = this.#guarantee(file, await identify(file))
    }
    const version = versionText(toolVersion, serverVersion) || 'unknown'
    return { member: path, version, topology: `backup ${kind}`, collections, tried, guarantee }
  }

  async close(): Promise<void> {}

  #find(collection: string): Found {
    const found = findDocuments(this.#backup, collection)
    if (found !== undefined) return found
    const details = { namespace: `${this.database}.${collection}`, known: exportable(this.#backup) }
    throw new LakeferryError('COLLECTION_MISSING', details)
  }

  /** Of the collection's documents, unpacked, about; 0 where they share their file with others. */
  async #bytes({ file, alone }: Found, { size }: FileIdentity): Promise<number> {
    if (!alone) return 0
    return file.gzip ? await unpackedBytes(file, size) : size
  }

  #guarantee({ shown, path }: BackupFile, { size, modified }: FileIdentity): Guarantee {
    const { toolVersion, serverVersion, oplog } = this.#backup
    const by = versionText(toolVersion, serverVersion)
    const point = oplog
      ? 'its oplog is not applied, so writes while the backup was made may be in it or not'
      : 'writes while the backup was made may be in it or not'
    const facts = [`${size} bytes`, `last changed ${modified.toISOString()}`, ...(by === '' ? [] : [`by ${by}`])]
    return { kind: 'file', reason: `${shown || path} (${facts.join(', ')}); ${point}` }
  }
}

/** `mongodump 100.9.4 of MongoDB 7.0.16`, or what is known of it. */
function versionText(tool: string, server: string): string {
  const parts = [tool && `mongodump ${tool}`, server && `MongoDB ${server}`]
  return parts.filter(part => part !== '').join(' of ')
}
