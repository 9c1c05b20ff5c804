import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { LakeferryError, reasonOf } from '../errors.js'
import type { ObjectStore } from '../ports/object-store.js'

/**
 * Lines of gzipped objects, one object after another. What is in memory is one line and what gzip gives at once, whatever
 * the sizes; a lake that is elsewhere is copied to this machine's disk, an object at a time.
 *
 * @throws {@link LakeferryError} `LAKE_OBJECT_DAMAGED` when an object is no whole gzip file
 */
export async function* gzipLines(
  lake: ObjectStore,
  keys: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<string> {
  let scratch: string | undefined
  try {
    for (const key of keys) {
      signal?.throwIfAborted()
      const local = lake.localPath?.(key)
      if (local !== undefined) {
        yield* linesOf(lake, key, local)
        continue
      }
      scratch ??= await mkdtemp(join(tmpdir(), 'lakeferry-answers-'))
      const file = join(scratch, 'part.gz')
      await lake.download(key, file)
      yield* linesOf(lake, key, file)
    }
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true })
  }
}

async function* linesOf(lake: ObjectStore, key: string, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let begun: string[] = []
  const unpacked = pipeline(createReadStream(file), createGunzip(), () => undefined)
  try {
    for await (const chunk of unpacked) {
      const text = decoder.decode(chunk as Uint8Array, { stream: true })
      // By hand: readline would also break at U+2028, which JSON may have as it is.
      let start = 0
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        begun.push(text.slice(start, end))
        yield begun.join('')
        begun = []
        start = end + 1
      }
      if (start < text.length) begun.push(text.slice(start))
    }
    const last = begun.join('') + decoder.decode()
    if (last !== '') yield last
  } catch (error) {
    if (error instanceof LakeferryError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: lake.url, key }, { cause: error })
    const got = reasonOf(error)
    throw new LakeferryError(
      'LAKE_OBJECT_DAMAGED',
      { lake: lake.url, key, wanted: 'a gzip file', got },
      { cause: error },
    )
  } finally {
    unpacked.destroy()
  }
}
