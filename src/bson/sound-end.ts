import { isUtf8 } from './utf8.js'

// As in walk.ts, but nothing is thrown: where a document is checked, damage is an answer. Each says where what begins at
// `at` ends, or -1 when it does not end within `last`, or is not what it should be.

/** Length, UTF-8, NUL. */
export function soundTextEnd(bytes: Uint8Array, view: DataView, at: number, last: number): number {
  if (at + 5 > last) return -1
  const length = view.getInt32(at, true)
  const end = at + 4 + length
  if (length < 1 || end > last || bytes[end - 1] !== 0) return -1
  return isUtf8(bytes, view, at + 4, end - 1) ? end : -1
}

/** UTF-8, NUL. There must be a NUL somewhere. */
export function soundCstringEnd(bytes: Uint8Array, view: DataView, at: number, last: number): number {
  let nul = at
  while (bytes[nul] !== 0) nul++
  return nul < last && isUtf8(bytes, view, at, nul) ? nul + 1 : -1
}

/** Length and terminator; what lies between is not looked at. */
export function soundDocumentEnd(bytes: Uint8Array, view: DataView, at: number, last: number): number {
  if (at + 5 > last) return -1
  const length = view.getInt32(at, true)
  return length >= 5 && at + length <= last && bytes[at + length - 1] === 0 ? at + length : -1
}
