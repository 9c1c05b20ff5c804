import { wordScores } from './text-score.js'

/**
 * The words of a collection and which documents have them with which score, in memory: for servers without a text index.
 * A document that changes gets a new number, and what is written under the old one is passed over until there is more of
 * that than of what counts; then all is written anew.
 *
 * Memory: 12 bytes, a number and a score, for each different word of each document. 20,000 papers with abstracts have about 1.5
 * million, which is 18 MB, and as much again while lists grow.
 */
export class WordIndex {
  readonly #postings = new Map<string, Postings>()
  /** By number. Undefined: replaced or gone. */
  #keys: (string | undefined)[] = []
  #numbers = new Map<string, number>()
  #live = 0
  #dead = 0
  #counts: number[] = []
  readonly #most: number

  /** @param most - postings that it may have; {@link WordIndex.put} tells when that is too few */
  constructor(most: number = MOST_POSTINGS) {
    this.#most = most
  }

  get documents(): number {
    return this.#numbers.size
  }

  /** @returns false when it has no room for it: then it is not searched */
  put(key: string, texts: Iterable<readonly [field: string, text: string]>): boolean {
    this.remove(key)
    const scores = wordScores(texts)
    if (this.#live + scores.size > this.#most) return false
    const number = this.#keys.length
    this.#keys.push(key)
    this.#counts.push(scores.size)
    this.#numbers.set(key, number)
    this.#live += scores.size
    for (const [word, score] of scores) {
      let postings = this.#postings.get(word)
      if (postings === undefined) {
        postings = new Postings()
        this.#postings.set(word, postings)
      }
      postings.add(number, score)
    }
    return true
  }

  remove(key: string): void {
    const number = this.#numbers.get(key)
    if (number === undefined) return
    this.#numbers.delete(key)
    this.#keys[number] = undefined
    const size = this.#counts[number]!
    this.#live -= size
    this.#dead += size
    if (this.#dead > this.#live + LEAST_DEAD) this.#writeAnew()
  }

  /** Documents with any of the words, and what they score. */
  search(words: readonly string[]): Map<string, number> {
    const sums = new Float64Array(this.#keys.length)
    const found: number[] = []
    for (const word of words) {
      const postings = this.#postings.get(word)
      if (postings === undefined) continue
      for (let at = 0; at < postings.length; at++) {
        const number = postings.numbers[at]!
        if (sums[number] === 0) found.push(number)
        sums[number]! += postings.scores[at]!
      }
    }
    const hits = new Map<string, number>()
    for (const number of found) {
      const key = this.#keys[number]
      if (key !== undefined) hits.set(key, sums[number]!)
    }
    return hits
  }

  #writeAnew(): void {
    const numberNow = new Int32Array(this.#keys.length).fill(-1)
    const [keys, counts] = [this.#keys, this.#counts]
    this.#keys = []
    this.#counts = []
    this.#numbers = new Map()
    for (const [number, key] of keys.entries()) {
      if (key === undefined) continue
      numberNow[number] = this.#keys.length
      this.#numbers.set(key, this.#keys.length)
      this.#keys.push(key)
      this.#counts.push(counts[number]!)
    }
    for (const [word, postings] of this.#postings) {
      postings.renumber(numberNow)
      if (postings.length === 0) this.#postings.delete(word)
    }
    this.#dead = 0
  }
}

/** 480 MB. */
const MOST_POSTINGS = 40_000_000
/** Postings that may be passed over whatever else there is. */
const LEAST_DEAD = 50_000
const FIRST_ROOM = 2

/** One word's documents. */
class Postings {
  length = 0
  numbers: Uint32Array = new Uint32Array(FIRST_ROOM)
  scores: Float64Array = new Float64Array(FIRST_ROOM)

  add(number: number, score: number): void {
    if (this.length === this.numbers.length) {
      const room = Math.ceil(this.length * 1.5) + 1
      const [numbers, scores] = [new Uint32Array(room), new Float64Array(room)]
      numbers.set(this.numbers)
      scores.set(this.scores)
      this.numbers = numbers
      this.scores = scores
    }
    this.numbers[this.length] = number
    this.scores[this.length] = score
    this.length += 1
  }

  renumber(numberNow: Int32Array): void {
    let kept = 0
    for (let at = 0; at < this.length; at++) {
      const number = numberNow[this.numbers[at]!]!
      if (number < 0) continue
      this.numbers[kept] = number
      this.scores[kept] = this.scores[at]!
      kept += 1
    }
    this.length = kept
  }
}
