import { base64Size, writeBase64, writeHex, writeUuid } from './binary-text'
import { writeDate } from './date-text'
import { writeDecimal } from './decimal-text'
import { writeDouble } from './double-text'
import { nameEnd, ROOM, specials, writeString } from './json-string'
import { writeInt64, writeUint64 } from './number-text'

/**
 * Plain JSON of documents that have passed the census: the same text as `writeJsonDocument` in src/bson/json-text.ts, which
 * says why it is as it is, and which a property test holds this one to.
 */

/** Where text may go to; between elements there is always ROOM before it. */
let limit: usize = 0

/**
 * Writes the document in `[start, end)` to `out`, up to `border` at most. @returns the length of its text; 0 when there is no
 * room for it, or a value that JavaScript writes: regular expressions, code, symbols and DBPointers
 */
export function writeJson(start: usize, end: usize, out: usize, border: usize): usize {
  limit = border
  if (out + ROOM > limit) return 0
  const textEnd = writeMembers(start, end, out, false)
  return textEnd == 0 ? 0 : textEnd - out
}

/** @returns where the text ends, or 0 */
function writeMembers(start: usize, end: usize, to: usize, isArray: bool): usize {
  const last = end - 1
  let out = to
  store<u8>(out++, isArray ? 0x5b : 0x7b)
  const first = out
  let at = start + 4
  while (at < last) {
    if (out + ROOM > limit) return 0
    const type = <i32>load<u8>(at++)
    if (isArray) at = nameEnd(at) + 1
    else {
      // Nearly all names have less than sixteen bytes, and none that is to be escaped but the NUL that ends them.
      const bytes = v128.load(at)
      const size = <usize>ctz(specials(bytes))
      if (size < 16 && load<u8>(at + size) == 0) {
        store<u8>(out, 0x22)
        v128.store(out, bytes, 1)
        store<u16>(out + size, 0x3a22, 1)
        out += size + 3
        at += size + 1
      } else {
        const nul = nameEnd(at)
        out = writeString(at, nul, out, limit)
        if (out == 0) return 0
        store<u8>(out++, 0x3a)
        at = nul + 1
      }
    }
    switch (type) {
      case 0x01: // double
        out = writeDouble(load<f64>(at), out)
        at += 8
        break
      case 0x02: {
        // string
        const next = at + 4 + load<u32>(at)
        out = writeString(at + 4, next - 1, out, limit)
        at = next
        break
      }
      case 0x03: // object
      case 0x04: {
        // array
        const next = at + load<u32>(at)
        out = writeMembers(at, next, out, type == 0x04)
        at = next
        break
      }
      case 0x05: {
        // binData
        const next = at + 5 + load<u32>(at)
        out = writeBinary(at, next, out)
        at = next
        break
      }
      case 0x06: // undefined
        out = writeAscii('{"$undefined":true}', out)
        break
      case 0x07: // objectId
        store<u8>(out, 0x22)
        writeHex(at, out + 1)
        store<u8>(out + 25, 0x22)
        out += 26
        at += 12
        break
      case 0x08: // bool
        if (load<u8>(at++) == 0) {
          store<u32>(out, 0x736c6166) // fals
          store<u8>(out + 4, 0x65)
          out += 5
        } else {
          store<u32>(out, 0x65757274) // true
          out += 4
        }
        break
      case 0x09: // date
        out = writeDate(load<i64>(at), out)
        at += 8
        break
      case 0x0a: // null
        store<u32>(out, 0x6c6c756e)
        out += 4
        break
      case 0x10: // int
        out = writeInt64(load<i32>(at), out)
        at += 4
        break
      case 0x11: // timestamp: the increment is the low word
        out = writeAscii('{"t":', out)
        out = writeUint64(load<u32>(at, 4), out)
        out = writeAscii(',"i":', out)
        out = writeUint64(load<u32>(at), out)
        store<u8>(out++, 0x7d)
        at += 8
        break
      case 0x12: // long
        out = writeInt64(load<i64>(at), out)
        at += 8
        break
      case 0x13: // decimal
        out = writeDecimal(at, out)
        at += 16
        break
      case 0x7f: // maxKey
        out = writeAscii('{"$maxKey":1}', out)
        break
      case 0xff: // minKey
        out = writeAscii('{"$minKey":1}', out)
        break
      default:
        return 0
    }
    // No room, for a string, binary or what is nested.
    if (out == 0) return 0
    store<u8>(out++, 0x2c)
  }
  // In place of the comma after the last one.
  if (out != first) out--
  store<u8>(out, isArray ? 0x5d : 0x7d)
  return out + 1
}

/** Length, subtype, payload; the old subtype 2 has its length twice. */
function writeBinary(at: usize, end: usize, to: usize): usize {
  const subtype = <i32>load<u8>(at, 4)
  const start = at + (subtype == 2 ? 9 : 5)
  const size = end - start
  if (to + base64Size(size) + ROOM > limit) return 0
  store<u8>(to, 0x22)
  const out = subtype == 4 && size == 16 ? writeUuid(start, to + 1) : writeBase64(start, end, to + 1)
  store<u8>(out, 0x22)
  return out + 1
}

export function writeAscii(text: string, to: usize): usize {
  const size = <usize>text.length
  for (let at: usize = 0; at < size; at++) store<u8>(to + at, load<u8>(changetype<usize>(text) + 2 * at))
  return to + size
}
