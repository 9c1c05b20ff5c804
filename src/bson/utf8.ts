/** For text and names of documents. They may begin with U+FEFF, which is a character of theirs and no byte order mark. */
export const textDecoder: InstanceType<typeof TextDecoder> = new TextDecoder('utf-8', { ignoreBOM: true })

/** The top bit of each byte of a 32-bit word. */
const HIGH_BITS = 0x80808080 | 0

/**
 * Whether the bytes are well-formed UTF-8: RFC 3629 with the table of the Unicode Standard (§3.9, table 3-7), which leaves
 * out overlong forms, encoded surrogates and what lies beyond U+10FFFF. ASCII goes by sixteen bytes at a time.
 */
export function isUtf8(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
  let at = start
  while (at + 16 <= end) {
    const four = view.getInt32(at, true) | view.getInt32(at + 4, true) | view.getInt32(at + 8, true)
    if (((four | view.getInt32(at + 12, true)) & HIGH_BITS) !== 0) break
    at += 16
  }
  while (at < end) {
    const lead = bytes[at]!
    if (lead < 0x80) {
      at++
      // Back to words as soon as there is one of ASCII.
      while (at + 4 <= end && (view.getInt32(at, true) & HIGH_BITS) === 0) at += 4
      continue
    }
    const length = sequenceLength(bytes, at, end, lead)
    if (length === 0) return false
    at += length
  }
  return true
}

/** Bytes of the well-formed sequence at `at` that `lead` begins, or 0. */
function sequenceLength(bytes: Uint8Array, at: number, end: number, lead: number): number {
  if (lead < 0xe0) return lead >= 0xc2 && at + 2 <= end && isTail(bytes[at + 1]!) ? 2 : 0
  if (lead < 0xf0) {
    if (at + 3 > end || !isTail(bytes[at + 2]!)) return 0
    const second = bytes[at + 1]!
    // E0 80..9F would be overlong, ED A0..BF a surrogate.
    return second >= (lead === 0xe0 ? 0xa0 : 0x80) && second <= (lead === 0xed ? 0x9f : 0xbf) ? 3 : 0
  }
  if (lead > 0xf4 || at + 4 > end || !isTail(bytes[at + 2]!) || !isTail(bytes[at + 3]!)) return 0
  const second = bytes[at + 1]!
  // F0 80..8F would be overlong, F4 90..BF beyond U+10FFFF.
  return second >= (lead === 0xf0 ? 0x90 : 0x80) && second <= (lead === 0xf4 ? 0x8f : 0xbf) ? 4 : 0
}

function isTail(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
