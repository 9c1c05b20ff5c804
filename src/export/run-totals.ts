import { anyTwice } from '../bson/id-fingerprints.js'
import { type Census, EMPTY_CENSUS, mergeCensus } from '../model/census.js'
import { addDigests, type Digest, EMPTY_DIGEST } from '../model/digest.js'
import type { Format } from '../model/format.js'
import type { Part } from '../model/manifest.js'
import type { SegmentTotals } from './segment-message.js'

/** What the segments of a run add up to. */
export class RunTotals {
  documents = 0
  rejected = 0
  segments = 0
  digest: Digest = EMPTY_DIGEST
  rejectsDigest: Digest = EMPTY_DIGEST
  census: Census = EMPTY_CENSUS
  /** Of all `_id`s, segment by segment, where they are watched. */
  readonly #fingerprints: Uint32Array[] = []

  add(totals: Omit<SegmentTotals, 'rejects' | 'fingerprints'>): void {
    this.segments++
    this.documents += totals.documents
    this.rejected += totals.rejected
    this.digest = addDigests(this.digest, totals.digest)
    this.rejectsDigest = addDigests(this.rejectsDigest, totals.rejectsDigest)
    this.census = mergeCensus(this.census, totals.census)
  }

  knowAgain(fingerprints: Uint32Array): void {
    this.#fingerprints.push(fingerprints)
  }

  /** Whether an `_id` came twice, where they are watched. To be asked once, at the end: all are sorted for it. */
  get hasTwins(): boolean {
    return anyTwice(this.#fingerprints)
  }

  /**
   * The parts in the order of their keys, once it is shown that each format holds every document that was carried: the
   * last guard before the commit against a fault of our own.
   */
  checkedParts(parts: readonly Part[], formats: readonly Format[]): Part[] {
    for (const format of formats) {
      const ofFormat = parts.filter(part => part.format === format)
      const documents = ofFormat.reduce((sum, part) => sum + part.documents, 0)
      const digest = ofFormat.reduce((sum, part) => addDigests(sum, part.digest), EMPTY_DIGEST)
      if (documents !== this.documents - this.rejected || digest !== this.digest) {
        throw new Error(
          `the ${format} parts hold ${documents} documents with digest ${digest}, but ${this.documents} were read, ${this.rejected} of them rejected, with digest ${this.digest}`,
        )
      }
    }
    return parts.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  }
}
