import { type Census, MAX_CENSUS_BYTES, MAX_CENSUS_PATHS } from '../model/census.js'
import { CensusNode } from './census-node.js'
import { MAX_NESTING } from './check-document.js'
import { NAME_HASH, NameSet } from './name-set.js'
import { soundCstringEnd, soundDocumentEnd, soundTextEnd } from './sound-end.js'
import { isUtf8 } from './utf8.js'

/**
 * Takes the census of model/census.ts, a document at a time, and checks each by the rules of `checkDocument` in the same
 * walk: both look at every name and every length, and that is what either costs. A name that the last document had at the
 * same place is known by its bytes: it is UTF-8, its path is at hand, and whether it is there twice is told by a stamp.
 *
 * Memory is bounded by {@link MAX_CENSUS_PATHS} and {@link MAX_CENSUS_BYTES}: paths that would be new after that are not counted, and `truncated`
 * tells. The scope of code with scope is checked and not counted.
 */
export class CensusTaker {
  readonly #root = new CensusNode()
  #documents = 0
  #paths = 0
  /** Of them all, as text. */
  #pathBytes = 0
  #truncated = false
  #wasTruncated = false
  /** What one more of a type counts: 1, or -1 where the count of a document that was refused is taken back. */
  #one = 1
  /** Paths that are new with the last document. */
  #added: { readonly parent: CensusNode; readonly child: CensusNode; readonly hash: number }[] = []
  /** Counts containers of fields. */
  #stamp = 0
  /** By nesting; for names that have no path. */
  readonly #nameSets: NameSet[] = []

  /**
   * Checks and counts the document in `bytes` from `start` up to, not including, `end`.
   *
   * @returns whether it is sound. If not, nothing of it is counted, and `checkDocument` knows the reason
   */
  add(bytes: Uint8Array, view: DataView, start: number, end: number = start + view.getInt32(start, true)): boolean {
    if (end - start < 5 || end > bytes.length || view.getInt32(start, true) !== end - start) return false
    if (bytes[end - 1] !== 0) return false
    this.#wasTruncated = this.#truncated
    if (this.#added.length > 0) this.#added = []
    this.#documents++
    const isSound = this.#countMembers(this.#root, bytes, view, start + 4, end - 1, 0)
    // The tables of a document with a million names are as large as it is, and what is made of it next wants as much.
    if (end - start >= LARGE_DOCUMENT) this.#nameSets.length = 0
    if (isSound) return true
    this.undo(bytes, view, start, end)
    return false
  }

  /** Takes the last document back, as if it had never been added. */
  undo(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    // The same walk again: it ends where it ended, and everything on the way that can have a path has one.
    this.#one = -1
    this.#countMembers(this.#root, bytes, view, start + 4, end - 1, 0)
    this.#one = 1
    this.#documents--
    this.#removeAdded()
    this.#truncated = this.#wasTruncated
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

  /**
   * The fields from `first` up to `last`, which is known to be a NUL: so a search for a name's end needs no other bound.
   * Without a `parent` they are checked only.
   */
  #countMembers(
    parent: CensusNode | undefined,
    bytes: Uint8Array,
    view: DataView,
    first: number,
    last: number,
    depth: number,
  ): boolean {
    const stamp = ++this.#stamp
    const one = this.#one
    let unknown: NameSet | undefined
    let previous: CensusNode | undefined
    let guess = parent?.first
    let at = first
    while (at < last) {
      const type = bytes[at]!
      const name = at + 1
      let node = guess
      if (node === undefined || !node.isAt(bytes, view, name, last)) {
        // Most often a field that the last document had is left out.
        node = node?.next
        if (node === undefined || !node.isAt(bytes, view, name, last)) {
          let hash = 0
          let nul = name
          for (let byte = bytes[nul]!; byte !== 0; byte = bytes[++nul]!) hash = (Math.imul(hash, NAME_HASH) + byte) | 0
          if (nul >= last) return false
          node = parent?.child(bytes, view, name, last, hash)
          if (node === undefined) {
            if (!isUtf8(bytes, view, name, nul)) return false
            if (parent === undefined || !this.#hasRoom(parent, nul - name)) {
              unknown ??= this.#nameSet(depth)
              if (!unknown.add(bytes, name, hash)) return false
              at = this.#countValue(undefined, type, bytes, view, nul + 1, last, depth)
              if (at < 0) return false
              continue
            }
            node = parent.addChild(bytes.subarray(name, nul + 1), hash)
            this.#add(parent, node, hash, nul - name)
          }
        }
        if (previous !== undefined) previous.next = node
        else if (parent !== undefined) parent.first = node
      }
      if (node.stamp === stamp) return false
      node.stamp = stamp
      node.counts[type === 0xff ? 0 : type & 31]! += one
      at = this.#countValue(node, type, bytes, view, name + node.size, last, depth)
      if (at < 0) return false
      previous = node
      guess = node.next
    }
    return at === last
  }

  /** Names in arrays are positions, which no format writes, so they may be any bytes. */
  #countElements(
    array: CensusNode | undefined,
    bytes: Uint8Array,
    view: DataView,
    first: number,
    last: number,
    depth: number,
  ): boolean {
    if (first === last) return true
    if (array !== undefined && array.element === undefined && this.#hasRoom(array, 0)) {
      array.element = new CensusNode()
      this.#add(array, array.element, 0, 0)
    }
    const node = array?.element
    const one = this.#one
    let at = first
    while (at < last) {
      const type = bytes[at++]!
      while (bytes[at] !== 0) at++
      if (at >= last) return false
      if (node !== undefined) node.counts[type === 0xff ? 0 : type & 31]! += one
      at = this.#countValue(node, type, bytes, view, at + 1, last, depth)
      if (at < 0) return false
    }
    return at === last
  }

  /**
   * The value at `at`, with whatever is in it.
   *
   * @returns where it ends, which may be beyond `last` when its length is one of its type; or -1 for what no value is
   */
  #countValue(
    node: CensusNode | undefined,
    type: number,
    bytes: Uint8Array,
    view: DataView,
    at: number,
    last: number,
    depth: number,
  ): number {
    switch (type) {
      case 0x02: // string
      case 0x0d: // javascript
      case 0x0e: // symbol
        return soundTextEnd(bytes, view, at, last)
      case 0x10: // int
        return at + 4
      case 0x01: // double
      case 0x09: // date
      case 0x11: // timestamp
      case 0x12: // long
        return at + 8
      case 0x07: // objectId
        return at + 12
      case 0x13: // decimal
        return at + 16
      case 0x06: // undefined
      case 0x0a: // null
      case 0x7f: // maxKey
      case 0xff: // minKey
        return at
      case 0x08: // bool
        return bytes[at]! > 1 ? -1 : at + 1
      case 0x03: // object
      case 0x04: {
        // array
        const end = soundDocumentEnd(bytes, view, at, last)
        if (end < 0 || depth === MAX_NESTING) return -1
        const isSound =
          type === 0x03
            ? this.#countMembers(node, bytes, view, at + 4, end - 1, depth + 1)
            : this.#countElements(node, bytes, view, at + 4, end - 1, depth + 1)
        return isSound ? end : -1
      }
      case 0x05: {
        // binData
        if (at + 5 > last) return -1
        const length = view.getInt32(at, true)
        if (length < 0 || at + 5 + length > last) return -1
        if (bytes[at + 4] === 0x02 && (length < 4 || view.getInt32(at + 5, true) !== length - 4)) return -1
        return at + 5 + length
      }
      case 0x0b: {
        // regex
        const options = soundCstringEnd(bytes, view, at, last)
        return options < 0 ? -1 : soundCstringEnd(bytes, view, options, last)
      }
      case 0x0c: {
        // dbPointer
        const id = soundTextEnd(bytes, view, at, last)
        return id < 0 ? -1 : id + 12
      }
      case 0x0f:
        return this.#checkScope(bytes, view, at, last, depth)
      default:
        return -1
    }
  }

  /** Code with scope: the scope must end where the whole does. */
  #checkScope(bytes: Uint8Array, view: DataView, at: number, last: number, depth: number): number {
    if (at + 14 > last) return -1
    const whole = at + view.getInt32(at, true)
    if (whole > last || whole < at + 14 || depth === MAX_NESTING) return -1
    const scope = soundTextEnd(bytes, view, at + 4, whole)
    if (scope < 0 || soundDocumentEnd(bytes, view, scope, whole) !== whole) return -1
    return this.#countMembers(undefined, bytes, view, scope + 4, whole - 1, depth + 1) ? whole : -1
  }

  #nameSet(depth: number): NameSet {
    this.#nameSets[depth] ??= new NameSet()
    const set = this.#nameSets[depth]!
    set.clear()
    return set
  }

  #hasRoom(parent: CensusNode, nameSize: number): boolean {
    const size = this.#pathBytes + pathSizeOf(parent, nameSize)
    if (this.#paths < MAX_CENSUS_PATHS && size <= MAX_CENSUS_BYTES) return true
    this.#truncated = true
    return false
  }

  #add(parent: CensusNode, child: CensusNode, hash: number, nameSize: number): void {
    child.pathSize = pathSizeOf(parent, nameSize)
    this.#paths++
    this.#pathBytes += child.pathSize
    this.#added.push({ parent, child, hash })
  }

  #removeAdded(): void {
    if (this.#added.length === 0) return
    // The last first, as those of one hash are chained.
    for (const { parent, child, hash } of this.#added.toReversed()) {
      if (parent.element === child) parent.element = undefined
      else parent.removeChild(child, hash)
    }
    this.#paths -= this.#added.length
    for (const { child } of this.#added) this.#pathBytes -= child.pathSize
    this.#added = []
    this.#root.forgetGuesses()
  }
}

/** Bytes of BSON. */
const LARGE_DOCUMENT = 1024 * 1024

/** With what goes between names. */
function pathSizeOf(parent: CensusNode, nameSize: number): number {
  return parent.pathSize + nameSize + 2
}
