/** Slots are sized in these steps, so that one serves blocks of nearly equal size. */
const STEP_BYTES = 1024 * 1024

/**
 * Memory that blocks cross to the workers in: shared, and used again as soon as a worker is done with it.
 *
 * Transferred buffers would be garbage in the worker's heap until its collector happens to look, and what it sees is a
 * small object, not the 4 MB behind it: measured, that is a hundred megabytes at the peak. What is out at one time is
 * bounded by the caller's budget; free ones are kept only as far as they and those come to no more than `keepBytes`.
 */
export class BlockSlots {
  readonly #keepBytes: number
  readonly #free: SharedArrayBuffer[] = []
  /** Of all slots that there are, out or free. */
  #bytes = 0

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
    this.#dropBeyond(this.#keepBytes)
  }

  #take(bytes: number): SharedArrayBuffer {
    const found = this.#free.findIndex(slot => slot.byteLength >= bytes)
    if (found >= 0) return this.#free.splice(found, 1)[0]!
    const size = Math.max(1, Math.ceil(bytes / STEP_BYTES)) * STEP_BYTES
    this.#dropBeyond(this.#keepBytes - size)
    this.#bytes += size
    return new SharedArrayBuffer(size)
  }

  #dropBeyond(bytes: number): void {
    while (this.#bytes > bytes && this.#free.length > 0) this.#bytes -= this.#free.shift()!.byteLength
  }
}
