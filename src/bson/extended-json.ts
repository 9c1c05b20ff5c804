import { writeBase64, writeHex } from './binary-text.js'
import { BinarySubtype } from './bson-type.js'
import type { ByteSink } from './byte-sink.js'
import { decimal128Text } from './decimal128.js'
import { writeDouble } from './double-text.js'
import { writeJsonName, writeJsonString } from './json-string.js'
import { MalformedBson } from './malformed-bson.js'
import { writeInt64, writeInteger } from './number-text.js'
import { cstringEnd, documentEnd, valueEnd } from './walk.js'

/**
 * Canonical Extended JSON v2 (MongoDB specifications, "Extended JSON"), straight from the bytes, with two liberties: the
 * options of a regular expression stay in the order they are stored in, and dates of any int64 are written.
 *
 * @throws {@link MalformedBson}
 */
export function writeExtendedJsonDocument(
  sink: ByteSink,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  limit: number = bytes.length,
): void {
  writeMembers(sink, bytes, view, start, documentEnd(bytes, view, start, limit), false)
}

/** One value of type `type` whose bytes begin at `offset`. */
export function writeExtendedJsonValue(
  sink: ByteSink,
  type: number,
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  limit: number = bytes.length,
): void {
  writeValue(sink, type, bytes, view, offset, valueEnd(type, bytes, view, offset, limit))
}

/** Names of array elements are positions and are not written. */
function writeMembers(
  sink: ByteSink,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  isArray: boolean,
): void {
  const last = end - 1
  const opening = isArray ? 0x5b : 0x7b
  sink.byte(opening)
  let at = start + 4
  while (at < last) {
    if (at > start + 4) sink.byte(0x2c)
    const type = bytes[at]!
    const nameEnd = isArray ? cstringEnd(bytes, at + 1, last) : writeJsonName(sink, bytes, at + 1, last)
    at = valueEnd(type, bytes, view, nameEnd + 1, last)
    writeValue(sink, type, bytes, view, nameEnd + 1, at)
  }
  if (at !== last) throw new MalformedBson('an element runs out of its document', at)
  // Both closing brackets are two after the opening one in ASCII.
  sink.byte(opening + 2)
}

/** `end` is where the value ends, as {@link valueEnd} told. */
function writeValue(
  sink: ByteSink,
  type: number,
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  end: number,
): void {
  switch (type) {
    case 0x01: // double
      sink.ascii('{"$numberDouble":"')
      writeDouble(sink, view.getFloat64(offset, true))
      sink.ascii('"}')
      break
    case 0x02: // string
      writeJsonString(sink, bytes, view, offset + 4, end - 1)
      break
    case 0x03: // object
    case 0x04: // array
      writeMembers(sink, bytes, view, offset, end, type === 0x04)
      break
    case 0x05: // binData
      writeBinary(sink, bytes, view, offset, end)
      break
    case 0x06: // undefined
      sink.ascii('{"$undefined":true}')
      break
    case 0x07: // objectId
      sink.ascii('{"$oid":"')
      writeHex(sink, bytes, offset, end)
      sink.ascii('"}')
      break
    case 0x08: // bool
      sink.ascii(bytes[offset] === 0 ? 'false' : 'true')
      break
    case 0x09: // date
      sink.ascii('{"$date":{"$numberLong":"')
      writeInt64(sink, view, offset)
      sink.ascii('"}}')
      break
    case 0x0a: // null
      sink.ascii('null')
      break
    case 0x0b: {
      // regex
      const patternEnd = cstringEnd(bytes, offset, end)
      sink.ascii('{"$regularExpression":{"pattern":')
      writeJsonString(sink, bytes, view, offset, patternEnd)
      sink.ascii(',"options":')
      writeJsonString(sink, bytes, view, patternEnd + 1, end - 1)
      sink.ascii('}}')
      break
    }
    case 0x0c: // dbPointer
      sink.ascii('{"$dbPointer":{"$ref":')
      writeJsonString(sink, bytes, view, offset + 4, end - 13)
      sink.ascii(',"$id":{"$oid":"')
      writeHex(sink, bytes, end - 12, end)
      sink.ascii('"}}}')
      break
    case 0x0d: // javascript
      sink.ascii('{"$code":')
      writeJsonString(sink, bytes, view, offset + 4, end - 1)
      sink.byte(0x7d)
      break
    case 0x0e: // symbol
      sink.ascii('{"$symbol":')
      writeJsonString(sink, bytes, view, offset + 4, end - 1)
      sink.byte(0x7d)
      break
    case 0x0f: {
      // javascriptWithScope
      const scope = offset + 8 + view.getInt32(offset + 4, true)
      sink.ascii('{"$code":')
      writeJsonString(sink, bytes, view, offset + 8, scope - 1)
      sink.ascii(',"$scope":')
      writeMembers(sink, bytes, view, scope, end, false)
      sink.byte(0x7d)
      break
    }
    case 0x10: // int
      sink.ascii('{"$numberInt":"')
      writeInteger(sink, view.getInt32(offset, true))
      sink.ascii('"}')
      break
    case 0x11: // timestamp: the increment is the low word
      sink.ascii('{"$timestamp":{"t":')
      writeInteger(sink, view.getUint32(offset + 4, true))
      sink.ascii(',"i":')
      writeInteger(sink, view.getUint32(offset, true))
      sink.ascii('}}')
      break
    case 0x12: // long
      sink.ascii('{"$numberLong":"')
      writeInt64(sink, view, offset)
      sink.ascii('"}')
      break
    case 0x13: // decimal
      sink.ascii(`{"$numberDecimal":"${decimal128Text(view, offset)}"}`)
      break
    case 0x7f: // maxKey
      sink.ascii('{"$maxKey":1}')
      break
    case 0xff: // minKey
      sink.ascii('{"$minKey":1}')
      break
  }
}

function writeBinary(sink: ByteSink, bytes: Uint8Array, view: DataView, offset: number, end: number): void {
  sink.ascii('{"$binary":{"base64":"')
  writeBase64(sink, bytes, binaryStart(bytes, view, offset, end), end)
  sink.ascii('","subType":"')
  writeHex(sink, bytes, offset + 4, offset + 5)
  sink.ascii('"}}')
}

/**
 * Where the payload of the binary at `offset` begins. Subtype 2 repeats its length inside, and that is no payload; when
 * the two lengths disagree (`checkDocument` rejects that) everything is payload.
 */
export function binaryStart(bytes: Uint8Array, view: DataView, offset: number, end: number): number {
  const start = offset + 5
  if (bytes[offset + 4] !== BinarySubtype.oldBinary || end - start < 4) return start
  return view.getInt32(start, true) === end - start - 4 ? start + 4 : start
}
