import { bsonTypeAlias } from './bson-type.js'
import { escapeName } from './field-path.js'
import { NAME_HASH } from './name-set.js'

const decoder = new TextDecoder()

/**
 * One path of the census: its counts, the paths below it, and what came next the last time, so that a document like the
 * one before is counted by comparing bytes alone.
 */
export class CensusNode {
  /** By type: 0xff in slot 0, the others in the slot of their low five bits. */
  readonly counts: Float64Array = new Float64Array(32)
  /** The child that the last document began with, and the sibling that followed this one. Guesses. */
  first: CensusNode | undefined
  next: CensusNode | undefined
  /** The path of an array's elements. */
  element: CensusNode | undefined
  /** With its terminating NUL, so that a match is a match of the whole name. */
  readonly #name: Uint8Array
  /** By hash of the name; those of one hash are chained. */
  #children: Map<number, CensusNode> | undefined
  #sameHash: CensusNode | undefined

  /** @param name - copied; empty for the root and for elements, which have no name */
  constructor(name: Uint8Array = new Uint8Array(0)) {
    this.#name = name.slice()
  }

  /** Whether this is the path of the name that stands at `at`. */
  matches(bytes: Uint8Array, at: number): boolean {
    const name = this.#name
    for (let i = 0; i < name.length; i++) if (bytes[at + i] !== name[i]) return false
    return true
  }

  /** Bytes of the name with its NUL. */
  get nameSize(): number {
    return this.#name.length
  }

  /** The child with the name that stands from `at` up to, not including, its NUL at `nul`; undefined when there is none yet. */
  child(bytes: Uint8Array, at: number, nul: number): CensusNode | undefined {
    let child = this.#children?.get(nameHash(bytes, at, nul))
    while (child !== undefined && !child.matches(bytes, at)) child = child.#sameHash
    return child
  }

  addChild(bytes: Uint8Array, at: number, nul: number): CensusNode {
    const hash = nameHash(bytes, at, nul)
    const child = new CensusNode(bytes.subarray(at, nul + 1))
    this.#children ??= new Map()
    child.#sameHash = this.#children.get(hash)
    this.#children.set(hash, child)
    return child
  }

  /** Tells each path below this one, which is at `path`, with its counts by type alias. */
  forEachPath(path: string, isRoot: boolean, tell: (path: string, counts: Record<string, number>) => void): void {
    for (const chain of this.#children?.values() ?? []) {
      for (let child: CensusNode | undefined = chain; child !== undefined; child = child.#sameHash) {
        const name = escapeName(decoder.decode(child.#name.subarray(0, -1)))
        child.#tell(isRoot ? name : `${path}.${name}`, tell)
      }
    }
    if (this.element !== undefined) this.element.#tell(`${path}[]`, tell)
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

function nameHash(bytes: Uint8Array, at: number, nul: number): number {
  let hash = 0
  for (let i = at; i < nul; i++) hash = (Math.imul(hash, NAME_HASH) + bytes[i]!) | 0
  return hash
}
