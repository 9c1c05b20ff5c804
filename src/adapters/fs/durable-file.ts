import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { errnoOf } from '../../host/errno.js'
import { isAbsent } from './fs-error.js'
import { writerName } from './unfinished.js'

/**
 * Writes a new file below `directory`, with its bytes on the disk, and tells its path. Left behind by a kill it is garbage
 * in a hidden place, never a part of an object, and its name says whose it was.
 */
export async function stageFile(directory: string, body: Uint8Array): Promise<string> {
  const path = join(directory, writerName())
  const handle = await openNew(path, directory)
  try {
    await handle.writeFile(body)
    await handle.sync()
  } catch (error) {
    await handle.close()
    await rm(path, { force: true })
    throw error
  }
  await handle.close()
  return path
}

async function openNew(path: string, directory: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx')
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    await mkdir(directory, { recursive: true })
    return open(path, 'wx')
  }
}

/** Makes `directory` with its parents, durably: a new directory is an entry of its parent, which is synced too. */
export async function ensureDirectory(directory: string): Promise<void> {
  let first: string | undefined
  try {
    first = await mkdir(directory, { recursive: true })
  } catch (error) {
    // Said of a file where a directory should be; the caller would take it for its own name being taken.
    if (errnoOf(error) !== 'EEXIST' || !(error instanceof Error)) throw error
    throw Object.assign(error, { code: 'ENOTDIR' })
  }
  if (first === undefined) return
  let made = first
  await syncDirectory(dirname(made))
  for (const segment of relative(first, directory).split(sep)) {
    if (segment === '') break
    await syncDirectory(made)
    made = join(made, segment)
  }
}

/**
 * Puts a directory's entries on the disk: without it, a power cut after `link` or `rename` may undo it. A directory
 * that is gone has nothing to sync.
 */
export async function syncDirectory(directory: string): Promise<void> {
  let handle: FileHandle
  try {
    handle = await open(directory, 'r')
  } catch (error) {
    if (isAbsent(error)) return
    throw error
  }
  try {
    await handle.sync()
  } catch (error) {
    // Some file systems (FUSE, SMB) cannot sync a directory; there is nothing better to do there.
    const code = errnoOf(error)
    if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error
  } finally {
    await handle.close()
  }
}
