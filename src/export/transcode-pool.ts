import { Worker } from 'node:worker_threads'
import { LakeferryError, reasonOf } from '../errors.js'
import { BlockSlots } from './block-slots.js'
import { Budget } from './budget.js'
import { garbageCollector } from './collect-garbage.js'
import { IN_FLIGHT_BYTES, SEGMENTS_AHEAD, SEGMENTS_PER_COLLECTION, UPLOADING_BYTES } from './limits.js'
import type { EncodedPart, FromWorker, SegmentTotals, ToWorker, WorkerSettings } from './segment-message.js'

export interface TranscodePoolOptions extends WorkerSettings {
  /** Worker threads. */
  readonly workers: number
  /** Called for each part as it is encoded; until its promise settles, the part counts as waiting for the lake. */
  readonly onPart: (part: EncodedPart) => Promise<void>
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

interface Lane {
  readonly uploads: Promise<void>[]
  resolve: (totals: SegmentTotals) => void
  reject: (reason: unknown) => void
}

interface Seat {
  readonly worker: Worker
  /** Blocks posted and not yet done. */
  queued: number
  /** Whether a lane into it is open: one at a time, so that a worker holds the buffers of one segment only. */
  taken: boolean
}

/**
 * Long-lived worker threads that turn segments into parts. Segments queue behind each other in a worker, so the reader
 * can run ahead by {@link IN_FLIGHT_BYTES} and no further. When one worker dies, everything that waits fails with
 * `WORKER_FAILED`: a segment is never silently left out.
 */
export class TranscodePool {
  readonly #options: TranscodePoolOptions
  readonly #seats: Seat[]
  readonly #lanes = new Map<number, Lane>()
  readonly #flight = new Budget(IN_FLIGHT_BYTES)
  readonly #slots = new BlockSlots(IN_FLIGHT_BYTES)
  /** Segments begun whose parts are not all on the lake: a slow lake must hold up the reader, not fill the memory. */
  readonly #unsettled: Budget
  /** Bytes of parts encoded and not yet on the lake, and the flight's credit held back because there are too many. */
  #uploading = 0
  #owed = 0
  readonly #waitingForSeat: ((seat: Seat) => void)[] = []
  readonly #collectGarbage = garbageCollector()
  #nextSegment = 0
  #closed = 0
  #failure: unknown
  #closing = false

  constructor(options: TranscodePoolOptions) {
    this.#options = options
    this.#unsettled = new Budget(options.workers + SEGMENTS_AHEAD)
    const { formats, columns, tool } = options
    const workerData: WorkerSettings = { formats, columns, tool }
    const url = options.workerUrl ?? new URL('./worker.js', import.meta.url)
    this.#seats = Array.from({ length: options.workers }, () => {
      const seat: Seat = { worker: new Worker(url, { workerData }), queued: 0, taken: false }
      seat.worker.on('message', (message: FromWorker) => this.#receive(seat, message))
      seat.worker.on('error', error =>
        this.fail(new LakeferryError('WORKER_FAILED', { reason: reasonOf(error) }, { cause: error })),
      )
      seat.worker.on('exit', code => {
        if (!this.#closing) this.fail(new LakeferryError('WORKER_FAILED', { reason: `it exited with code ${code}` }))
      })
      return seat
    })
  }

  /** A lane into the idlest worker; waits until one has no other lane open. */
  async openSegment(): Promise<SegmentLane> {
    await this.#unsettled.take(1)
    const seat = await this.#takeSeat()
    const segment = this.#nextSegment++
    const { promise, resolve, reject } = withResolvers<SegmentTotals>()
    promise.catch(() => undefined) // told to whoever closes the lane, or by fail() to all
    this.#lanes.set(segment, { uploads: [], resolve, reject })
    const post = (message: ToWorker) => seat.worker.postMessage(message)
    return {
      push: async (bytes, starts) => {
        await this.#flight.take(bytes.byteLength)
        seat.queued++
        const slot = this.#slots.fill(bytes)
        post({ type: 'block', segment, slot, bytes: bytes.byteLength, starts })
      },
      close: async ({ empty = false } = {}) => {
        if (this.#failure !== undefined) throw this.#failure
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
    // Those who wait for a seat get one, and find the failure at their first push.
    for (const give of this.#waitingForSeat.splice(0)) give(this.#seats[0]!)
    this.#options.onFailure?.(reason)
  }

  async close(): Promise<void> {
    this.#closing = true
    await Promise.all(this.#seats.map(seat => seat.worker.terminate()))
  }

  async #takeSeat(): Promise<Seat> {
    if (this.#failure !== undefined) throw this.#failure
    const free = this.#seats.filter(seat => !seat.taken).sort((a, b) => a.queued - b.queued)[0]
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
      seat.queued--
      this.#slots.give(message.slot)
      this.#owed += message.bytes
      this.#settleFlight()
      this.#options.onDocuments?.(message.documents, message.bytes)
      return
    }
    const lane = this.#lanes.get(message.segment)
    if (!lane) return // already failed
    if (message.type === 'part') {
      const upload = this.#upload(message.part)
      upload.catch(() => undefined) // fail() has told everybody; this lane may be gone by now
      lane.uploads.push(upload)
      return
    }
    this.#lanes.delete(message.segment)
    if (++this.#closed % SEGMENTS_PER_COLLECTION === 0) this.#collectGarbage()
    Promise.all(lane.uploads).then(() => {
      this.#unsettled.give(1)
      lane.resolve(message.totals)
    }, lane.reject)
  }

  async #upload(part: EncodedPart): Promise<void> {
    this.#uploading += part.body.byteLength
    try {
      await this.#options.onPart(part)
    } catch (error) {
      this.fail(error)
      throw error
    } finally {
      this.#uploading -= part.body.byteLength
      this.#settleFlight()
    }
  }

  /** Lets the readers go on, unless the lake is behind. */
  #settleFlight(): void {
    if (this.#uploading > UPLOADING_BYTES || this.#owed === 0) return
    this.#flight.give(this.#owed)
    this.#owed = 0
  }
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
