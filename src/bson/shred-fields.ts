import type { ShredNode } from './shred-node.js'

/** A field's name as it has been met, and the column that it belongs to. */
export class Field {
  /** UTF-8 with the NUL that ends it in BSON. */
  readonly name: Uint8Array
  /** Undefined when the schema doesn't name it. */
  readonly node: ShredNode | undefined
  /** Bytes of the name without its NUL. */
  length: number
  /** The name as words, lowest byte first, the last one overlapping where need be; none of a name shorter than a word. */
  readonly #words: Int32Array
  /** The field that came after it the last time. */
  next: Field | undefined
  /** Another field of the same slot. */
  chained: Field | undefined

  constructor(name: Uint8Array, node: ShredNode | undefined) {
    this.name = name
    this.node = node
    this.length = name.length - 1
    const view = new DataView(name.buffer, name.byteOffset, name.length)
    this.#words = Int32Array.from({ length: name.length < 4 ? 0 : Math.ceil(name.length / 4) }, (_, index) =>
      view.getInt32(Math.min(4 * index, name.length - 4), true),
    )
    this.next = undefined
    this.chained = undefined
  }

  /** Whether this name, NUL and all, is the one at `start`. Four bytes at a time: this is asked for every field there is. */
  isAt(bytes: Uint8Array, view: DataView, start: number): boolean {
    const words = this.#words
    const last = words.length - 1
    if (last < 0) return this.#isAtByByte(bytes, start)
    const lastAt = start + this.length - 3
    if (lastAt + 4 > view.byteLength || view.getInt32(lastAt, true) !== words[last]) return false
    for (let index = 0, at = start; index < last; index++, at += 4) {
      if (view.getInt32(at, true) !== words[index]) return false
    }
    return true
  }

  #isAtByByte(bytes: Uint8Array, start: number): boolean {
    const name = this.name
    for (let index = 0; index < name.length; index++) if (bytes[start + index] !== name[index]) return false
    return true
  }
}

/** Names that the schema doesn't have are remembered up to here, where names may be data and without end. */
const MAX_STRANGERS = 512

/** Fields that a document may leave out before the guess at the next is given up. */
const SKIPPED = 3

const encoder = new TextEncoder()

/**
 * The fields of one document or struct, found by the bytes of their names. Documents of a collection have their fields
 * mostly in one order, so the first guess is the field that came next the last time: one comparison, no hash, no string.
 */
export class FieldTable {
  readonly #slots: (Field | undefined)[]
  readonly #mask: number
  readonly #before = new Field(new Uint8Array(1), undefined)
  readonly #nameless = new Field(new Uint8Array(1), undefined)
  #last: Field = this.#before
  #strangers = 0

  constructor(nodes: readonly ShredNode[]) {
    const size = 2 ** Math.ceil(Math.log2(2 * (nodes.length + MAX_STRANGERS)))
    this.#slots = new Array<Field | undefined>(size).fill(undefined)
    this.#mask = size - 1
    let previous = this.#before
    for (const node of nodes) {
      const name = encoder.encode(`${node.name}\0`)
      const field = this.#insert(hashOf(name, 0), name, node)
      previous.next = field
      previous = field
    }
  }

  /** Called where a document begins. */
  restart(): void {
    this.#last = this.#before
  }

  /** The field whose NUL-terminated name is at `start`. Only its `node` and `length` are for others, and until the next call. */
  find(bytes: Uint8Array, view: DataView, start: number): Field {
    const last = this.#last
    let guess = last.next
    for (let skipped = 0; guess !== undefined && skipped <= SKIPPED; skipped++) {
      if (guess.isAt(bytes, view, start)) {
        this.#last = guess
        return guess
      }
      guess = guess.next
    }
    const found = this.#search(bytes, view, start)
    if (found !== this.#nameless) {
      last.next = found
      this.#last = found
    }
    return found
  }

  #search(bytes: Uint8Array, view: DataView, start: number): Field {
    const hash = hashOf(bytes, start)
    for (let field = this.#slots[hash & this.#mask]; field !== undefined; field = field.chained) {
      if (field.isAt(bytes, view, start)) return field
    }
    let end = start
    while (end < bytes.length && bytes[end] !== 0) end++
    if (this.#strangers === MAX_STRANGERS) {
      this.#nameless.length = end - start
      return this.#nameless
    }
    this.#strangers++
    return this.#insert(hash, bytes.slice(start, end + 1), undefined)
  }

  #insert(hash: number, name: Uint8Array, node: ShredNode | undefined): Field {
    const field = new Field(name, node)
    const slot = hash & this.#mask
    field.chained = this.#slots[slot]
    this.#slots[slot] = field
    return field
  }
}

/** FNV-1a over the name without its NUL. How names fall into slots changes nothing but time, and that is bounded. */
function hashOf(bytes: Uint8Array, start: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < bytes.length && bytes[at] !== 0; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
  return hash ^ (hash >>> 15)
}
