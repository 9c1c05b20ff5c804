import type { RawBlock } from '../../ports/document-source.js'
import { unusable } from './backup-error.js'
import type { BackupFile } from './backup-file.js'
import type { ByteWindow } from './byte-window.js'
import type { CollectionMetadata } from './collection-metadata.js'
import { isShortenedOf } from './file-name.js'

/** What mongodump wrote, as far as one database goes. */
export interface Backup {
  /** Absolute. */
  readonly path: string
  readonly kind: 'folder' | 'archive' | 'file'
  /** Of mongodump and of the server that it read; empty where the backup does not tell. */
  readonly toolVersion: string
  readonly serverVersion: string
  /** Whether it has the operations that happened while it was made. */
  readonly oplog: boolean
  /** By name. */
  readonly collections: ReadonlyMap<string, BackedUp>
}

/** One collection of a backup. */
export interface BackedUp {
  readonly name: string
  /** Undefined where the backup has no documents of it, as of a view. */
  readonly file: BackupFile | undefined
  readonly kind: CollectionMetadata['kind']
  readonly viewOn?: string
  /** Whether the file holds the documents of nothing else. */
  readonly alone: boolean
  /** The collection's documents in the file's content, from its beginning. */
  documents(window: ByteWindow): AsyncGenerator<RawBlock>
}

/** Buckets of a time-series collection: what mongodump writes for it, up to MongoDB 8.2. */
export const BUCKETS = 'system.buckets.'

/** Names of the collections that may be exported, sorted, without the server's own. */
export function exportable({ collections }: Backup): string[] {
  const names = [...collections.values()].flatMap(({ name, file, kind }) =>
    file === undefined || kind !== 'collection' ? [] : name,
  )
  return names.filter(name => !name.startsWith('system.') && !name.startsWith('$')).sort()
}

/**
 * The collection of that name with its file; undefined when there is none of the name.
 *
 * @throws `SOURCE_FILE` for one that is there, and whose documents are not
 */
export function findDocuments(backup: Backup, name: string): (BackedUp & { readonly file: BackupFile }) | undefined {
  const found = backup.collections.get(name) ?? shortened(backup, name)
  const buckets = BUCKETS + name
  if (found?.kind === 'timeseries' || (found === undefined && backup.collections.has(buckets))) {
    const next = backup.collections.has(buckets)
      ? `restore it into a MongoDB and export from there, or export ${buckets}, the buckets as they are.`
      : 'restore it into a MongoDB and export from there.'
    throw unusable(
      backup.path,
      `${name} is a time-series collection, of which a backup has the buckets and not the documents`,
      `To have its documents, ${next}`,
    )
  }
  if (found === undefined) return undefined
  const { file, viewOn } = found
  if (file !== undefined) return { ...found, file }
  const [reason, next] =
    found.kind === 'view'
      ? [
          `${name} is a view of ${viewOn}: a backup has its definition and no documents`,
          `Export ${viewOn}, or restore the backup into a MongoDB and export ${name} from there.`,
        ]
      : [
          `of ${name} there is only the metadata, and no file of documents`,
          'Look for its .bson file where the backup was made.',
        ]
  throw unusable(backup.path, reason, next)
}

/** One whose name no metadata told: of it there is a hash. */
function shortened({ collections }: Backup, name: string): BackedUp | undefined {
  return [...collections.values()].find(collection => isShortenedOf(collection.name, name))
}
