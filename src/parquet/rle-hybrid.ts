/**
 * Parquet's hybrid of run lengths and bit packing, for levels and dictionary indices.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/Encodings.md, "Run Length Encoding / Bit-Packing Hybrid"
 */

/** Bits that the numbers from 0 to `max` need; `max` is below 2^31. */
export function bitWidth(max: number): number {
  return 32 - Math.clz32(max)
}

/** The most bytes that {@link writeHybrid} writes for so many values. */
export function hybridBound(count: number, width: number): number {
  // All packed is a header and the values in groups of eight. A run is never longer than the groups it stands for,
  // but its neighbours need headers of their own, of at most five bytes.
  return Math.ceil(count / 8) * (width + 5) + 16
}

/** Shorter runs are cheaper packed among their neighbours than with two headers more. Up to 7 go to the group before. */
const SHORTEST_RUN = 24

/**
 * Writes `values[0, count)`, each below 2^width, and returns the offset after them. `target` has room for
 * {@link hybridBound}.
 */
export function writeHybrid(
  target: Uint8Array,
  offset: number,
  values: Uint8Array | Uint32Array,
  count: number,
  width: number,
): number {
  let out = offset
  let packedFrom = 0
  let at = 0
  while (at < count) {
    const value = values[at]!
    let end = at + 1
    while (end < count && values[end] === value) end++
    if (end - at >= SHORTEST_RUN) {
      // Only the last packed group may be short, so a run lends its head to fill the group before it.
      const runFrom = at + ((8 - ((at - packedFrom) & 7)) & 7)
      out = writePacked(target, out, values, packedFrom, runFrom, width)
      out = writeRun(target, out, value, end - runFrom, width)
      packedFrom = end
    }
    at = end
  }
  return writePacked(target, out, values, packedFrom, count, width)
}

/** Writes one run of `count` equal values. */
export function writeRun(target: Uint8Array, offset: number, value: number, count: number, width: number): number {
  let out = writeVarint(target, offset, count * 2)
  for (let bits = 0; bits < width; bits += 8) target[out++] = (value >>> bits) & 0xff
  return out
}

/** Groups of eight values, lowest bits first, the last group filled up with zeros. */
function writePacked(
  target: Uint8Array,
  offset: number,
  values: Uint8Array | Uint32Array,
  from: number,
  end: number,
  width: number,
): number {
  if (from === end) return offset
  const groups = Math.ceil((end - from) / 8)
  let out = writeVarint(target, offset, groups * 2 + 1)
  let buffer = 0
  let filled = 0
  for (let at = from; at < from + groups * 8; at++) {
    // Of at most 7 bits left over and 24 new ones: a dictionary never has more than 2^24 entries.
    buffer |= (at < end ? values[at]! : 0) << filled
    filled += width
    while (filled >= 8) {
      target[out++] = buffer & 0xff
      buffer >>>= 8
      filled -= 8
    }
  }
  return out
}

function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let out = offset
  let rest = value
  while (rest >= 0x80) {
    target[out++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  target[out++] = rest
  return out
}
