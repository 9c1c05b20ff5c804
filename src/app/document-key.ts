import { BSON } from 'bson'
import { findId, ID_HEADER } from '../bson/id-text.js'
import { valueEnd, viewOf } from '../bson/walk.js'

/**
 * An `_id` of any type as text: its BSON type in two hex digits, then its value's bytes in hex. ObjectIds, which is what
 * nearly all are, sort as MongoDB sorts them.
 */
export function keyOf(bytes: Uint8Array, view: DataView = viewOf(bytes), start = 0): string {
  const at = findId(bytes, view, start)
  if (at < 0) return NULL_KEY
  const end = valueEnd(bytes[at]!, bytes, view, at + ID_HEADER)
  return hex(bytes, at, at + 1) + hex(bytes, at + ID_HEADER, end)
}

/** The `_id` again, with its BSON type, to be asked for. */
export function idOf(key: string): unknown {
  const value = Buffer.from(key.slice(2), 'hex')
  const bytes = Buffer.alloc(4 + ID_HEADER + value.length + 1)
  bytes.writeInt32LE(bytes.length)
  bytes.write(`${String.fromCharCode(Number.parseInt(key.slice(0, 2), 16))}_id`, 4, 'latin1')
  value.copy(bytes, 4 + ID_HEADER)
  return BSON.deserialize(bytes, { promoteValues: false, promoteBuffers: false, bsonRegExp: true })['_id']
}

const NULL_KEY = '0a'

function hex(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('hex')
}
