import { FieldName } from './field-name.js'
import type { ShredNode } from './shred-node.js'
import { cstringEnd } from './walk.js'

/** A field's name as it has been met, and the column that it belongs to. */
export class Field extends FieldName {
  /** Undefined when the schema doesn't name it. */
  readonly node: ShredNode | undefined
  /** The field that came after it the last time. */
  next: Field | undefined
  /** Another field of the same slot. */
  chained: Field | undefined

  constructor(name: Uint8Array, node: ShredNode | undefined) {
    super(name)
    this.node = node
    this.next = undefined
    this.chained = undefined
  }
}

/** Names that the schema doesn't have are remembered up to here, where names may be data and without end. */
const MAX_STRANGERS = 512
/** And none that is longer: a name may be as long as a document. */
const MAX_STRANGER_BYTES = 1024

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

  /** The field whose NUL-terminated name is at `start`; only its `node` and `size` are for others. None for a stranger too many. */
  find(bytes: Uint8Array, view: DataView, start: number): Field | undefined {
    const limit = bytes.length
    const last = this.#last
    let guess = last.next
    for (let skipped = 0; guess !== undefined && skipped <= SKIPPED; skipped++) {
      if (guess.isAt(bytes, view, start, limit)) {
        this.#last = guess
        return guess
      }
      guess = guess.next
    }
    const found = this.#search(bytes, view, start)
    if (found !== undefined) {
      last.next = found
      this.#last = found
    }
    return found
  }

  #search(bytes: Uint8Array, view: DataView, start: number): Field | undefined {
    const hash = hashOf(bytes, start)
    for (let field = this.#slots[hash & this.#mask]; field !== undefined; field = field.chained) {
      if (field.isAt(bytes, view, start, bytes.length)) return field
    }
    if (this.#strangers === MAX_STRANGERS) return undefined
    const end = cstringEnd(bytes, start) + 1
    if (end - start > MAX_STRANGER_BYTES) return undefined
    this.#strangers++
    return this.#insert(hash, bytes.slice(start, end), undefined)
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
