import { Worker } from 'node:worker_threads'
import { LakeferryError, reasonOf } from '../errors.js'
import { hotModule } from '../hot/hot-module.js'
import { blockCost } from './block-cost.js'
import { BlockSlots } from './block-slots.js'
import { Budget } from './budget.js'
import { garbageCollector } from './collect-garbage.js'
import { COLLECTION_BYTES, SLOTS_PER_FLIGHT } from './limits.js'
import { MemoryGate } from './memory-gate.js'
import type { Resources } from './plan.js'
import type { EncodedPart, FromWorker, SegmentTotals, ToWorker, WorkerData, WorkerSettings } from './segment-message.js'

export interface TranscodePoolOptions extends WorkerSettings {
  /** How many threads, and how much memory for what is between them. */
  readonly resources: Resources
  /** Called as documents leave the flight. */
  readonly onDocuments?: (documents: number, bytes: number) => void
  /** Called once, with the first reason, when the pool can do no more. */
  readonly onFailure?: (reason: unknown) => void
  /** The compiled worker module. @defaultValue `worker.js` beside this module */
  readonly workerUrl?: URL
}

/** The way of one segment into its worker. */
export interface SegmentLane {
  /** Resolves when there is room for more, which is the back-pressure. The block is copied. */
  push(bytes: Uint8Array, starts: Uint32Array): Promise<void>
  /** No more blocks. Resolves when the segment is transcoded and all its parts are on the lake. */
  close(options?: { empty?: boolean }): Promise<SegmentTotals>
}

/** Of the event loop. */
const SETTLING_TURNS = 4

/** Called for each part of a segment as it is encoded; until its promise settles, the part counts as waiting for the lake. */
export type OnPart = (part: EncodedPart) => Promise<void>

interface Lane {
  readonly onPart: OnPart
  readonly uploads: Promise<void>[]
  resolve: (totals: SegmentTotals) => void
  reject: (reason: unknown) => void
}

interface Seat {
  readonly worker: Worker
  /** What the blocks posted and not yet done cost, in their order. */
  readonly costs: number[]
  /** Whether a lane into it is open: one at a time, so that a worker holds the buffers of one segment only. */
  taken: boolean
}

/**
 * Long-lived worker threads that turn segments into parts. Segments queue behind each other in a worker, so the reader
 * can run ahead by {@link Resources.inFlightBytes} and no further. When one worker dies, everything that waits fails with
 * `WORKER_FAILED`: a segment is never silently left out.
 */
export class TranscodePool {
  readonly #options: TranscodePoolOptions
  readonly #seats: Seat[]
  readonly #lanes = new Map<number, Lane>()
  readonly #flight: Budget
  readonly #slots: BlockSlots
  readonly #gate: MemoryGate
  /** Segments begun whose parts are not all on the lake: a slow lake must hold up the reader, not fill the memory. */
  readonly #unsettled: Budget
  /** Bytes of parts encoded and not yet on the lake, and the flight's credit held back because there are too many. */
  #uploading = 0
  #owed = 0
  /** Of the blocks that were posted and are not done. */
  #posted = 0
  /** Segments that have all their blocks, and not all their parts on the lake. */
  #closing = 0
  readonly #waitingForSeat: ((seat: Seat) => void)[] = []
  readonly #waitingForQuiet: (() => void)[] = []
  readonly #waitingForUploads: (() => void)[] = []
  readonly #collecting: (() => void)[] = []
  readonly #collector = garbageCollector()
  #nextSegment = 0
  /** Bytes that became garbage since it was collected. */
  #garbage = 0
  #failure: unknown
  #ended = false

  constructor(options: TranscodePoolOptions) {
    this.#options = options
    const { workers, inFlightBytes, segmentsAhead, ceilingBytes } = options.resources
    this.#flight = new Budget(inFlightBytes)
    this.#slots = new BlockSlots(SLOTS_PER_FLIGHT * inFlightBytes)
    this.#gate = new MemoryGate({ ceilingBytes, quiet: () => this.#quiet(), collect: () => this.#collect() })
    this.#unsettled = new Budget(workers + segmentsAhead)
    const { formats, columns, tool, compression, partitionBy, fingerprints = false } = options
    const { room, heapBytes } = options.resources
    const module = hotModule()
    const workerData: WorkerData = {
      ...(module && { module }),
      formats,
      columns,
      tool,
      compression,
      partitionBy,
      fingerprints,
      ...(room && { room }),
    }
    const resourceLimits = { maxOldGenerationSizeMb: Math.floor(heapBytes / 1024 ** 2) }
    const url = options.workerUrl ?? new URL('./worker.js', import.meta.url)
    this.#seats = Array.from({ length: workers }, () => {
      const seat: Seat = { worker: new Worker(url, { workerData, resourceLimits }), costs: [], taken: false }
      seat.worker.on('message', (message: FromWorker) => this.#receive(seat, message))
      seat.worker.on('error', error => this.fail(workerFailure(error, heapBytes)))
      seat.worker.on('exit', code => {
        if (!this.#ended) this.fail(new LakeferryError('WORKER_FAILED', { reason: `it exited with code ${code}` }))
      })
      return seat
    })
  }

  /** A lane into the idlest worker; waits until one has no other lane open. */
  async openSegment(onPart: OnPart): Promise<SegmentLane> {
    await this.#unsettled.take(1)
    const seat = await this.#takeSeat()
    const segment = this.#nextSegment++
    const { promise, resolve, reject } = withResolvers<SegmentTotals>()
    promise.catch(() => undefined) // told to whoever closes the lane, or by fail() to all
    this.#lanes.set(segment, { onPart, uploads: [], resolve, reject })
    const post = (message: ToWorker) => seat.worker.postMessage(message)
    return {
      push: async (bytes, starts) => {
        const cost = blockCost(bytes, starts, this.#options.formats.length)
        await this.#flight.take(cost)
        await this.#gate.pass(() => this.#posted + cost)
        if (this.#failure !== undefined) throw this.#failure
        seat.costs.push(cost)
        this.#posted += cost
        const slot = this.#slots.fill(bytes)
        post({ type: 'block', segment, slot, bytes: bytes.byteLength, starts })
      },
      close: async ({ empty = false } = {}) => {
        // Encoding the end of a segment makes parts as well: not more of them than the lake keeps up with.
        await this.#uploadsWithinLimit()
        await this.#gate.pass(() => this.#posted + this.#options.resources.closingBytes)
        if (this.#failure !== undefined) throw this.#failure
        this.#closing++
        post({ type: 'close', segment, empty })
        this.#releaseSeat(seat)
        return await promise
      },
    }
  }

  /** Fails everything under way: a lane, a budget, a seat waited for. The first reason is kept. */
  fail(reason: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = reason
    this.#flight.fail(reason)
    this.#unsettled.fail(reason)
    for (const lane of this.#lanes.values()) lane.reject(reason)
    this.#lanes.clear()
    // Those who wait go on, and find the failure.
    for (const give of this.#waitingForSeat.splice(0)) give(this.#seats[0]!)
    for (const list of [this.#waitingForQuiet, this.#waitingForUploads, this.#collecting])
      for (const go of list.splice(0)) go()
    this.#options.onFailure?.(reason)
  }

  async close(): Promise<void> {
    this.#ended = true
    await Promise.all(this.#seats.map(seat => seat.worker.terminate()))
  }

  async #takeSeat(): Promise<Seat> {
    if (this.#failure !== undefined) throw this.#failure
    const free = this.#seats.filter(seat => !seat.taken).sort((a, b) => a.costs.length - b.costs.length)[0]
    if (free) {
      free.taken = true
      return free
    }
    return await new Promise(resolve => this.#waitingForSeat.push(resolve))
  }

  #releaseSeat(seat: Seat): void {
    const next = this.#waitingForSeat.shift()
    if (next) next(seat)
    else seat.taken = false
  }

  #receive(seat: Seat, message: FromWorker): void {
    if (message.type === 'done') {
      const cost = seat.costs.shift()!
      this.#posted -= cost
      this.#slots.give(message.slot)
      this.#discard(message.bytes)
      this.#owed += cost
      this.#settle()
      this.#options.onDocuments?.(message.documents, message.bytes)
      return
    }
    if (message.type === 'collected') {
      this.#collecting.shift()?.()
      return
    }
    if (message.type === 'failed') {
      this.fail(new LakeferryError(message.error.code, message.error.details))
      return
    }
    const lane = this.#lanes.get(message.segment)
    if (!lane) return // already failed
    if (message.type === 'part') {
      const upload = this.#upload(lane, message.part)
      upload.catch(() => undefined) // fail() has told everybody; this lane may be gone by now
      lane.uploads.push(upload)
      return
    }
    this.#lanes.delete(message.segment)
    Promise.all(lane.uploads).then(() => {
      this.#unsettled.give(1)
      this.#closing--
      this.#settle()
      lane.resolve(message.totals)
    }, lane.reject)
  }

  async #upload({ onPart }: Lane, part: EncodedPart): Promise<void> {
    this.#uploading += part.body.byteLength
    try {
      await onPart(part)
    } catch (error) {
      this.fail(error)
      throw error
    } finally {
      this.#uploading -= part.body.byteLength
      this.#discard(part.body.byteLength)
      this.#settle()
    }
  }

  /** When no block is with a worker and no part on its way. Segments may be open: those who read them wait, too. */
  async #quiet(): Promise<void> {
    // After a failure nothing comes back from the workers any more: who waited now would wait for ever.
    if (this.#failure !== undefined || this.#isQuiet()) return
    await new Promise<void>(resolve => this.#waitingForQuiet.push(resolve))
  }

  #isQuiet(): boolean {
    return this.#posted === 0 && this.#closing === 0 && this.#uploading === 0
  }

  async #uploadsWithinLimit(): Promise<void> {
    if (this.#failure !== undefined || this.#uploading <= this.#options.resources.uploadingBytes) return
    await new Promise<void>(resolve => this.#waitingForUploads.push(resolve))
  }

  #discard(bytes: number): void {
    this.#garbage += bytes
    // In a later turn, when nobody up the stack holds on to it any more.
    if (this.#garbage < COLLECTION_BYTES) return
    this.#garbage = 0
    setImmediate(this.#collector.regularly)
  }

  async #collect(): Promise<void> {
    if (this.#failure !== undefined) return
    const done = this.#seats.map(({ worker }) => {
      const collected = new Promise<void>(resolve => this.#collecting.push(resolve))
      worker.postMessage({ type: 'collect' } satisfies ToWorker)
      return collected
    })
    // A part that has just come to the lake is still held by who is told so; an S3 client does that for a few turns.
    for (let turn = 0; turn < SETTLING_TURNS; turn++) await new Promise(setImmediate)
    this.#collector.all()
    await Promise.all(done)
  }

  /** Something is done with: lets those go on who waited for it, unless the lake is behind. */
  #settle(): void {
    if (this.#uploading > this.#options.resources.uploadingBytes) return
    for (const go of this.#waitingForUploads.splice(0)) go()
    this.#flight.give(this.#owed)
    this.#owed = 0
    if (this.#isQuiet()) for (const go of this.#waitingForQuiet.splice(0)) go()
  }
}

function workerFailure(error: Error & { readonly code?: string }, heapBytes: number): LakeferryError {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return new LakeferryError('WORKER_MEMORY', { heapBytes }, { cause: error })
  return new LakeferryError('WORKER_FAILED', { reason: reasonOf(error) }, { cause: error })
}

/** `Promise.withResolvers`, which Node has from 22. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (reason: unknown) => void } {
  let resolve!: (value: T) => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}
