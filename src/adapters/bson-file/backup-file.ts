import { type FileHandle, open, stat } from 'node:fs/promises'
import { fileFailure, unusable } from './backup-error.js'
import { type ByteSource, gunzippedBytes, plainBytes } from './byte-source.js'

/** What tells that a file is still the one that it was. */
export interface FileIdentity {
  /** In bytes. */
  readonly size: number
  readonly modified: Date
  /** Of all that is compared. */
  readonly fingerprint: string
}

/** One file of a backup. */
export interface BackupFile {
  /** Absolute. */
  readonly path: string
  /** As people know it: relative to the backup. */
  readonly shown: string
  readonly gzip: boolean
}

/** @throws `SOURCE_FILE` when it is not there or is no file */
export async function identify({ path }: Pick<BackupFile, 'path'>): Promise<FileIdentity> {
  try {
    return identityOf(await stat(path, { bigint: true }), path)
  } catch (error) {
    throw fileFailure(path, error)
  }
}

/** A file under way. Close it, whatever happens. */
export interface OpenFile {
  readonly source: ByteSource
  /** What happened to the file since it was that one, for people; undefined when nothing did. */
  changeSince(then: FileIdentity): Promise<string | undefined>
  close(): Promise<void>
}

/** @throws `SOURCE_FILE` */
export async function openFile(file: BackupFile): Promise<OpenFile> {
  let handle: FileHandle
  try {
    handle = await open(file.path)
  } catch (error) {
    throw fileFailure(file.path, error)
  }
  try {
    const { size } = identityOf(await handle.stat({ bigint: true }), file.path)
    const source = file.gzip ? gunzippedBytes(handle, file.path, size) : plainBytes(handle)
    return {
      source,
      changeSince: then => changeOf(handle, file.path, then),
      close: async () => {
        await source.close()
        await handle.close()
      },
    }
  } catch (error) {
    await handle.close()
    throw fileFailure(file.path, error)
  }
}

async function changeOf(handle: FileHandle, path: string, then: FileIdentity): Promise<string | undefined> {
  try {
    // By its handle: the file that was read. By its name: that nobody put another one there, which a resumed run would read.
    const opened = identityOf(await handle.stat({ bigint: true }), path)
    const named = identityOf(await stat(path, { bigint: true }), path)
    if (opened.fingerprint === then.fingerprint && named.fingerprint === then.fingerprint) return undefined
    return 'changed while it was read'
  } catch {
    return 'was removed while it was read'
  }
}

interface Facts {
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ino: bigint
  isFile(): boolean
}

function identityOf(facts: Facts, path: string): FileIdentity {
  if (!facts.isFile()) throw unusable(path, 'it is no regular file')
  const { size, mtimeNs, ino } = facts
  return {
    size: Number(size),
    modified: new Date(Number(mtimeNs / 1_000_000n)),
    fingerprint: `${size} bytes, ${mtimeNs} ns, inode ${ino}`,
  }
}
