import { setTimeout as sleep } from 'node:timers/promises'
import { isLakeferryError, LakeferryError } from '../errors.js'
import { ATTEMPTS_KEPT, type Attempt, type Attempts } from '../model/attempt.js'
import { lakeKey } from '../model/lake-key.js'
import { encodeJson } from '../model/manifest.js'
import type { ObjectStore } from '../ports/object-store.js'

/** The record as it stands. Damaged, it has no attempts, and `problem` says what is wrong with it. */
export interface ReadAttempts {
  /** The newest last. */
  readonly attempts: readonly Attempt[]
  /** A sentence without its full stop. */
  readonly problem?: string
}

/** What the lake remembers of a dataset's attempts; nothing as long as none was made. One request. */
export async function readAttempts(lake: ObjectStore, dataset: string): Promise<ReadAttempts> {
  const { attempts, problem } = await load(lake, dataset)
  return { attempts, ...(problem === undefined ? {} : { problem }) }
}

/** Tries of a compare-and-set. Each lost one means that another run of the dataset wrote meanwhile. */
const TRIES = 12
/** Longest wait before a second try, in milliseconds; grows with the tries. */
const WAIT_MS = 50

/**
 * Puts an attempt on record, or what has become of one that is there: the same one began at the same time under the
 * same run id, or had no run id yet. Of more than {@link ATTEMPTS_KEPT} the oldest go. A damaged record is begun anew.
 *
 * @throws {@link LakeferryError} `LAKE_REFUSED` when others kept winning, or what the lake raises
 */
export async function recordAttempt(lake: ObjectStore, dataset: string, attempt: Attempt): Promise<void> {
  const key = lakeKey.attempts(dataset)
  for (let tries = 0; tries < TRIES; tries++) {
    // Random, so that two who collided do not collide again.
    if (tries > 0) await sleep(Math.random() * WAIT_MS * tries)
    const { attempts, etag } = await load(lake, dataset)
    const body = encodeJson({ version: 1, dataset, attempts: withAttempt(attempts, attempt) } satisfies Attempts)
    if ((await lake.putIfMatch(key, body, etag)).written) return
  }
  const reason = `others wrote it first ${TRIES} times`
  throw new LakeferryError('LAKE_REFUSED', { lake: lake.url, operation: 'write', key, reason })
}

/** In the order in which they began; the one that it takes the place of is gone. */
export function withAttempt(attempts: readonly Attempt[], attempt: Attempt): readonly Attempt[] {
  const others = attempts.filter(
    ({ began, runId }) => began !== attempt.began || (runId !== null && runId !== attempt.runId),
  )
  // Stable, so that of two at one instant the one that came later stays behind the other.
  return [...others, attempt].sort((a, b) => (a.began < b.began ? -1 : a.began > b.began ? 1 : 0)).slice(-ATTEMPTS_KEPT)
}

async function load(lake: ObjectStore, dataset: string): Promise<ReadAttempts & { readonly etag: string | undefined }> {
  const key = lakeKey.attempts(dataset)
  const stored = await lake.get(key)
  if (stored === undefined) return { attempts: [], etag: undefined }
  const { etag } = stored
  try {
    return { attempts: decode(lake, dataset, stored.body), etag }
  } catch (error) {
    if (!isLakeferryError(error, 'LAKE_OBJECT_DAMAGED')) throw error
    return { attempts: [], problem: error.message, etag }
  }
}

/** @throws {@link LakeferryError} `LAKE_OBJECT_DAMAGED` */
function decode(lake: ObjectStore, dataset: string, body: Uint8Array): readonly Attempt[] {
  const damaged = (got: string, cause?: unknown): LakeferryError => {
    const wanted = `the attempts at runs of ${dataset}, version 1`
    const key = lakeKey.attempts(dataset)
    return new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: lake.url, key, wanted, got }, { cause })
  }
  let value: { readonly [M in keyof Attempts]?: unknown } | null
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (error) {
    throw damaged('what is not JSON', error)
  }
  if (value === null || typeof value !== 'object') throw damaged(JSON.stringify(value))
  if (value.version !== 1) throw damaged(`version ${String(value.version)}`)
  if (value.dataset !== dataset) throw damaged(`those of ${String(value.dataset)}`)
  const { attempts } = value
  if (!Array.isArray(attempts)) throw damaged('one without attempts')
  if (!attempts.every(isAttempt)) throw damaged('one with an attempt that has no time or no outcome')
  return attempts
}

/** As far as anything is concluded from it; a member of a later version is no harm. */
function isAttempt(value: unknown): value is Attempt {
  if (value === null || typeof value !== 'object') return false
  const { began, ended, outcome, runId } = value as { readonly [M in keyof Attempt]?: unknown }
  return (
    typeof began === 'string' &&
    !Number.isNaN(Date.parse(began)) &&
    (ended === null || typeof ended === 'string') &&
    typeof outcome === 'string' &&
    (runId === null || typeof runId === 'string')
  )
}
