/**
 * Whether `[start, end)` is well-formed UTF-8: RFC 3629 with the table of the Unicode Standard (§3.9, table 3-7), which
 * leaves out overlong forms, encoded surrogates and what lies beyond U+10FFFF. ASCII goes by sixteen bytes at a time. Reads
 * nothing beyond `end`.
 */
export function isUtf8(start: usize, end: usize): bool {
  let at = start
  while (at < end) {
    while (at + 16 <= end && i8x16.bitmask(v128.load(at)) == 0) at += 16
    while (at + 4 <= end && (load<u32>(at) & 0x80808080) == 0) at += 4
    if (at >= end) break
    const lead = <u32>load<u8>(at)
    if (lead < 0x80) {
      at++
      continue
    }
    const length = sequenceLength(at, end, lead)
    if (length == 0) return false
    at += length
  }
  return true
}

/** Bytes of the well-formed sequence at `at` that `lead` begins, or 0. */
function sequenceLength(at: usize, end: usize, lead: u32): usize {
  if (lead < 0xe0) return lead >= 0xc2 && at + 2 <= end && isTail(load<u8>(at, 1)) ? 2 : 0
  if (lead < 0xf0) {
    if (at + 3 > end || !isTail(load<u8>(at, 2))) return 0
    const second = <u32>load<u8>(at, 1)
    // E0 80..9F would be overlong, ED A0..BF a surrogate.
    return second >= <u32>(lead == 0xe0 ? 0xa0 : 0x80) && second <= <u32>(lead == 0xed ? 0x9f : 0xbf) ? 3 : 0
  }
  if (lead > 0xf4 || at + 4 > end || !isTail(load<u8>(at, 2)) || !isTail(load<u8>(at, 3))) return 0
  const second = <u32>load<u8>(at, 1)
  // F0 80..8F would be overlong, F4 90..BF beyond U+10FFFF.
  return second >= <u32>(lead == 0xf0 ? 0x90 : 0x80) && second <= <u32>(lead == 0xf4 ? 0x8f : 0xbf) ? 4 : 0
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function isTail(byte: u32): bool {
  return (byte & 0xc0) == 0x80
}
