import type { ByteSink } from './byte-sink.js'

/** 0: goes out as it is. 0x75 (`u`): as \u00XX. Anything else: as a backslash and this. */
const ESCAPE = new Uint8Array(256)
ESCAPE.fill(0x75, 0, 0x20)
for (const [char, letter] of ['""', '\\\\', '\bb', '\ff', '\nn', '\rr', '\tt']) {
  ESCAPE[char!.charCodeAt(0)] = letter!.charCodeAt(0)
}

const HEX = new TextEncoder().encode('0123456789abcdef')

/**
 * UTF-8 as a JSON string, quotes and all (RFC 8259 §7). Only what must be escaped is: controls, `"` and `\`. Bytes from
 * 0x80 on go through untouched, so valid UTF-8 stays valid.
 */
export function writeJsonString(sink: ByteSink, bytes: Uint8Array, view: DataView, start: number, end: number): void {
  sink.reserve(end - start + 2)
  let out = sink.bytes
  let words = sink.words
  let length = sink.length
  out[length++] = 0x22
  for (let at = start; at < end; ) {
    for (; at + 4 <= end; at += 4, length += 4) {
      const word = view.getInt32(at, true)
      if (hasEscape(word)) break
      words.setInt32(length, word, true)
    }
    // At most the four bytes that held an escape, or what is left of the string.
    for (const stop = Math.min(at + 4, end); at < stop; at++) {
      const byte = bytes[at]!
      if (ESCAPE[byte] === 0) out[length++] = byte
      else {
        sink.length = length
        writeEscape(sink, byte, end - at)
        out = sink.bytes
        words = sink.words
        length = sink.length
      }
    }
  }
  out[length++] = 0x22
  sink.length = length
}

/**
 * A field name as a JSON string and its colon, up to the NUL that ends it, which must lie before `limit` if the document is
 * whole.
 *
 * @returns the offset of that NUL, or `limit`
 */
export function writeJsonName(sink: ByteSink, bytes: Uint8Array, start: number, limit: number): number {
  sink.reserve(limit - start + 3)
  let out = sink.bytes
  let length = sink.length
  out[length++] = 0x22
  let at = start
  for (; at < limit; at++) {
    const byte = bytes[at]!
    if (ESCAPE[byte] === 0) out[length++] = byte
    else if (byte === 0) break
    else {
      sink.length = length
      writeEscape(sink, byte, limit - at)
      out = sink.bytes
      length = sink.length
    }
  }
  out[length++] = 0x22
  out[length++] = 0x3a
  sink.length = length
  return at
}

/**
 * Whether one of the four bytes must be escaped; sometimes true when none is, never false when one is. The usual trick
 * for "has a zero byte", (x - ONES) & ~x & TOPS, after each byte sought was made zero; for the controls 0x20 is taken
 * from each byte instead.
 */
function hasEscape(word: number): boolean {
  const quote = word ^ 0x22222222
  const backslash = word ^ 0x5c5c5c5c
  const found =
    ((word - 0x20202020) & ~word) | ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)
  return (found & TOPS) !== 0
}

/** The top bit of each byte of a word. */
const TOPS = 0x80808080 | 0

/** Makes room for the escape and the `rest` bytes that follow unescaped, with a quote and a colon. */
function writeEscape(sink: ByteSink, byte: number, rest: number): void {
  sink.reserve(8 + rest)
  const letter = ESCAPE[byte]!
  const out = sink.bytes
  let length = sink.length
  out[length++] = 0x5c
  out[length++] = letter
  if (letter === 0x75) {
    out[length++] = 0x30
    out[length++] = 0x30
    out[length++] = HEX[byte >>> 4]!
    out[length++] = HEX[byte & 15]!
  }
  sink.length = length
}
