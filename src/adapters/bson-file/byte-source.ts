import type { FileHandle } from 'node:fs/promises'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { LakeferryError, reasonOf } from '../../errors.js'
import { damaged } from './backup-error.js'

/** The content of a file from its beginning, each byte once. */
export interface ByteSource {
  /** Whether gzip is taken off. */
  readonly unpacked: boolean
  /** Reads into `into` at least one byte, and as many as there are at hand; 0 only at the end. */
  read(into: Uint8Array): Promise<number>
  close(): Promise<void>
}

/** The bytes as they are on disk. */
export function plainBytes(handle: FileHandle): ByteSource {
  let position = 0
  return {
    unpacked: false,
    async read(into) {
      const { bytesRead } = await handle.read(into, 0, into.length, position)
      position += bytesRead
      return bytesRead
    },
    close: async () => undefined,
  }
}

/** The two bytes that every member of gzip data begins with (RFC 1952, 2.3.1). */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b
}

/** Packed bytes read at once, and unpacked ones handed over at once: each is a trip to another thread. */
const READ_BYTES = 256 * 1024
const UNPACK_BYTES = 1024 * 1024

/**
 * What gzip packed, one member or several. Ends only when the whole file was understood: a member that is cut off, a
 * checksum that is wrong or bytes after the last member that are none of it are `SOURCE_FILE_DAMAGED`.
 *
 * @param size of the file, in bytes
 */
export function gunzippedBytes(handle: FileHandle, file: string, size: number): ByteSource {
  // A stream of the handle's own would close it with itself, and it has to be asked afterwards whether it changed.
  const packed = Readable.from(packedChunks(handle), { objectMode: false, highWaterMark: READ_BYTES })
  const gunzip = createGunzip({ chunkSize: UNPACK_BYTES })
  // Failures of both come out of reading, be it begun before or after them; that one more comes while both are closed is
  // nobody's.
  for (const stream of [packed, gunzip]) stream.on('error', () => undefined)
  const chunks = (pipeline(packed, gunzip, () => undefined) as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
  let chunk: Buffer = Buffer.alloc(0)
  let begun = false

  const checkBeginning = async (): Promise<void> => {
    const head = Buffer.alloc(2)
    await handle.read(head, 0, 2, 0)
    if (isGzip(head)) return
    const reason = size === 0 ? 'it is empty, and gzip data never are' : 'it does not begin as gzip data do'
    throw damaged({ file, offset: 0, unpacked: false }, reason)
  }

  /** Node's gunzip takes a zero byte after a member for padding and stops there, whatever follows. */
  const checkRest = async (): Promise<void> => {
    const rest = Buffer.alloc(READ_BYTES)
    for (let at = gunzip.bytesWritten; at < size; ) {
      const { bytesRead } = await handle.read(rest, 0, rest.length, at)
      if (bytesRead === 0) break
      const strange = rest.subarray(0, bytesRead).findIndex(byte => byte !== 0)
      if (strange >= 0)
        throw damaged({ file, offset: at + strange, unpacked: false }, 'bytes follow that are not of its gzip data')
      at += bytesRead
    }
  }

  return {
    unpacked: true,
    async read(into) {
      if (chunk.length === 0) {
        try {
          if (!begun) await checkBeginning()
          begun = true
          const next = await chunks.next()
          if (next.done) {
            await checkRest()
            return 0
          }
          chunk = next.value
        } catch (error) {
          throw gunzipFailure(error, file, gunzip.bytesWritten, size)
        }
      }
      const count = chunk.copy(into)
      chunk = chunk.subarray(count)
      return count
    },
    async close() {
      packed.destroy()
      gunzip.destroy()
    },
  }
}

async function* packedChunks(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

function gunzipFailure(error: unknown, file: string, offset: number, size: number): unknown {
  if (error instanceof LakeferryError) return error
  const code = String((error as NodeJS.ErrnoException).code)
  // What is left over at the end is a member that has none.
  if (code === 'Z_BUF_ERROR')
    return damaged({ file, offset: size, unpacked: false }, 'it ends in the middle of its gzip data', error)
  if (code.startsWith('Z_'))
    return damaged({ file, offset, unpacked: false }, `its gzip data are wrong soon after: ${reasonOf(error)}`, error)
  return error
}
