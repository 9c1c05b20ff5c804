import { constants, crc32, deflateRawSync } from 'node:zlib'

/** RFC 1952: deflate, no name, no time (equal input gives equal bytes), unknown system. */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff)
/** RFC 1951: a last block of the fixed code with nothing in it. */
const LAST_BLOCK = Uint8Array.of(0x03, 0x00)

/**
 * One gzip member from many pieces, synchronously and with memory for one piece: Node's own synchronous functions want
 * all of the text at once. Each piece is deflated by itself and ended on a byte border (Z_SYNC_FLUSH), so that the pieces
 * can simply follow each other; pieces of a megabyte lose nothing that shows by not sharing a dictionary.
 */
export class GzipStream {
  readonly #level: number
  #pieces: Uint8Array[] = [HEADER]
  #crc = 0
  #size = 0

  constructor(level: number) {
    this.#level = level
  }

  add(text: Uint8Array): void {
    if (text.length === 0) return
    this.#pieces.push(deflateRawSync(text, { level: this.#level, finishFlush: constants.Z_SYNC_FLUSH }))
    this.#crc = crc32(text, this.#crc)
    this.#size = (this.#size + text.length) % 2 ** 32
  }

  /** The member, in a buffer of its own. The next `add` begins a new one. */
  finish(): Uint8Array {
    const trailer = new Uint8Array(8)
    const view = new DataView(trailer.buffer)
    view.setUint32(0, this.#crc, true)
    view.setUint32(4, this.#size, true)
    const pieces = [...this.#pieces, LAST_BLOCK, trailer]
    const member = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
    let offset = 0
    for (const piece of pieces) {
      member.set(piece, offset)
      offset += piece.length
    }
    this.#pieces = [HEADER]
    this.#crc = 0
    this.#size = 0
    return member
  }
}
