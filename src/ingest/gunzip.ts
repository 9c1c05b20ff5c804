import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** What is wrong with gzipped bytes, in words for a person. Whatever else a stream fails with is passed on as it is. */
export class GzipDamage extends Error {
  override readonly name = 'GzipDamage'
}

const CHUNK_BYTES = 256 * 1024

/**
 * Unpacks gzip (RFC 1952), one member or several, and ends only where the last one ends with its checksum right. zlib's
 * own stream stops without a word at a zero byte after a member and leaves out whatever follows it, another member too.
 *
 * @throws {@link GzipDamage} when it is cut off, damaged, or followed by something else
 */
export async function* gunzipped(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  let given = 0
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of stream) {
      given += chunk.length
      yield chunk
    }
  }
  // Failures of both come out of reading, and who stops reading early ends both.
  const unpacked = pipeline(Readable.from(counted()), gunzip, () => undefined)
  try {
    for await (const chunk of unpacked) yield chunk as Uint8Array
  } catch (error) {
    if (!/^Z_/.test(String((error as { code?: unknown }).code))) throw error
    throw new GzipDamage((error as Error).message, { cause: error })
  }
  if (gunzip.bytesWritten !== given) {
    throw new GzipDamage(`the last ${given - gunzip.bytesWritten} of its ${given} bytes are no gzip`)
  }
}
