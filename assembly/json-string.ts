/**
 * Room that there is before the limit wherever text is written without a look at it: for a short name and a value that is no
 * string, for the closing brackets of all nesting, and for words of sixteen bytes that are written for fewer.
 */
export const ROOM: usize = 512

/** Which of the bytes JSON wants escaped, by bit: controls, `"` and `\`. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function specials(bytes: v128): i32 {
  const controls = i8x16.lt_u(bytes, i8x16.splat(0x20))
  const quotes = i8x16.eq(bytes, i8x16.splat(0x22))
  const backslashes = i8x16.eq(bytes, i8x16.splat(0x5c))
  return i8x16.bitmask(v128.or(v128.or(controls, quotes), backslashes))
}

/**
 * UTF-8 as a JSON string, quotes and all, up to the NUL at `end`; there may be others before it. Reads up to fifteen bytes
 * beyond that, and leaves ROOM before the limit, less the quotes. @returns where the text ends; 0 when there is no room
 */
export function writeString(start: usize, end: usize, to: usize, limit: usize): usize {
  if (to + (end - start) + ROOM > limit) return 0
  let out = to
  store<u8>(out++, 0x22)
  let at = start
  while (true) {
    const bytes = v128.load(at)
    v128.store(out, bytes)
    const found = specials(bytes)
    if (found == 0) {
      at += 16
      out += 16
      continue
    }
    const clean = <usize>ctz(found)
    at += clean
    out += clean
    // Never beyond it: no scan goes past the NUL.
    if (at == end) break
    out = writeEscape(load<u8>(at++), out)
    if (out + (end - at) + ROOM > limit) return 0
  }
  store<u8>(out, 0x22)
  return out + 1
}

function writeEscape(byte: u32, out: usize): usize {
  const letter = escapeLetter(byte)
  store<u16>(out, <u16>(0x5c | (letter << 8)))
  if (letter != 0x75) return out + 2
  store<u16>(out, 0x3030, 2)
  const low = byte & 15
  store<u8>(out, <u8>(0x30 + (byte >> 4)), 4)
  store<u8>(out, <u8>(low + (low < 10 ? 0x30 : 0x57)), 5)
  return out + 6
}

/** What follows the backslash; `u` for those without a letter of their own. */
function escapeLetter(byte: u32): u32 {
  switch (byte) {
    case 0x22:
    case 0x5c:
      return byte
    case 0x08:
      return 0x62
    case 0x09:
      return 0x74
    case 0x0a:
      return 0x6e
    case 0x0c:
      return 0x66
    case 0x0d:
      return 0x72
    default:
      return 0x75
  }
}

/** Where the NUL is that ends the name; reads up to seven bytes beyond it. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function nameEnd(name: usize): usize {
  let at = name
  let zeros = zeroBytes(at)
  while (zeros == 0) zeros = zeroBytes((at += 8))
  // The lowest bit that is set is in the first byte that is zero.
  return at + <usize>(ctz(zeros) >> 3)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function zeroBytes(at: usize): u64 {
  const word = load<u64>(at)
  return (word - 0x0101010101010101) & ~word & 0x8080808080808080
}
