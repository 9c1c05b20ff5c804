import { CensusTaker } from '../bson/census-taker.js'
import { checkDocument, type RejectReason } from '../bson/check-document.js'
import { checkExtendedJson } from '../bson/check-extended-json.js'
import { DigestSum } from '../bson/digest-sum.js'
import { HotCensus } from '../bson/hot-census.js'
import { HotFingerprints } from '../bson/hot-fingerprints.js'
import { IdFingerprints } from '../bson/id-fingerprints.js'
import { MalformedBson } from '../bson/malformed-bson.js'
import { viewOf } from '../bson/walk.js'
import type { HotMemory } from '../hot/hot-memory.js'
import { addDigests, type Digest, EMPTY_DIGEST } from '../model/digest.js'
import { JSON_CHUNK_DOCUMENTS } from '../model/format.js'
import { checkRoom } from './document-room.js'
import { encoderFor } from './encode/encoder-for.js'
import { PartState } from './part-state.js'
import { type Partition, Partitioner } from './partitioner.js'
import { RejectLines } from './reject-lines.js'
import type { DocumentRoom, EncodedPart, SegmentTotals, WorkerSettings } from './segment-message.js'

/**
 * Transcodes one contiguous segment of a collection into one part of each format (JSON: one for each thousand
 * documents; with partitions, one for each of those), with its census, digest and rejects. Used for many segments in turn.
 */
export class SegmentEncoder {
  readonly #emit: (part: EncodedPart) => void
  readonly #room: DocumentRoom | undefined
  /** Whether every document has to be one that Extended JSON holds: all formats of a run have the same documents. */
  readonly #extendedJson: boolean
  /** Holds the segment's documents until its end, where they are sorted into folders. */
  readonly #partitioner: Partitioner | undefined
  /** Formats with one part a segment. */
  readonly #whole: PartState[] = []
  /** The `json` format, with many. */
  readonly #chunk: PartState | undefined
  #census: CensusTaker | HotCensus
  readonly #memory: HotMemory | undefined
  /** Of the documents since the last chunk border; `#digest` has those before it. */
  #recent = new DigestSum()
  #digest = EMPTY_DIGEST
  /** Of `_id`s, where they are wanted: those that WebAssembly keeps by itself, and the others. */
  readonly #hotFingerprints: HotFingerprints | undefined
  readonly #fingerprints: IdFingerprints | undefined
  #rejects = new RejectLines()
  #rejected = new DigestSum()
  #read = 0

  /** @param memory - for the inner loops to be WebAssembly's; in nobody else's use */
  constructor(settings: WorkerSettings, emit: (part: EncodedPart) => void, memory?: HotMemory) {
    this.#memory = memory
    this.#census = this.#newCensus()
    this.#emit = emit
    this.#room = settings.room
    if (settings.fingerprints) {
      this.#hotFingerprints = memory && new HotFingerprints(memory)
      this.#fingerprints = new IdFingerprints()
    }
    this.#extendedJson = settings.formats.includes('ejson.gz')
    if (settings.partitionBy) this.#partitioner = new Partitioner(settings.columns, settings.partitionBy)
    for (const format of settings.formats) {
      // Documents that wait for their partition are copied out of linear memory.
      const state = new PartState(format, encoderFor(format, settings, this.#partitioner ? undefined : memory))
      if (format === 'json') this.#chunk = state
      else this.#whole.push(state)
    }
  }

  add(block: Uint8Array, starts: Uint32Array): void {
    const bytes = this.#memory?.place(block) ?? block
    const view = viewOf(bytes)
    for (let index = 0; index < starts.length; index++) {
      const start = starts[index]!
      const end = start + view.getInt32(start, true)
      this.#read++
      const reason = this.#count(bytes, view, start, end)
      if (reason === undefined) this.#carry(bytes, view, start, end)
      else {
        this.#rejects.add(bytes, view, start, end, reason)
        this.#rejected.add(bytes, start, end)
      }
      // By documents read, not carried, so that a reject does not move every later chunk's border.
      if (this.#read % JSON_CHUNK_DOCUMENTS === 0 || this.#chunk?.isFull) this.#passChunkBorder()
    }
    for (const state of this.#whole) state.settle()
    this.#chunk?.settle()
    this.#partitioner?.settle()
  }

  #newCensus(): CensusTaker | HotCensus {
    return this.#memory ? new HotCensus(this.#memory) : new CensusTaker()
  }

  /** Ends the segment and begins a new one. @param empty - write parts even without documents, for their schema */
  close(empty = false): SegmentTotals {
    const digest = this.#partitioner ? this.#encodePartitions(this.#partitioner.take(empty)) : this.#endParts(empty)
    const totals: SegmentTotals = {
      documents: this.#read,
      rejected: this.#rejects.count,
      digest,
      census: this.#census.census(),
      rejectsDigest: this.#rejected.digest(),
      rejects: this.#rejects.lines(),
      ...this.#takeFingerprints(),
    }
    this.#census = this.#newCensus()
    this.#rejects = new RejectLines()
    this.#rejected = new DigestSum()
    this.#read = 0
    return totals
  }

  /** Check and census are one walk; what makes a document unfit is looked for only when something does. */
  #count(bytes: Uint8Array, view: DataView, start: number, end: number): RejectReason | undefined {
    if (!this.#census.add(bytes, view, start, end)) {
      this.#knowAgain(bytes, view, start)
      return checkDocument(bytes, start, end, view)
    }
    if (!this.#hotFingerprints) this.#fingerprints?.add(bytes, view, start)
    if (!this.#extendedJson) return undefined
    const reason = checkExtendedJson(bytes, view, start, end)
    if (reason) this.#census.undo(bytes, view, start, end)
    return reason
  }

  /** Of a document that is not sound the `_id` may be what is damaged. */
  #knowAgain(bytes: Uint8Array, view: DataView, start: number): void {
    try {
      this.#fingerprints?.add(bytes, view, start)
    } catch (error) {
      if (!(error instanceof MalformedBson)) throw error
    }
  }

  #takeFingerprints(): Pick<SegmentTotals, 'fingerprints'> {
    const mine = this.#fingerprints?.take()
    const hot = this.#hotFingerprints?.take()
    if (mine === undefined) return {}
    if (hot === undefined || mine.length === 0) return { fingerprints: hot ?? mine }
    const fingerprints = new Uint32Array(hot.length + mine.length)
    fingerprints.set(hot)
    fingerprints.set(mine, hot.length)
    return { fingerprints }
  }

  #carry(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (this.#partitioner) this.#partitioner.add(bytes, view, start)
    else this.#encode(bytes, view, start, end)
  }

  #encode(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (this.#room) checkRoom(this.#room, bytes, view, start, end)
    this.#recent.add(bytes, start, end)
    for (const state of this.#whole) state.add(bytes, view, start, end)
    this.#chunk?.add(bytes, view, start, end)
  }

  /** @returns the digest of the documents in them */
  #encodePartitions(partitions: readonly Partition[]): Digest {
    let total = EMPTY_DIGEST
    for (const { partition, documents } of partitions) {
      let count = 0
      for (const { bytes, view, start, end } of documents()) {
        this.#encode(bytes, view, start, end)
        if (++count % JSON_CHUNK_DOCUMENTS === 0 || this.#chunk?.isFull) this.#passChunkBorder(false, partition)
      }
      total = addDigests(total, this.#endParts(count === 0, partition))
    }
    return total
  }

  /** Emits what there is, and begins new parts. @returns the digest of the documents since the last call */
  #endParts(empty: boolean, partition?: Partition['partition']): Digest {
    this.#passChunkBorder(empty, partition)
    const digest = this.#digest
    for (const state of this.#whole) if (state.documents > 0 || empty) this.#emit(state.finish(digest, partition))
    this.#digest = EMPTY_DIGEST
    return digest
  }

  #passChunkBorder(empty = false, partition?: Partition['partition']): void {
    const digest = this.#recent.digest()
    this.#recent = new DigestSum()
    this.#digest = addDigests(this.#digest, digest)
    if (this.#chunk && (this.#chunk.documents > 0 || empty)) this.#emit(this.#chunk.finish(digest, partition))
  }
}
