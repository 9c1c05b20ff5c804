import { randomBytes } from 'node:crypto'
import { LakeferryError } from '../errors.js'

/** Names one run: the UTC instant it was begun, then six hex digits, so that two in one millisecond differ. Sorts by time. */
export type RunId = string

const SHAPE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)\.(\d{3})Z-[0-9a-f]{6}$/

/** @param suffix - six lower-case hex digits; random when left out */
export function newRunId(now: Date, suffix: string = randomBytes(3).toString('hex')): RunId {
  return `${now.toISOString().replaceAll(/[-:]/g, '')}-${suffix}`
}

/**
 * The instant in a run id.
 *
 * @throws {@link LakeferryError} `RUN_ID_INVALID` unless it has the shape `20261122T020000.000Z-1a2b3c` and a real date
 */
export function runIdInstant(runId: RunId): Date {
  const iso = runId.replace(SHAPE, '$1-$2-$3T$4:$5:$6.$7Z')
  const instant = new Date(iso)
  // The round trip refuses 30 February, which Date would quietly make March.
  if (iso === runId || Number.isNaN(instant.getTime()) || instant.toISOString() !== iso.slice(0, 24)) {
    throw new LakeferryError('RUN_ID_INVALID', { runId })
  }
  return instant
}

/** Checks text that came from outside. @throws {@link LakeferryError} `RUN_ID_INVALID` */
export function parseRunId(text: string): RunId {
  runIdInstant(text)
  return text
}
