/** Bytes of a value by its type; the others tell it themselves. Source: https://bsonspec.org/spec.html */
const FIXED_SIZE: Readonly<Record<number, number>> = {
  1: 8,
  6: 0,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
  127: 0,
  255: 0,
}

/** Bytes of the value of an element that begins at `at`, or -1 where the bytes are no such value. */
export function valueSize(type: number, bytes: Uint8Array, view: DataView, at: number, end: number): number {
  const fixed = FIXED_SIZE[type]
  if (fixed !== undefined) return fixed
  if (type === 11) {
    const pattern = bytes.indexOf(0, at)
    const options = pattern < 0 ? -1 : bytes.indexOf(0, pattern + 1)
    return options < 0 ? -1 : options + 1 - at
  }
  const size = at + 4 <= end ? view.getInt32(at, true) : -1
  // Documents, arrays and code with a scope count themselves; strings and their like, and binary, count what follows.
  if (type === 3 || type === 4 || type === 15) return size >= 5 ? size : -1
  if (type === 2 || type === 13 || type === 14) return size > 0 ? 4 + size : -1
  if (type === 12) return size > 0 ? 4 + size + 12 : -1
  if (type === 5) return size >= 0 ? 5 + size : -1
  return -1
}
