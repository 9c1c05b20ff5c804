import { BSON } from 'bson'
import { cstringEnd, documentEnd, valueEnd, viewOf } from '../bson/walk.js'
import type { LiveFilter } from '../ports/live-database.js'

/** Fields in their order; `_id` comes last by itself, ascending. */
export type Order = readonly { readonly field: string; readonly descending: boolean }[]

/** Where a page ended: the last document's values of the fields that are sorted by, and its `_id`. */
export interface Position {
  readonly values: readonly unknown[]
  readonly id: unknown
}

/** A link has to go into a header, in characters. */
const MOST_LENGTH = 4_096
/** Types that a value may have: what is none of these is not sorted by, and nobody may send code. */
const TYPES: ReadonlySet<number> = new Set([0x01, 0x02, 0x05, 0x07, 0x08, 0x09, 0x0a, 0x10, 0x11, 0x12, 0x13])
const AS_STORED = { promoteValues: false, promoteBuffers: false, bsonRegExp: true, validation: { utf8: true } } as const

export function sortOf(order: Order): Record<string, 1 | -1> {
  return { ...Object.fromEntries(order.map(({ field, descending }) => [field, descending ? -1 : 1])), _id: 1 }
}

/**
 * The cursor for what comes after a document: opaque to clients, BSON in base64url. It is not signed and need not be: what
 * comes back is checked for its shape and its types, and its values are only ever compared with, under `$literal`.
 *
 * @param scope - of what it is a cursor: the same order and the same search
 * @returns undefined where it would be too long for a link, or a value is of a type that could not come back
 */
export function cursorAfter(bytes: Uint8Array, start: number, order: Order, scope: string): string | undefined {
  const parts: Uint8Array[] = []
  let size = 5
  const found = elements(bytes, start, new Set(['_id', ...order.map(({ field }) => field)]))
  for (const [index, name] of ['_id', ...order.map(({ field }) => field)].entries()) {
    const { type, value } = found.get(name) ?? MISSING
    if (!TYPES.has(type) || value.length > MOST_LENGTH) return undefined
    parts.push(Uint8Array.of(type), Buffer.from(`${index}\0`), value)
    size += 1 + String(index).length + 1 + value.length
  }
  const document = Buffer.concat([Buffer.alloc(4), ...parts, Buffer.alloc(1)])
  document.writeInt32LE(size)
  const text = `${scope}.${document.toString('base64url')}`
  return text.length > MOST_LENGTH ? undefined : text
}

/** @returns undefined for what is no cursor of ours in this scope */
export function positionOf(cursor: string, order: Order, scope: string): Position | undefined {
  if (cursor.length > MOST_LENGTH || !cursor.startsWith(`${scope}.`)) return undefined
  const text = cursor.slice(scope.length + 1)
  if (!/^[\w-]+$/.test(text)) return undefined
  try {
    const bytes = Buffer.from(text, 'base64url')
    const view = viewOf(bytes)
    const last = documentEnd(bytes, view, 0) - 1
    if (last !== bytes.length - 1) return undefined
    let at = 4
    let count = 0
    for (; at < last; count++) {
      if (!TYPES.has(bytes[at]!)) return undefined
      const end = cstringEnd(bytes, at + 1, last)
      if (bytes.toString('latin1', at + 1, end) !== String(count)) return undefined
      at = valueEnd(bytes[at]!, bytes, view, end + 1, last)
    }
    if (count !== order.length + 1) return undefined
    const document = BSON.deserialize(bytes, AS_STORED)
    return { id: document['0'], values: order.map((_, index) => document[String(index + 1)]) }
  } catch {
    return undefined
  }
}

/**
 * The condition for what comes after: later in the first field, or the same there and later in the second, and so on to
 * `_id`. By `$expr`, which compares values of all types as sorting does; `$lt` alone sees only those of its own type.
 */
export function after({ values, id }: Position, order: Order): LiveFilter {
  const steps: LiveFilter[] = []
  const same: LiveFilter[] = []
  for (const [index, { field, descending }] of order.entries()) {
    // A field that is not there sorts as null.
    const here = { $ifNull: [`$${field}`, null] }
    const there = { $literal: values[index] ?? null }
    steps.push({ $and: [...same, { [descending ? '$lt' : '$gt']: [here, there] }] })
    same.push({ $eq: [here, there] })
  }
  steps.push({ $and: [...same, { $gt: ['$_id', { $literal: id }] }] })
  return { $expr: steps.length === 1 ? { $gt: ['$_id', { $literal: id }] } : { $or: steps } }
}

interface Element {
  readonly type: number
  readonly value: Uint8Array
}

/** Sorts as null does. */
const MISSING: Element = { type: 0x0a, value: new Uint8Array() }

/** The top-level elements of these names. */
function elements(bytes: Uint8Array, start: number, names: ReadonlySet<string>): Map<string, Element> {
  const view = viewOf(bytes)
  const last = documentEnd(bytes, view, start) - 1
  const found = new Map<string, Element>()
  let at = start + 4
  while (at < last) {
    const type = bytes[at]!
    const nameEnd = cstringEnd(bytes, at + 1, last)
    const end = valueEnd(type, bytes, view, nameEnd + 1, last)
    if (nameEnd - at <= LONGEST_NAME) {
      const name = Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, nameEnd - at - 1).toString('latin1')
      if (names.has(name)) found.set(name, { type, value: bytes.subarray(nameEnd + 1, end) })
    }
    at = end
  }
  return found
}

/** None of ours is longer, in bytes. */
const LONGEST_NAME = 16
