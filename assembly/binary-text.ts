/** Lower-case hex of the sixteen bytes at `from`: 32 bytes. */
export function writeHex(from: usize, out: usize): void {
  const bytes = v128.load(from)
  const digits = i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102)
  const high = i8x16.swizzle(digits, i8x16.shr_u(bytes, 4))
  const low = i8x16.swizzle(digits, v128.and(bytes, i8x16.splat(15)))
  v128.store(out, i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23))
  v128.store(out, i8x16.shuffle(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16)
}

/** The sixteen bytes as `8-4-4-4-12` hex digits (RFC 9562). @returns where the text ends */
export function writeUuid(from: usize, out: usize): usize {
  writeHex(from, out)
  // From the last to the first, as each moves up by the number of dashes before it.
  store<u64>(out + 28, load<u64>(out + 24))
  store<u32>(out + 24, load<u32>(out + 20))
  store<u32>(out + 19, load<u32>(out + 16))
  store<u32>(out + 14, load<u32>(out + 12))
  store<u32>(out + 9, load<u32>(out + 8))
  store<u8>(out + 8, 0x2d)
  store<u8>(out + 13, 0x2d)
  store<u8>(out + 18, 0x2d)
  store<u8>(out + 23, 0x2d)
  return out + 36
}

export function base64Size(bytes: usize): usize {
  return 4 * ((bytes + 2) / 3)
}

/** Base64 with `+`, `/` and padding (RFC 4648 §4). @returns where the text ends */
export function writeBase64(start: usize, end: usize, to: usize): usize {
  let out = to
  let at = start
  for (; at + 3 <= end; at += 3, out += 4) {
    const three = (<u32>load<u8>(at) << 16) | (<u32>load<u8>(at, 1) << 8) | <u32>load<u8>(at, 2)
    store<u32>(
      out,
      base64Digit(three >> 18) |
        (base64Digit((three >> 12) & 63) << 8) |
        (base64Digit((three >> 6) & 63) << 16) |
        (base64Digit(three & 63) << 24),
    )
  }
  if (at == end) return out
  const isTwo = at + 1 < end
  const rest = (<u32>load<u8>(at) << 10) | (isTwo ? <u32>load<u8>(at, 1) << 2 : 0)
  const third = isTwo ? base64Digit(rest & 63) : 0x3d
  store<u32>(out, base64Digit(rest >> 12) | (base64Digit((rest >> 6) & 63) << 8) | (third << 16) | 0x3d000000)
  return out + 4
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function base64Digit(value: u32): u32 {
  return load<u8>(changetype<usize>('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/') + 2 * value)
}
