import { escapeName } from '../model/census.js'
import { bsonTypeAlias } from './bson-type.js'
import { FieldName } from './field-name.js'
import { textDecoder } from './utf8.js'

const NAMELESS = new Uint8Array(1)

/**
 * One path of the census: its counts, the paths below it, and what came next the last time, so that a document like the
 * one before is counted by comparing bytes alone.
 */
export class CensusNode extends FieldName {
  /** By type: 0xff in slot 0, the others in the slot of their low five bits. */
  readonly counts: Float64Array = new Float64Array(32)
  /** The child that the last document began with, and the sibling that followed this one. Guesses. */
  first: CensusNode | undefined
  next: CensusNode | undefined
  /** The path of an array's elements. */
  element: CensusNode | undefined
  /** The document or embedded document that the name was last met in, so that one who has it twice is found. */
  stamp: number
  /** About the bytes of its path as text. */
  pathSize: number
  /** By hash of the name; those of one hash are chained. */
  #children: Map<number, CensusNode> | undefined
  #sameHash: CensusNode | undefined

  /** @param name - with its NUL; copied. Left out for the root and for elements, which have none */
  constructor(name: Uint8Array = NAMELESS) {
    super(name.slice())
    this.first = undefined
    this.next = undefined
    this.element = undefined
    this.stamp = 0
    this.pathSize = 0
    this.#children = undefined
    this.#sameHash = undefined
  }

  /** The child with the name that stands at `at` and hashes so; undefined when there is none yet. */
  child(bytes: Uint8Array, view: DataView, at: number, limit: number, hash: number): CensusNode | undefined {
    let child = this.#children?.get(hash)
    while (child !== undefined && !child.isAt(bytes, view, at, limit)) child = child.#sameHash
    return child
  }

  addChild(name: Uint8Array, hash: number): CensusNode {
    const child = new CensusNode(name)
    this.#children ??= new Map()
    child.#sameHash = this.#children.get(hash)
    this.#children.set(hash, child)
    return child
  }

  /** Takes the child back that was the last to be added with its hash. */
  removeChild(child: CensusNode, hash: number): void {
    if (child.#sameHash === undefined) this.#children?.delete(hash)
    else this.#children?.set(hash, child.#sameHash)
  }

  /** Forgets what came next, here and below: some of it may be no path any more. */
  forgetGuesses(): void {
    this.first = undefined
    this.next = undefined
    this.element?.forgetGuesses()
    for (const child of this.#allChildren()) child.forgetGuesses()
  }

  /** Tells each path below this one, which is at `path`, with its counts by type alias. */
  forEachPath(path: string, isRoot: boolean, tell: (path: string, counts: Record<string, number>) => void): void {
    for (const child of this.#allChildren()) {
      const name = escapeName(textDecoder.decode(child.name.subarray(0, -1)))
      child.#tell(isRoot ? name : `${path}.${name}`, tell)
    }
    if (this.element !== undefined) this.element.#tell(`${path}[]`, tell)
  }

  *#allChildren(): Iterable<CensusNode> {
    for (const chain of this.#children?.values() ?? []) {
      for (let child: CensusNode | undefined = chain; child !== undefined; child = child.#sameHash) yield child
    }
  }

  #tell(path: string, tell: (path: string, counts: Record<string, number>) => void): void {
    const counts: Record<string, number> = Object.create(null)
    this.counts.forEach((count, slot) => {
      if (count > 0) counts[bsonTypeAlias(slot === 0 ? 0xff : slot === 31 ? 0x7f : slot)] = count
    })
    tell(path, counts)
    this.forEachPath(path, false, tell)
  }
}
