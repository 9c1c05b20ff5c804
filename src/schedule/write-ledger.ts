import { randomUUID } from 'node:crypto'
import {
  readLedger,
  type ScheduleLedger,
  SLOTS_KEPT,
  type SlotRecord,
  type TakenSlot,
} from '../catalog/schedule-ledger.js'
import { lakeKey } from '../model/lake-key.js'
import { encodeJson } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'

export interface LedgerChange {
  readonly knownUntil?: string
  readonly next?: ScheduleLedger['next']
  readonly add?: readonly SlotRecord[]
  /** In place of the one of the same slot. */
  readonly replace?: TakenSlot
}

/** The ledger with something in it changed, and the oldest records dropped. */
export function changed(ledger: ScheduleLedger, change: LedgerChange): ScheduleLedger {
  const { knownUntil = ledger.knownUntil, next = ledger.next, add = [], replace } = change
  const slots = ledger.slots.map(record =>
    record.state !== 'missed' && record.slot === replace?.slot ? replace : record,
  )
  return { ...ledger, knownUntil, next, slots: [...slots, ...add].slice(-SLOTS_KEPT), nonce: randomUUID() }
}

/** Writes it when nobody else has written since. Also true when it was written and the answer got lost on its way. */
export async function writeLedger(
  lake: ObjectStore,
  ledger: ScheduleLedger,
  etag: string | undefined,
): Promise<boolean> {
  const { written } = await lake.putIfMatch(lakeKey.schedule(ledger.set), encodeJson(ledger), etag)
  if (written) return true
  return (await readLedger(lake, ledger.set)).ledger?.nonce === ledger.nonce
}
