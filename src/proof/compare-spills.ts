import { setImmediate } from 'node:timers/promises'
import { interruption } from '../errors.js'
import type { Spill } from './spill.js'

/** Ids told of one kind of difference, at most; how many there are is always told. */
export const MAX_LISTED_IDS = 10_000

export interface IdList {
  readonly count: number
  /** No more than {@link MAX_LISTED_IDS}, in the order of their text. */
  readonly ids: readonly string[]
}

export interface Difference {
  /** In the source, and not in the run. */
  readonly missing: IdList
  /** In the run, and not, or not so often, in the source. */
  readonly extra: IdList
  /** In both, and not the same. */
  readonly changed: IdList
}

/**
 * Compares bucket by bucket; memory is for one of the source's. An `_id` may be there several times on either side (a
 * document that moved during a `majority` read is seen twice): those that are the same are paired off first, then those
 * that are left as changed, and what is left over on one side is missing or extra.
 */
export async function compareSpills(
  source: Spill,
  run: Spill,
  buckets: number,
  signal: AbortSignal | undefined,
): Promise<Difference> {
  const [missing, extra, changed] = [new Collected(), new Collected(), new Collected()]
  for (let bucket = 0; bucket < buckets; bucket++) {
    if (signal?.aborted) throw interruption(signal)
    const inSource = new Map<string, string[]>()
    for (const { id, hash } of source.bucket(bucket)) {
      const hashes = inSource.get(id)
      if (hashes === undefined) inSource.set(id, [hash])
      else hashes.push(hash)
    }
    // Of the run, what has no equal in the source.
    const unlike = new Map<string, number>()
    for (const { id, hash } of run.bucket(bucket)) {
      const hashes = inSource.get(id)
      const same = hashes?.indexOf(hash) ?? -1
      if (hashes === undefined || same < 0) unlike.set(id, (unlike.get(id) ?? 0) + 1)
      else if (hashes.length === 1) inSource.delete(id)
      else hashes.splice(same, 1)
    }
    for (const [id, left] of unlike) {
      const others = inSource.get(id)?.length ?? 0
      changed.add(id, Math.min(left, others))
      extra.add(id, Math.max(0, left - others))
      missing.add(id, Math.max(0, others - left))
      inSource.delete(id)
    }
    for (const [id, hashes] of inSource) missing.add(id, hashes.length)
    // A signal is heard between two buckets.
    await setImmediate()
  }
  return { missing: missing.list(), extra: extra.list(), changed: changed.list() }
}

class Collected {
  #count = 0
  readonly #ids: string[] = []

  add(id: string, times: number): void {
    this.#count += times
    for (let time = 0; time < times && this.#ids.length < MAX_LISTED_IDS; time++) this.#ids.push(id)
  }

  list(): IdList {
    return { count: this.#count, ids: this.#ids.sort() }
  }
}
