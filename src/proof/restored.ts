import { DigestSum } from '../bson/digest-sum.js'
import type { ProofProgress } from './verify-parts.js'

/** A document that is not in the collection. */
export interface Refusal {
  /** Canonical Extended JSON, null when it has none or it cannot be read. */
  readonly id: string | null
  readonly reason: string
}

/** However many there are, so many are kept. */
export const MAX_REFUSALS = 1_000

interface RestoredOptions {
  readonly expected: number
  readonly onProgress?: (progress: ProofProgress) => void
  readonly onInserted?: (documents: number) => void
}

/** What is in the collection because of a restore, and what is not. */
export class Restored {
  readonly inserted: DigestSum = new DigestSum()
  readonly refusals: Refusal[] = []
  refused = 0
  /** Of the inserted, those that were in `_rejects/`. */
  rejected = 0
  readonly #options: RestoredOptions
  #bytes = 0

  constructor(options: RestoredOptions) {
    this.#options = options
  }

  refuse(refusal: Refusal): void {
    this.refused += 1
    if (this.refusals.length < MAX_REFUSALS) this.refusals.push(refusal)
  }

  /** @param documents - of a batch, whatever became of each; `refused` are places in it */
  settle(documents: readonly Uint8Array[], refused: ReadonlySet<number>): void {
    for (const [index, document] of documents.entries()) {
      this.#bytes += document.length
      if (!refused.has(index)) this.inserted.add(document, 0, document.length)
    }
    const { expected, onInserted, onProgress } = this.#options
    onInserted?.(this.inserted.documents)
    onProgress?.({ documents: this.inserted.documents, expected, bytes: this.#bytes })
  }
}
