import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { atArchive } from './archive.js'
import { archiveBackup } from './archive-backup.js'
import type { Backup } from './backup.js'
import { fileFailure, unusable } from './backup-error.js'
import { type BackupFile, openFile } from './backup-file.js'
import { isGzip } from './byte-source.js'
import { ByteWindow } from './byte-window.js'
import { parseFileName } from './file-name.js'
import { folderBackup, singleFileBackup } from './folder-backup.js'

/** A prelude is small: a few hundred bytes a collection. */
const PRELUDE_WINDOW_BYTES = 256 * 1024

/**
 * Finds out what kind of backup is there, and what it has of the database. An archive is told by its first bytes, whatever
 * its name, and by them whether it is gzipped.
 *
 * @throws `SOURCE_FILE`, `SOURCE_FILE_DAMAGED`
 */
export async function openBackup(path: string, database: string): Promise<Backup> {
  let folder: boolean
  try {
    folder = (await stat(path)).isDirectory()
  } catch (error) {
    throw fileFailure(path, error)
  }
  if (folder) return folderBackup(path, database)
  const name = basename(path)
  const documents = parseFileName(name)?.kind === 'documents'
  const file = { path, shown: name, gzip: await beginsLikeGzip(path) }
  try {
    const archive = await archiveAt(file, database)
    if (archive !== undefined) return archive
  } catch (error) {
    // Two bytes may be those of gzip by chance, and what is wrong with a .bson.gz is told where it is read.
    if (!documents || !file.gzip) throw error
  }
  if (documents) return singleFileBackup(path, dirname(path), name)
  throw unusable(path, 'it is neither an archive of mongodump nor named .bson or .bson.gz')
}

async function beginsLikeGzip(path: string): Promise<boolean> {
  const opened = await openFile({ path, shown: path, gzip: false })
  try {
    const head = new Uint8Array(2)
    await opened.source.read(head)
    return isGzip(head)
  } finally {
    await opened.close()
  }
}

/** Undefined when it is none. */
async function archiveAt(file: BackupFile, database: string): Promise<Backup | undefined> {
  const opened = await openFile(file)
  try {
    const window = new ByteWindow(opened.source, file.path, { size: PRELUDE_WINDOW_BYTES })
    return (await atArchive(window)) ? await archiveBackup(file, window, database) : undefined
  } finally {
    await opened.close()
  }
}
