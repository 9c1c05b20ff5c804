import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { LakeferryError, reasonOf } from '../../errors.js'

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const FORBIDDEN = new Set(['EACCES', 'EPERM', 'EROFS'])

/**
 * Writes the body of an answer to `file`, chunk by chunk, which has its old content or all of the new one at any
 * moment, and hashes what passes.
 *
 * @param check is told the number of bytes before `file` is replaced, and throws if that is not all
 */
export async function downloadBody(
  body: object,
  file: string,
  check: (bytes: number) => void,
): Promise<{ bytes: number; sha256: string }> {
  const unfinished = `${file}.${randomBytes(6).toString('hex')}.part`
  const hash = createHash('sha256')
  let bytes = 0
  try {
    const target = await local(file, () => open(unfinished, 'wx'))
    try {
      for await (const chunk of chunksOf(body)) {
        hash.update(chunk)
        await local(file, () => writeAll(target, chunk))
        bytes += chunk.length
      }
    } finally {
      await target.close()
    }
    check(bytes)
    await local(file, () => rename(unfinished, file))
    return { bytes, sha256: hash.digest('hex') }
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

/** In Node the SDK's body is a Readable; its type also has the browsers' kinds. */
function chunksOf(body: object): AsyncIterable<Uint8Array> {
  if (!isChunks(body)) throw new TypeError('the body of the answer is no stream of Node')
  return body
}

const isChunks = (body: object): body is AsyncIterable<Uint8Array> => Symbol.asyncIterator in body

async function writeAll(target: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await target.write(chunk, done)).bytesWritten
}

/** So that a full temporary disk is not taken for a full or distant lake. */
async function local<T>(file: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const details = { lake: 'the local disk', operation: 'write', key: file, reason: reasonOf(error) }
    if (FULL.has(code)) throw new LakeferryError('LAKE_FULL', details, { cause: error })
    if (FORBIDDEN.has(code)) throw new LakeferryError('LAKE_FORBIDDEN', details, { cause: error })
    throw new LakeferryError('LAKE_REFUSED', details, { cause: error })
  }
}
