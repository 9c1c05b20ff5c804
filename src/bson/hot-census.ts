import type { HotMemory } from '../hot/hot-memory.js'
import { CENSUS_NODE, COUNT_SLOTS } from '../hot/layout.js'
import { type Census, escapeName, MAX_CENSUS_BYTES, MAX_CENSUS_PATHS } from '../model/census.js'
import { bsonTypeAlias } from './bson-type.js'
import { NAME_HASH } from './name-set.js'
import { textDecoder } from './utf8.js'

/** A `CensusTaker` whose walk is WebAssembly, over documents that are in linear memory. One at a time in each. */
export class HotCensus {
  readonly #memory: HotMemory

  /** Ends the census that was taken there before. */
  constructor(memory: HotMemory) {
    this.#memory = memory
    memory.census = this
    memory.exports.beginCensus(NAME_HASH, MAX_CENSUS_PATHS, MAX_CENSUS_BYTES)
  }

  /**
   * Checks and counts the document in `bytes[start, end)`.
   *
   * @returns whether it is sound. If not, nothing of it is counted, and `checkDocument` knows the reason
   */
  add(bytes: Uint8Array, _view: DataView, start: number, end: number): boolean {
    const at = this.#at(bytes)
    // Behind the block there are bytes of earlier ones.
    if (end > bytes.length) return false
    return this.#memory.exports.countDocument(at + start, at + end) !== 0
  }

  /** Takes the last document back, as if it had never been added. */
  undo(bytes: Uint8Array, _view: DataView, start: number, end: number): void {
    const at = this.#at(bytes)
    this.#memory.exports.uncountDocument(at + start, at + end)
  }

  /** The census so far, paths in sorted order; more documents may be added after. */
  census(): Census {
    this.#memory.checkOwner('census', this)
    const { exports } = this.#memory
    const rows: [string, Record<string, number>][] = []
    this.#tellBelow(exports.censusRoot(), undefined, rows)
    rows.sort(([a], [b]) => (a < b ? -1 : 1))
    // A null prototype: a field may be called __proto__.
    const fields: Record<string, Record<string, number>> = Object.create(null)
    for (const [path, counts] of rows) fields[path] = counts
    return { documents: exports.censusDocuments(), fields, truncated: exports.isCensusTruncated() !== 0 }
  }

  #at(bytes: Uint8Array): number {
    this.#memory.checkOwner('census', this)
    return this.#memory.offsetOf(bytes)
  }

  /** @param path - of the node; undefined for the root */
  #tellBelow(node: number, path: string | undefined, rows: [string, Record<string, number>][]): void {
    const memory = this.#memory
    const tell = (child: number, at: string) => {
      rows.push([at, this.#countsOf(child)])
      this.#tellBelow(child, at, rows)
    }
    let child = memory.word(node + CENSUS_NODE.child)
    for (; child !== 0; child = memory.word(child + CENSUS_NODE.sibling)) {
      // Without its NUL; copied, because a decoder takes no shared memory.
      const bytes = memory.slice(memory.word(child + CENSUS_NODE.name), memory.word(child + CENSUS_NODE.nameSize) - 1)
      const name = escapeName(textDecoder.decode(bytes.slice()))
      tell(child, path === undefined ? name : `${path}.${name}`)
    }
    const element = memory.word(node + CENSUS_NODE.element)
    if (element !== 0) tell(element, `${path}[]`)
  }

  #countsOf(node: number): Record<string, number> {
    const counts: Record<string, number> = Object.create(null)
    for (let slot = 0; slot < COUNT_SLOTS; slot++) {
      const count = this.#memory.word(node + CENSUS_NODE.counts + 4 * slot)
      if (count > 0) counts[bsonTypeAlias(slot === 0 ? 0xff : slot === 31 ? 0x7f : slot)] = count
    }
    return counts
  }
}
