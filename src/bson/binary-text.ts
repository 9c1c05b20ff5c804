import type { ByteSink } from './byte-sink.js'

const HEX = new TextEncoder().encode('0123456789abcdef')
const BASE64 = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')

/** Lower-case hex, two digits a byte. */
export function writeHex(sink: ByteSink, bytes: Uint8Array, start: number, end: number): void {
  sink.reserve((end - start) * 2)
  const out = sink.bytes
  let length = sink.length
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    out[length++] = HEX[byte >>> 4]!
    out[length++] = HEX[byte & 15]!
  }
  sink.length = length
}

/** The 16 bytes at `start` as `8-4-4-4-12` hex digits (RFC 9562). */
export function writeUuid(sink: ByteSink, bytes: Uint8Array, start: number): void {
  let from = start
  for (const size of [4, 2, 2, 2, 6]) {
    if (from !== start) sink.byte(0x2d)
    writeHex(sink, bytes, from, from + size)
    from += size
  }
}

/** Base64 with `+`, `/` and padding (RFC 4648 §4). */
export function writeBase64(sink: ByteSink, bytes: Uint8Array, start: number, end: number): void {
  sink.reserve(Math.ceil((end - start) / 3) * 4)
  const out = sink.bytes
  let length = sink.length
  let at = start
  for (; at + 3 <= end; at += 3) {
    const three = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
    out[length++] = BASE64[three >>> 18]!
    out[length++] = BASE64[(three >>> 12) & 63]!
    out[length++] = BASE64[(three >>> 6) & 63]!
    out[length++] = BASE64[three & 63]!
  }
  if (at < end) {
    const two = at + 1 < end
    const rest = (bytes[at]! << 8) | (two ? bytes[at + 1]! : 0)
    out[length++] = BASE64[rest >>> 10]!
    out[length++] = BASE64[(rest >>> 4) & 63]!
    out[length++] = two ? BASE64[(rest << 2) & 63]! : 0x3d
    out[length++] = 0x3d
  }
  sink.length = length
}
