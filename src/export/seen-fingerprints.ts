/** Fingerprints that there is room for at first. */
const FIRST_ROOM = 64 * 1024

/**
 * Whether a fingerprint comes twice among those of `IdFingerprints`. A table with open addressing: segments are added as they
 * end, so that hardly anything is left to do when the last one does. 16 to 32 bytes of memory for each.
 */
export class SeenFingerprints {
  /** Two words each; both zero: empty. */
  #table = new Uint32Array(2 * FIRST_ROOM)
  #count = 0
  #twice = false

  add(fingerprints: Uint32Array): void {
    for (let index = 0; index < fingerprints.length; index += 2) {
      const one = fingerprints[index]!
      const other = fingerprints[index + 1]!
      // What is zero itself goes for its neighbour.
      if (!this.#keep(one, one === 0 && other === 0 ? 1 : other)) this.#twice = true
    }
  }

  get twice(): boolean {
    return this.#twice
  }

  /** @returns whether it is new */
  #keep(one: number, other: number): boolean {
    const table = this.#table
    const mask = table.length / 2 - 1
    let place = one & mask
    while (table[2 * place] !== 0 || table[2 * place + 1] !== 0) {
      if (table[2 * place] === one && table[2 * place + 1] === other) return false
      place = (place + 1) & mask
    }
    table[2 * place] = one
    table[2 * place + 1] = other
    if (++this.#count > mask / 2) this.#grow()
    return true
  }

  #grow(): void {
    const before = this.#table
    this.#table = new Uint32Array(2 * before.length)
    this.#count = 0
    for (let index = 0; index < before.length; index += 2) {
      const [one, other] = [before[index]!, before[index + 1]!]
      if (one !== 0 || other !== 0) this.#keep(one, other)
    }
  }
}
