import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { RawBlock } from '../../ports/document-source.js'
import type { BackedUp, Backup } from './backup.js'
import { damaged, fileFailure, unusable } from './backup-error.js'
import type { BackupFile } from './backup-file.js'
import type { ByteWindow } from './byte-window.js'
import { type CollectionMetadata, NO_METADATA, readMetadata, readText } from './collection-metadata.js'
import { nextDocuments } from './documents.js'
import { collectionOf, parseFileName } from './file-name.js'

/**
 * One database of a folder: what is in the folder of its name, else the `.bson` files that lie in the folder itself.
 *
 * @throws `SOURCE_FILE`
 */
export async function folderBackup(path: string, database: string): Promise<Backup> {
  const names = await list(path)
  const folders = await foldersAmong(path, names)
  const own = folders.includes(database) ? join(path, database) : path
  const inOwn = own === path ? names : await list(own)
  // Beside the databases' folders, `oplog.bson` is no collection.
  const files = own === path && folders.length > 0 ? inOwn.filter(name => !isOplog(name)) : inOwn
  if (!files.some(name => parseFileName(name) !== undefined)) throw nothingIn(path, own, database, folders)
  return {
    path,
    kind: 'folder',
    ...(await versionsIn([own, path])),
    oplog: names.some(isOplog) && (own !== path || folders.length > 0),
    collections: await collectionsIn(own, files, path),
  }
}

/** The `.bson` file of one collection, by itself. */
export async function singleFileBackup(path: string, folder: string, name: string): Promise<Backup> {
  const stem = parseFileName(name)?.stem
  const siblings = (await list(folder).catch(() => [])).filter(
    other => parseFileName(other)?.stem === stem && parseFileName(other)?.kind === 'metadata',
  )
  const collections = await collectionsIn(folder, [name, ...siblings], folder)
  return { path, kind: 'file', ...(await versionsIn([folder])), oplog: false, collections }
}

interface Found {
  documents?: { readonly name: string; readonly gzip: boolean }
  metadata?: string
}

async function collectionsIn(folder: string, names: readonly string[], root: string): Promise<Map<string, BackedUp>> {
  const stems = new Map<string, Found>()
  for (const name of names) {
    const parsed = parseFileName(name)
    if (parsed === undefined) continue
    const found = stems.get(parsed.stem) ?? {}
    stems.set(parsed.stem, found)
    if (parsed.kind === 'metadata') found.metadata = name
    else if (found.documents === undefined) found.documents = { name, gzip: parsed.gzip }
    else
      throw unusable(
        join(folder, name),
        `${found.documents.name} is beside it: which of them is the collection?`,
        'Remove one of the two.',
      )
  }
  const collections = new Map<string, BackedUp>()
  for (const [stem, { documents, metadata }] of stems) {
    const told = metadata === undefined ? undefined : await readMetadata(join(folder, metadata))
    const path = documents === undefined ? undefined : join(folder, documents.name)
    const file = path && { path, shown: relative(root, path), gzip: documents?.gzip === true }
    const name = collectionOf(stem, told)
    collections.set(name, backedUp(name, file, told ?? NO_METADATA))
  }
  return collections
}

function backedUp(name: string, file: BackupFile | '' | undefined, { kind, viewOn }: CollectionMetadata): BackedUp {
  const view = viewOn === undefined ? {} : { viewOn }
  return { name, file: file || undefined, kind, ...view, alone: true, documents: wholeFile }
}

/** All documents of a file that has nothing else. */
async function* wholeFile(window: ByteWindow): AsyncGenerator<RawBlock> {
  for (let block = await nextDocuments(window); block !== undefined; block = await nextDocuments(window)) yield block
  if (await window.has(1)) throw damaged(window.place(), 'wanted a document, got a length of -1')
}

async function list(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort()
  } catch (error) {
    throw fileFailure(path, error)
  }
}

/** By what they are, not by what the folder says: a database's folder may be a symbolic link. */
async function foldersAmong(path: string, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    names.map(name =>
      stat(join(path, name)).then(
        facts => facts.isDirectory(),
        () => false,
      ),
    ),
  )
  return names.filter((_, index) => found[index])
}

function isOplog(name: string): boolean {
  return name === 'oplog.bson' || name === 'oplog.bson.gz'
}

function nothingIn(path: string, own: string, database: string, folders: readonly string[]): Error {
  if (own !== path) return unusable(own, 'the folder has no .bson files')
  if (folders.length === 0) return unusable(path, 'the folder has no .bson files')
  return unusable(
    path,
    `the folder has no database ${database}; it has ${folders.join(', ')}`,
    'Check source.database.',
  )
}

/** Newer mongodumps leave a `prelude.json`, in the folder of the whole dump or of the database. */
async function versionsIn(folders: readonly string[]): Promise<{ toolVersion: string; serverVersion: string }> {
  for (const folder of folders) {
    for (const name of ['prelude.json', 'prelude.json.gz']) {
      try {
        const { ToolVersion, ServerVersion } = JSON.parse(await readText(join(folder, name)))
        return { toolVersion: String(ToolVersion ?? ''), serverVersion: String(ServerVersion ?? '') }
      } catch {
        // For people to read only: a backup without it is as good.
      }
    }
  }
  return { toolVersion: '', serverVersion: '' }
}
