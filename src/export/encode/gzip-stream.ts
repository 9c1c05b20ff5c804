import { constants, crc32, deflateRawSync } from 'node:zlib'
import { GrowingBytes } from '../../model/growing-bytes.js'

/** RFC 1952: deflate, no name, no time (equal input gives equal bytes), unknown system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff)
/** RFC 1951: a last block of the fixed code with nothing in it. */
const LAST_BLOCK = Uint8Array.of(0x03, 0x00)

/**
 * The most memory for its tables (384 KB) makes deflate a twentieth faster, and the output a little smaller; larger chunks of
 * output, which Node joins in the end, another thirtieth.
 */
const DEFLATE = { finishFlush: constants.Z_SYNC_FLUSH, memLevel: 9, chunkSize: 256 * 1024 }

/**
 * One gzip member from many pieces, synchronously and with memory for one piece: Node's own synchronous functions want
 * all of the text at once. Each piece is deflated by itself and ended on a byte border (Z_SYNC_FLUSH), so that the pieces
 * can simply follow each other; pieces of a megabyte lose nothing that shows by not sharing a dictionary.
 */
export class GzipStream {
  readonly #level: number
  #member = begun()
  #crc = 0
  #size = 0

  constructor(level: number) {
    this.#level = level
  }

  add(text: Uint8Array): void {
    if (text.length === 0) return
    const piece = deflateRawSync(text, { ...DEFLATE, level: this.#level })
    this.#member.append(piece)
    this.#crc = crc32(text, this.#crc)
    this.#size = (this.#size + text.length) % 2 ** 32
  }

  /** The member, in an ArrayBuffer of its own. The next `add` begins a new one. */
  finish(): Uint8Array {
    const trailer = new Uint8Array(LAST_BLOCK.length + 8)
    trailer.set(LAST_BLOCK)
    const view = new DataView(trailer.buffer, LAST_BLOCK.length)
    view.setUint32(0, this.#crc, true)
    view.setUint32(4, this.#size, true)
    this.#member.append(trailer)
    // The memory goes with it: a copy of a large part would be there twice.
    const member = this.#member.finish()
    this.#member = begun()
    this.#crc = 0
    this.#size = 0
    return member
  }
}

function begun(): GrowingBytes {
  const member = new GrowingBytes()
  member.append(HEADER)
  return member
}
