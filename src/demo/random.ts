/**
 * Numbers that look random and are the same every time: sfc32 (Chris Doty-Humphrey, PractRand), seeded from text by
 * FNV-1a. Not for secrets.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  /** Different texts give unrelated sequences: one for each document, so that any can be made without the others. */
  constructor(seed: string) {
    this.#a = fnv1a(seed, 0x811c9dc5)
    this.#b = fnv1a(seed, 0x9e3779b9)
    this.#c = fnv1a(seed, 0x85ebca6b)
    for (let round = 0; round < 12; round++) this.#next()
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }

  /** A whole number of `[from, to]`, both inclusive. */
  integer(from: number, to: number): number {
    return from + Math.floor((this.#next() / 0x1_0000_0000) * (to - from + 1))
  }

  /** True with this probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.#next() / 0x1_0000_0000 < probability
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.integer(0, items.length - 1)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }

  /** Up to `count` different ones, in the order they were drawn. */
  several<T>(items: readonly T[], count: number): T[] {
    const chosen = new Set<T>()
    for (let draw = 0; draw < count * 4 && chosen.size < count; draw++) chosen.add(this.pick(items))
    return [...chosen]
  }

  /** Text of these characters. */
  text(alphabet: string, length: number): string {
    let text = ''
    for (let i = 0; i < length; i++) text += alphabet[this.integer(0, alphabet.length - 1)]
    return text
  }

  /** A rearranged copy (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const copy = [...items]
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.integer(0, last)
      const moved = copy[last] as T
      copy[last] = copy[other] as T
      copy[other] = moved
    }
    return copy
  }
}

function fnv1a(text: string, basis: number): number {
  let hash = basis
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0
}
