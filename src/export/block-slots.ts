/** Slots are sized in these steps, so that one serves blocks of nearly equal size. */
const STEP_BYTES = 1024 * 1024

/**
 * Memory that blocks cross to the workers in: shared, and used again as soon as a worker is done with it.
 *
 * Transferred buffers would be garbage in the worker's heap until its collector happens to look, and what it sees is a
 * small object, not the 4 MB behind it: measured, that is a hundred megabytes at the peak. What is out at one time is
 * bounded by the caller's budget; slots that are free are kept only up to `keepBytes`.
 */
export class BlockSlots {
  readonly #keepBytes: number
  readonly #free: SharedArrayBuffer[] = []
  #freeBytes = 0

  constructor(keepBytes: number) {
    this.#keepBytes = keepBytes
  }

  /** A slot with a copy of the bytes at its beginning. */
  fill(bytes: Uint8Array): SharedArrayBuffer {
    const slot = this.#take(bytes.length)
    new Uint8Array(slot).set(bytes)
    return slot
  }

  /** Nobody reads the slot any more. */
  give(slot: SharedArrayBuffer): void {
    this.#free.push(slot)
    this.#freeBytes += slot.byteLength
    while (this.#freeBytes > this.#keepBytes) this.#freeBytes -= this.#free.shift()!.byteLength
  }

  #take(bytes: number): SharedArrayBuffer {
    const found = this.#free.findIndex(slot => slot.byteLength >= bytes)
    if (found < 0) return new SharedArrayBuffer(Math.max(1, Math.ceil(bytes / STEP_BYTES)) * STEP_BYTES)
    const [slot] = this.#free.splice(found, 1)
    this.#freeBytes -= slot!.byteLength
    return slot!
  }
}
