import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { LakeferryError, reasonOf } from '../../errors.js'
import { errnoOf } from '../../host/errno.js'
import { fsError, isAbsent } from './fs-error.js'

const CHUNK_BYTES = 1 << 20

export interface Hashed {
  readonly bytes: number
  readonly sha256: string
}

export async function hashFile(path: string): Promise<Hashed> {
  const source = await open(path, 'r')
  try {
    return await hashHandle(source, async () => undefined)
  } finally {
    await source.close()
  }
}

/**
 * Copies `path` to `file`, which has its old content or all of the new one at any moment. Undefined when there is
 * nothing at `path`.
 *
 * @throws {@link LakeferryError} of the LAKE_ family about `file`, when that is what cannot be written
 */
export async function copyWithHash(path: string, file: string): Promise<Hashed | undefined> {
  let source: FileHandle
  try {
    source = await open(path, 'r')
    // A directory can be opened, and only fails when it is read.
    if ((await source.stat()).isDirectory()) {
      await source.close()
      return undefined
    }
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
  const unfinished = `${file}.${randomBytes(6).toString('hex')}.part`
  try {
    const target = await local(file, () => open(unfinished, 'wx'))
    let copied: Hashed
    try {
      copied = await hashHandle(source, chunk => local(file, () => writeAll(target, chunk)))
    } finally {
      await target.close()
    }
    await local(file, () => rename(unfinished, file))
    return copied
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  } finally {
    await source.close()
  }
}

async function hashHandle(source: FileHandle, sink: (chunk: Uint8Array) => Promise<void>): Promise<Hashed> {
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  let bytes = 0
  for (;;) {
    const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES, null)
    if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') }
    const chunk = buffer.subarray(0, bytesRead)
    hash.update(chunk)
    await sink(chunk)
    bytes += bytesRead
  }
}

async function writeAll(target: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await target.write(chunk, done)).bytesWritten
}

/** So that a full temporary disk is not taken for a full lake. */
async function local<T>(file: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      const details = { lake: 'the local disk', operation: 'write', key: file, reason: reasonOf(error) }
      throw new LakeferryError('LAKE_REFUSED', details, { cause: error })
    }
    throw fsError(error, { lake: 'the local disk', operation: 'write', key: file })
  }
}
