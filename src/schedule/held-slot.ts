import { readLedger, type ScheduleLedger, type SlotRecord, type TakenSlot } from '../catalog/schedule-ledger.js'
import { canonicalJson } from '../model/canonical-json.js'
import type { ObjectStore } from '../ports/object-store.js'
import { changed, writeLedger } from './write-ledger.js'

/** Tries of a write that others' writes come between: while a slot is held nobody else has a reason to write. */
const TRIES = 5

/**
 * A slot that is ours to run, as long as nobody has taken it over. Every sign of life is a compare-and-set of the ledger: who
 * was suspended for so long that another took over finds that out with the next one.
 */
export class HeldSlot {
  readonly #lake: ObjectStore
  readonly #set: string
  #slot: TakenSlot

  /** @param slot - with the lease that was written */
  constructor(lake: ObjectStore, set: string, slot: TakenSlot) {
    this.#lake = lake
    this.#set = set
    this.#slot = slot
  }

  get slot(): TakenSlot {
    return this.#slot
  }

  /** A sign of life. @returns false when the slot is somebody else's by now */
  async renew(now: Date): Promise<boolean> {
    const { lease } = this.#slot
    if (lease === null) throw new TypeError('a slot that is over is not renewed')
    return this.#write({ ...this.#slot, lease: { ...lease, renewedAt: now.toISOString() } })
  }

  /** Gives it back as `over` says. @returns false when it is somebody else's by now; then nothing was written */
  async end(over: TakenSlot): Promise<boolean> {
    return this.#write(over)
  }

  async #write(slot: TakenSlot): Promise<boolean> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { ledger, etag } = await readLedger(this.#lake, this.#set)
      if (ledger === undefined) return false
      // An end that is there was written by an earlier try whose answer got lost.
      const isWritten =
        slot.lease === null && ledger.slots.some(record => record.slot === slot.slot && same(record, slot))
      if (!isWritten && !this.#isOurs(ledger)) return false
      if (isWritten || (await writeLedger(this.#lake, changed(ledger, { replace: slot }), etag))) {
        this.#slot = slot
        return true
      }
    }
    return false
  }

  #isOurs(ledger: ScheduleLedger): boolean {
    return ledger.slots.some(
      record =>
        record.state === 'running' &&
        record.slot === this.#slot.slot &&
        record.lease?.nonce === this.#slot.lease?.nonce,
    )
  }
}

function same(a: SlotRecord, b: SlotRecord): boolean {
  return canonicalJson(a) === canonicalJson(b)
}
