import { type Census, MAX_CENSUS_PATHS } from '../model/census.js'
import { CensusNode } from './census-node.js'
import { cstringEnd, documentEnd, valueEnd } from './walk.js'

/**
 * Takes the census of model/census.ts, a document at a time. Documents of one collection nearly always have the same
 * fields in the same order: the next field is guessed from the last document, and only where that fails is it looked up.
 *
 * Memory is bounded by {@link MAX_CENSUS_PATHS}: paths that would be new after that are not counted, and `truncated`
 * tells. The scope of code with scope is not looked into.
 */
export class CensusTaker {
  readonly #root = new CensusNode()
  #documents = 0
  #paths = 0
  #truncated = false

  /** Counts the document that begins at `start`. @throws {@link MalformedBson} having counted what came before the damage */
  add(bytes: Uint8Array, view: DataView, start: number): void {
    this.#documents++
    this.#countMembers(this.#root, bytes, view, start, documentEnd(bytes, view, start) - 1)
  }

  /** The census so far, paths in sorted order; more documents may be added after. */
  census(): Census {
    const rows: [string, Record<string, number>][] = []
    this.#root.forEachPath('', true, (path, counts) => rows.push([path, counts]))
    rows.sort(([a], [b]) => (a < b ? -1 : 1))
    // A null prototype: a field may be called __proto__.
    const fields: Record<string, Record<string, number>> = Object.create(null)
    for (const [path, counts] of rows) fields[path] = counts
    return { documents: this.#documents, fields, truncated: this.#truncated }
  }

  #countMembers(parent: CensusNode, bytes: Uint8Array, view: DataView, start: number, last: number): void {
    let previous: CensusNode | undefined
    let guess = parent.first
    let at = start + 4
    while (at < last) {
      const type = bytes[at]!
      const name = at + 1
      let node = guess
      let value: number
      if (node?.matches(bytes, name)) value = name + node.nameSize
      else {
        // Most often a field that the last document had is left out.
        node = node?.next
        if (node?.matches(bytes, name)) value = name + node.nameSize
        else {
          const nul = cstringEnd(bytes, name, last)
          value = nul + 1
          node = parent.child(bytes, name, nul)
          if (node === undefined && this.#hasRoom()) node = parent.addChild(bytes, name, nul)
        }
        if (node !== undefined) {
          if (previous === undefined) parent.first = node
          else previous.next = node
        }
      }
      at = valueEnd(type, bytes, view, value, last)
      if (node === undefined) continue
      node.counts[type === 0xff ? 0 : type & 31]!++
      if (type === 0x03) this.#countMembers(node, bytes, view, value, at - 1)
      else if (type === 0x04) this.#countElements(node, bytes, view, value, at - 1)
      previous = node
      guess = node.next
    }
  }

  #countElements(array: CensusNode, bytes: Uint8Array, view: DataView, start: number, last: number): void {
    let at = start + 4
    if (at >= last) return
    if (array.element === undefined) {
      if (!this.#hasRoom()) return
      array.element = new CensusNode()
    }
    const node = array.element
    while (at < last) {
      const type = bytes[at]!
      const value = cstringEnd(bytes, at + 1, last) + 1
      at = valueEnd(type, bytes, view, value, last)
      node.counts[type === 0xff ? 0 : type & 31]!++
      if (type === 0x03) this.#countMembers(node, bytes, view, value, at - 1)
      else if (type === 0x04) this.#countElements(node, bytes, view, value, at - 1)
    }
  }

  #hasRoom(): boolean {
    if (this.#paths < MAX_CENSUS_PATHS) {
      this.#paths++
      return true
    }
    this.#truncated = true
    return false
  }
}
