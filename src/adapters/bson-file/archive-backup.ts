import { type ArchivePrelude, archivedDocuments, readPrelude } from './archive.js'
import { type BackedUp, type Backup, BUCKETS } from './backup.js'
import { unusable } from './backup-error.js'
import type { BackupFile } from './backup-file.js'
import type { ByteWindow } from './byte-window.js'
import { parseMetadata } from './collection-metadata.js'

/**
 * One database of an archive.
 *
 * @param window at the archive's beginning
 * @throws `SOURCE_FILE`, also when the database is not in it; `SOURCE_FILE_DAMAGED`
 */
export async function archiveBackup(file: BackupFile, window: ByteWindow, database: string): Promise<Backup> {
  const prelude = await readPrelude(window, file.path)
  const { toolVersion, serverVersion } = prelude
  return {
    path: file.path,
    kind: 'archive',
    toolVersion,
    serverVersion,
    oplog: prelude.collections.some(({ database: of, collection }) => of === '' && collection === 'oplog'),
    collections: collectionsOf(file, prelude, database),
  }
}

function collectionsOf(file: BackupFile, prelude: ArchivePrelude, database: string): Map<string, BackedUp> {
  const databases = [...new Set(prelude.collections.map(collection => collection.database))].filter(name => name !== '')
  if (!databases.includes(database)) {
    const has = databases.length === 0 ? 'none' : databases.sort().join(', ')
    throw unusable(file.path, `the archive has no database ${database}; it has ${has}`, 'Check source.database.')
  }
  const mine = prelude.collections.filter(collection => collection.database === database)
  const collections = new Map<string, BackedUp>()
  const add = (name: string, rest: Pick<BackedUp, 'kind' | 'viewOn' | 'file'>): void => {
    const documents: BackedUp['documents'] = async function* (window) {
      await readPrelude(window, file.path)
      yield* archivedDocuments(window, database, name)
    }
    collections.set(name, { name, alone: prelude.collections.length === 1, documents, ...rest })
  }
  for (const { collection, metadata } of mine) {
    const { kind, viewOn } = metadataOf(file, collection, metadata)
    const view = viewOn === undefined ? {} : { viewOn }
    add(collection, { kind, ...view, file: kind === 'collection' ? file : undefined })
    // Not in the prelude, but in the blocks.
    if (kind === 'timeseries' && hasBuckets(prelude.serverVersion)) {
      add(BUCKETS + collection, { kind: 'collection', file })
    }
  }
  return collections
}

function metadataOf(file: BackupFile, collection: string, text: string): ReturnType<typeof parseMetadata> {
  try {
    return parseMetadata(text)
  } catch (error) {
    throw unusable(file.path, `the metadata of ${collection} in it is no JSON: ${String(error)}`)
  }
}

/** From MongoDB 8.3 on, buckets have no collection of their own (`ReadDir` in mongo-tools' common/archive/prelude.go). */
function hasBuckets(serverVersion: string): boolean {
  const [major = 0, minor = 0] = serverVersion.split('.').map(Number)
  return major < 8 || (major === 8 && minor < 3)
}
