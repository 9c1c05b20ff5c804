import { writeBase64, writeHex, writeUuid } from './binary-text.js'
import { BinarySubtype } from './bson-type.js'
import type { ByteSink } from './byte-sink.js'
import { dateMs, MAX_DATE_MS, writeIsoDate } from './date-text.js'
import { decimal128Text } from './decimal128.js'
import { writeDouble } from './double-text.js'
import { binaryStart, writeExtendedJsonValue } from './extended-json.js'
import { writeJsonName, writeJsonString } from './json-string.js'
import { MalformedBson } from './malformed-bson.js'
import { writeInt64, writeInteger } from './number-text.js'
import { cstringEnd, documentEnd, valueEnd } from './walk.js'

/**
 * A document as one line of plain JSON, in the mapping that `docs/lake-format.md` lays down for `ndjson.gz`, `json`, `_extra`,
 * `_misfit` and `json` columns. Bytes go over as they are; no JavaScript value of the document is made.
 *
 * For documents that `checkDocument` has passed: strings that are no UTF-8 would make output that is none, and nesting
 * without a bound would exhaust the stack.
 *
 * @throws {@link MalformedBson}
 */
export function writeJsonDocument(
  sink: ByteSink,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  limit: number = bytes.length,
): void {
  writeMembers(sink, bytes, view, start, documentEnd(bytes, view, start, limit), false)
}

/** One value of type `type` whose bytes begin at `offset`. */
export function writeJsonValue(
  sink: ByteSink,
  type: number,
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  limit: number = bytes.length,
): void {
  writeValue(sink, type, bytes, view, offset, valueEnd(type, bytes, view, offset, limit))
}

/** As in `extended-json.ts`; one for both would call the writer of values through a variable, in the hottest place there is. */
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
    if (type === 0x02) writeJsonString(sink, bytes, view, nameEnd + 5, at - 1)
    else writeValue(sink, type, bytes, view, nameEnd + 1, at)
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
      writeJsonDouble(sink, view.getFloat64(offset, true))
      break
    case 0x02: // string
      writeJsonString(sink, bytes, view, offset + 4, end - 1)
      break
    case 0x03: // object
    case 0x04: // array
      writeMembers(sink, bytes, view, offset, end, type === 0x04)
      break
    case 0x05: // binData
      writeJsonBinary(sink, bytes, view, offset, end)
      break
    case 0x07: // objectId
      sink.byte(0x22)
      writeHex(sink, bytes, offset, end)
      sink.byte(0x22)
      break
    case 0x08: // bool
      sink.ascii(bytes[offset] === 0 ? 'false' : 'true')
      break
    case 0x09: // date
      writeJsonDate(sink, bytes, view, offset)
      break
    case 0x0a: // null
      sink.ascii('null')
      break
    case 0x10: // int
      writeInteger(sink, view.getInt32(offset, true))
      break
    case 0x11: // timestamp: the increment is the low word
      sink.ascii('{"t":')
      writeInteger(sink, view.getUint32(offset + 4, true))
      sink.ascii(',"i":')
      writeInteger(sink, view.getUint32(offset, true))
      sink.byte(0x7d)
      break
    case 0x12: // long
      writeInt64(sink, view, offset)
      break
    case 0x13: // decimal
      sink.ascii(`"${decimal128Text(view, offset)}"`)
      break
    default: // regex, javascript, symbol, dbPointer, minKey, maxKey, undefined: JSON has nothing for them
      writeExtendedJsonValue(sink, type, bytes, view, offset, end)
      break
  }
}

function writeJsonDouble(sink: ByteSink, value: number): void {
  const finite = Number.isFinite(value)
  if (!finite) sink.byte(0x22)
  writeDouble(sink, value)
  if (!finite) sink.byte(0x22)
}

function writeJsonDate(sink: ByteSink, bytes: Uint8Array, view: DataView, offset: number): void {
  const ms = dateMs(view, offset)
  if (Math.abs(ms) > MAX_DATE_MS) writeExtendedJsonValue(sink, 0x09, bytes, view, offset)
  else {
    sink.byte(0x22)
    writeIsoDate(sink, ms)
    sink.byte(0x22)
  }
}

function writeJsonBinary(sink: ByteSink, bytes: Uint8Array, view: DataView, offset: number, end: number): void {
  const start = binaryStart(bytes, view, offset, end)
  sink.byte(0x22)
  if (bytes[offset + 4] === BinarySubtype.uuid && end - start === 16) writeUuid(sink, bytes, start)
  else writeBase64(sink, bytes, start, end)
  sink.byte(0x22)
}
