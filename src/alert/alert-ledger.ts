import { setTimeout as sleep } from 'node:timers/promises'
import { LakeferryError } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import type { ObjectStore } from '../ports/object-store.js'
import { type AlertState, ASIDE_KEPT, NO_ALERTS } from './alert-state.js'
import { decodeState, encodeState, isProblem } from './alert-state-json.js'

/** Where the state is kept: on the lake, or while that is away somewhere else. */
export interface AlertLedger {
  /** For people. */
  readonly where: string

  /**
   * The state and its version; no alerts, and no version, where nothing was ever written.
   *
   * @throws {@link LakeferryError} `ALERT_STATE_DAMAGED`
   */
  read(): Promise<StoredAlerts>

  /** Replaces the state when its version is still this one. Of several writers one is told `true`. */
  write(state: AlertState, etag: string | undefined): Promise<boolean>
}

export interface StoredAlerts {
  readonly state: AlertState
  readonly etag: string | undefined
}

/** The state in `_lakeferry/alerts.json` below the root of a store. */
export function storeLedger(store: ObjectStore): AlertLedger {
  return {
    where: store.url,
    read: async () => {
      const stored = await store.get(lakeKey.alerts)
      if (stored === undefined) return { state: NO_ALERTS, etag: undefined }
      const decoded = decodeState(stored.body)
      if (!isProblem(decoded)) return { state: decoded, etag: stored.etag }
      throw new LakeferryError('ALERT_STATE_DAMAGED', { lake: store.url, key: lakeKey.alerts, ...decoded })
    },
    write: async (state, etag) => (await store.putIfMatch(lakeKey.alerts, encodeState(state), etag)).written,
  }
}

/** Kept as long as the process lives. */
export function memoryLedger(): AlertLedger {
  let kept: StoredAlerts = { state: NO_ALERTS, etag: undefined }
  let writes = 0
  return {
    where: 'memory',
    read: async () => kept,
    write: async (state, etag) => {
      if (etag !== kept.etag) return false
      writes += 1
      kept = { state, etag: String(writes) }
      return true
    },
  }
}

/** Tries of a compare-and-set. Each lost one means that somebody else has changed something meanwhile. */
export const STATE_TRIES = 12
/** Longest wait before a second try, in milliseconds; grows with the tries. */
const STATE_WAIT_MS = 30

/**
 * Changes the state by compare-and-set. `change` is asked anew for each try, with the state as it is then; what it answers
 * the last time is what was done. The same state, unchanged, is not written.
 *
 * @throws {@link LakeferryError} `ALERT_STATE_BUSY` when others kept winning, `ALERT_STATE_DAMAGED`, or what the store raises
 */
export async function changeAlerts<T extends { readonly state: AlertState }>(
  ledger: AlertLedger,
  change: (state: AlertState) => T,
): Promise<T> {
  for (let tries = 0; tries < STATE_TRIES; tries++) {
    // Random, so that two who collided do not collide again.
    if (tries > 0) await sleep(Math.random() * STATE_WAIT_MS * tries)
    const { state, etag } = await ledger.read()
    const changed = change(state)
    if (changed.state === state || (await ledger.write(changed.state, etag))) return changed
  }
  throw new LakeferryError('ALERT_STATE_BUSY', { lake: ledger.where, key: lakeKey.alerts, tries: STATE_TRIES })
}

/** The state as it is on the lake: open alerts, silences, how the channels are. For `status` and `alerts list`. */
export async function readAlertState(lake: ObjectStore): Promise<AlertState> {
  return (await storeLedger(lake).read()).state
}

/**
 * Puts a state that cannot be read under another key, to be looked at, and begins anew: whatever is open is told again. What a
 * later version of this program wrote is not touched.
 *
 * @returns the key that it was put under, or undefined when the state can be read (again)
 * @throws {@link LakeferryError} `ALERT_STATE_DAMAGED` for a state of a later version
 */
export async function setStateAside(lake: ObjectStore, at: string): Promise<string | undefined> {
  const stored = await lake.get(lakeKey.alerts)
  if (stored === undefined) return undefined
  const decoded = decodeState(stored.body)
  if (!isProblem(decoded)) return undefined
  if (decoded.newer)
    throw new LakeferryError('ALERT_STATE_DAMAGED', { lake: lake.url, key: lakeKey.alerts, ...decoded })
  const key = lakeKey.alertsAside(at)
  await lake.put(key, stored.body)
  const aside = [{ at, key }].slice(-ASIDE_KEPT)
  const { written } = await lake.putIfMatch(lakeKey.alerts, encodeState({ ...NO_ALERTS, aside }), stored.etag)
  return written ? key : undefined
}
