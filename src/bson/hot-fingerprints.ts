import type { HotMemory } from '../hot/hot-memory.js'

/** `IdFingerprints` in WebAssembly: kept of each document that `HotCensus` in the same memory finds sound. One at a time in each. */
export class HotFingerprints {
  readonly #memory: HotMemory

  /** Drops what was kept there before. */
  constructor(memory: HotMemory) {
    this.#memory = memory
    memory.exports.clearFingerprints()
    memory.exports.watchIds()
  }

  take(): Uint32Array<ArrayBuffer> {
    const { exports } = this.#memory
    const taken = new Uint32Array(2 * exports.fingerprints())
    new Uint8Array(taken.buffer).set(this.#memory.slice(exports.fingerprintsAt(), taken.byteLength))
    exports.clearFingerprints()
    return taken
  }
}
