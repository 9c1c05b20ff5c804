/**
 * Compresses blocks in Snappy's raw format, as Parquet wants it. Of our own because it is short, is as fast as Parquet
 * needs, and native packages do not install everywhere.
 *
 * Source: https://github.com/google/snappy/blob/main/format_description.txt; the way to search (a table of the last place
 * where four bytes hashed so, longer steps the longer nothing is found) is that of google/snappy's `CompressFragment`.
 */

/** Offsets of copies are written in 16 bits, so matches are looked for within so many bytes at a time. */
const FRAGMENT = 64 * 1024
const TABLE_BITS = 14
/** A match is not looked for closer to the end than this: words can then be read without asking. */
const MARGIN = 15

/** Kept from block to block. */
const KEPT_BYTES = 4 * 1024 * 1024

const LITERAL = 0
const SHORT_COPY = 1
const LONG_COPY = 2

/** Where four bytes of a hash were last seen, from the fragment's start. */
const table = new Uint16Array(1 << TABLE_BITS)
let target = new Uint8Array(0)
let words = new DataView(target.buffer)

/** One block, in a buffer of its own. The same block gives the same bytes. */
export function compressSnappy(block: Uint8Array): Uint8Array {
  // A copy is at least a byte shorter than what it stands for, and the literal before it has a tag of at most three, but
  // of one only below 60 bytes: so no more than two bytes in 64 are added. Writes beyond a typed array would be lost.
  const bound = 16 + block.length + (block.length >>> 5) + 4 * Math.ceil(block.length / FRAGMENT)
  if (target.length < bound || target.length > KEPT_BYTES) {
    target = new Uint8Array(Math.max(bound, Math.min(2 * target.length, KEPT_BYTES)))
    words = new DataView(target.buffer)
  }
  let out = 0
  for (let rest = block.length; ; rest >>>= 7) {
    target[out++] = rest < 0x80 ? rest : (rest & 0x7f) | 0x80
    if (rest < 0x80) break
  }
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  for (let start = 0; start < block.length; start += FRAGMENT) {
    out = fragment(block, view, start, Math.min(start + FRAGMENT, block.length), out)
  }
  return target.slice(0, out)
}

/** All in one function with its state in local variables: text has a match every dozen bytes, and calls would be half the cost. */
function fragment(block: Uint8Array, view: DataView, start: number, end: number, from: number): number {
  const limit = end - MARGIN
  let out = from
  let literalFrom = start
  if (limit > start) {
    table.fill(0)
    let at = start + 1
    search: for (;;) {
      let skip = 32
      let candidate: number
      let word: number
      for (;;) {
        if (at > limit) break search
        word = view.getInt32(at, true)
        const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - TABLE_BITS)
        candidate = start + table[slot]!
        table[slot] = at - start
        if (view.getInt32(candidate, true) === word) break
        at += skip++ >>> 5
      }
      const size = at - literalFrom
      if (size > 60) out = literal(block, literalFrom, at, out)
      else {
        target[out++] = LITERAL | ((size - 1) << 2)
        // By words, the last of which may write too much: something comes after it.
        for (let i = 0; i < size; i += 4) words.setInt32(out + i, view.getInt32(literalFrom + i, true), true)
        out += size
      }
      // What was copied may be followed by another match, with no literal in between.
      do {
        const offset = at - candidate
        let rest = 4
        while (at + rest + 4 <= end && view.getInt32(at + rest, true) === view.getInt32(candidate + rest, true))
          rest += 4
        while (at + rest < end && block[at + rest] === block[candidate + rest]) rest++
        at += rest
        // In pieces of at most 64, none of which is shorter than 4.
        while (rest > 64) {
          const piece = rest >= 68 ? 64 : 60
          target[out++] = LONG_COPY | ((piece - 1) << 2)
          target[out++] = offset & 0xff
          target[out++] = offset >>> 8
          rest -= piece
        }
        if (rest < 12 && offset < 2048) {
          target[out++] = SHORT_COPY | ((rest - 4) << 2) | ((offset >>> 8) << 5)
          target[out++] = offset & 0xff
        } else {
          target[out++] = LONG_COPY | ((rest - 1) << 2)
          target[out++] = offset & 0xff
          target[out++] = offset >>> 8
        }
        literalFrom = at
        if (at > limit) break search
        table[Math.imul(view.getInt32(at - 1, true), 0x1e35a7bd) >>> (32 - TABLE_BITS)] = at - 1 - start
        word = view.getInt32(at, true)
        const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - TABLE_BITS)
        candidate = start + table[slot]!
        table[slot] = at - start
      } while (view.getInt32(candidate, true) === word)
      at++
    }
  }
  return literal(block, literalFrom, end, out)
}

function literal(block: Uint8Array, from: number, end: number, offset: number): number {
  const last = end - from - 1
  if (last < 0) return offset
  let out = offset
  if (last < 60) target[out++] = LITERAL | (last << 2)
  else if (last < 0x100) {
    target[out++] = LITERAL | (60 << 2)
    target[out++] = last
  } else {
    target[out++] = LITERAL | (61 << 2)
    target[out++] = last & 0xff
    target[out++] = last >>> 8
  }
  target.set(block.subarray(from, end), out)
  return out + last + 1
}
