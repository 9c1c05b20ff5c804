import { MalformedBson } from './malformed-bson.js'

/**
 * Steps over raw BSON. Everywhere in this room `view` is a DataView over exactly the memory of `bytes`, so that one
 * offset serves both, and `limit` is the first offset that does not belong to the parent: a length that runs out of it is
 * {@link MalformedBson}, never a read of the neighbouring document.
 */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const VARIABLE = -1
const UNKNOWN = -2

/** Bytes of a value by its type, where the type decides. */
const FIXED_SIZE = new Int8Array(256).fill(UNKNOWN)
for (const [size, ...types] of [
  [8, 0x01, 0x09, 0x11, 0x12],
  [4, 0x10],
  [1, 0x08],
  [12, 0x07],
  [16, 0x13],
  [0, 0x06, 0x0a, 0x7f, 0xff],
  [VARIABLE, 0x02, 0x03, 0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f],
] as const) {
  for (const type of types) FIXED_SIZE[type] = size
}

/** The offset just after the value of this type that begins at `offset`. @throws {@link MalformedBson} */
export function valueEnd(
  type: number,
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  limit: number = bytes.length,
): number {
  const size = FIXED_SIZE[type]!
  if (size >= 0) {
    if (offset + size > limit) throw new MalformedBson('a value runs out of its document', offset)
    return offset + size
  }
  return variableEnd(type, bytes, view, offset, limit)
}

function variableEnd(type: number, bytes: Uint8Array, view: DataView, offset: number, limit: number): number {
  switch (type) {
    case 0x02: // string
    case 0x0d: // javascript
    case 0x0e: // symbol
      return stringEnd(bytes, view, offset, limit)
    case 0x03: // object
    case 0x04: // array
      return documentEnd(bytes, view, offset, limit)
    case 0x05: // binData
      return lengthAt(view, offset, limit, 0, 5)
    case 0x0b: // regex
      return cstringEnd(bytes, cstringEnd(bytes, offset, limit) + 1, limit) + 1
    case 0x0c: // dbPointer
      return valueEnd(0x07, bytes, view, stringEnd(bytes, view, offset, limit), limit)
    case 0x0f: {
      // javascriptWithScope: its own length, the code, the scope, and nothing more.
      const end = lengthAt(view, offset, limit, 14, 0)
      const scope = stringEnd(bytes, view, offset + 4, end)
      if (documentEnd(bytes, view, scope, end) !== end)
        throw new MalformedBson('code with scope of a wrong length', offset)
      return end
    }
    default:
      throw new MalformedBson(`no such element type 0x${type.toString(16).padStart(2, '0')}`, offset)
  }
}

/** The offset just after the document or array that begins at `start`. @throws {@link MalformedBson} */
export function documentEnd(bytes: Uint8Array, view: DataView, start: number, limit: number = bytes.length): number {
  const end = lengthAt(view, start, limit, 5, 0)
  if (bytes[end - 1] !== 0) throw new MalformedBson('a document without its terminator', end - 1)
  return end
}

/** The offset of the NUL that ends a name or a regex. @throws {@link MalformedBson} */
export function cstringEnd(bytes: Uint8Array, offset: number, limit: number = bytes.length): number {
  let end = offset
  while (end < limit && bytes[end] !== 0) end++
  if (end >= limit) throw new MalformedBson('a name runs out of its document', offset)
  return end
}

/** The offset just after a string's terminator; its UTF-8 lies from `offset + 4` to one less than that. */
function stringEnd(bytes: Uint8Array, view: DataView, offset: number, limit: number): number {
  const end = lengthAt(view, offset, limit, 1, 4)
  if (bytes[end - 1] !== 0) throw new MalformedBson('a string without its terminator', end - 1)
  return end
}

/** Reads a length, at least `least`, and says where what it measures ends when it begins counting at `offset + from`. */
function lengthAt(view: DataView, offset: number, limit: number, least: number, from: number): number {
  if (offset + 4 > limit) throw new MalformedBson('a length runs out of its document', offset)
  const length = view.getInt32(offset, true)
  const end = offset + from + length
  if (length < least || end > limit) throw new MalformedBson(`a length of ${length} does not fit`, offset)
  return end
}
