import { ObjectId } from 'bson'
import { checkDocument } from '../bson/check-document.js'
import { cstringEnd, valueEnd, viewOf } from '../bson/walk.js'

/** The bytes of a document as they go to the server: whole, and with an `_id`. @throws Error with the reason */
export function checkedBson(bytes: Uint8Array): Uint8Array {
  const problem = checkDocument(bytes, 0, bytes.length)
  if (problem !== undefined) throw new Error(`${problem.detail}${problem.path === '' ? '' : ` at ${problem.path}`}`)
  if (hasId(bytes)) return bytes.slice()
  const id = new ObjectId().id
  const out = new Uint8Array(bytes.length + 5 + id.length)
  viewOf(out).setInt32(0, out.length, true)
  out.set([0x07, 0x5f, 0x69, 0x64, 0x00], 4)
  out.set(id, 9)
  out.set(bytes.subarray(4), 9 + id.length)
  return out
}

function hasId(bytes: Uint8Array): boolean {
  const view = viewOf(bytes)
  let at = 4
  while (at < bytes.length - 1) {
    const name = at + 1
    const nameEnd = cstringEnd(bytes, name)
    if (nameEnd - name === 3 && bytes[name] === 0x5f && bytes[name + 1] === 0x69 && bytes[name + 2] === 0x64)
      return true
    at = valueEnd(bytes[at]!, bytes, view, nameEnd + 1)
  }
  return false
}
