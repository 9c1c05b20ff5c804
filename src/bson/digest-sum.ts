import { hash } from 'node:crypto'
import type { Digest } from '../model/digest.js'

const LIMBS = 16
/** Sums stay exact integers (below 2^53) for this many additions of 16 bits, and carries are settled well before. */
const SETTLE_EVERY = 1 << 30

/**
 * The digest of model/digest.ts, document by document. SHA-256 comes back as text of one character a byte (`binary`),
 * which is the cheapest form in which Node hands it over: with so short inputs the call is the cost.
 */
export class DigestSum {
  /** Documents added so far. */
  documents = 0
  /** 16-bit limbs, the most significant first, with carries that are not yet settled. */
  readonly #sums = new Float64Array(LIMBS)
  #unsettled = 0

  /** Adds the document in `bytes` from `start` up to, not including, `end`. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const text = hash('sha256', bytes.subarray(start, end), 'binary')
    const sums = this.#sums
    for (let limb = 0; limb < LIMBS; limb++) {
      sums[limb]! += (text.charCodeAt(limb * 2) << 8) | text.charCodeAt(limb * 2 + 1)
    }
    this.documents++
    if (++this.#unsettled === SETTLE_EVERY) this.#settle()
  }

  /** The sum so far; more may be added after. */
  digest(): Digest {
    this.#settle()
    return Array.from(this.#sums, limb => limb.toString(16).padStart(4, '0')).join('')
  }

  /** Carries from the least significant limb up; what overflows the first one is beyond 2^256 and goes. */
  #settle(): void {
    let carry = 0
    for (let limb = LIMBS - 1; limb >= 0; limb--) {
      const sum = this.#sums[limb]! + carry
      carry = Math.floor(sum / 0x1_0000)
      this.#sums[limb] = sum - carry * 0x1_0000
    }
    this.#unsettled = 0
  }
}
