import { spanText } from '../model/duration.js'
import type { SourceHealth } from '../ports/source-health.js'
import { type About, cannotTell, type Draft } from './draft.js'
import type { Finding } from './finding.js'

/** How many times as long as the longest export the oplog should reach back: tomorrow's may take longer. */
export const OPLOG_MARGIN = 2

/**
 * Whether the oplog reaches further back than an export takes: what has fallen out of it, nobody can roll back to or catch
 * up with. Undefined where there is no oplog to look at (a backup, a standalone server, a mongos), and as long as nobody
 * knows how long an export takes.
 *
 * @param health - undefined where the source is not asked
 * @param longestSeconds - of the last exports of all datasets
 */
export function oplogCheck(
  health: Finding<SourceHealth> | undefined,
  longestSeconds: number | undefined,
): Draft | undefined {
  if (health === undefined) return undefined
  const least = longestSeconds === undefined ? undefined : Math.ceil(OPLOG_MARGIN * longestSeconds)
  const about: About = {
    kind: 'oplog',
    subject: '',
    severity: 'warning',
    promised:
      least === undefined
        ? 'the oplog reaches further back than an export takes'
        : `the oplog reaches back at least ${spanText(least)}: ${OPLOG_MARGIN} times as long as the longest of the last exports`,
    look: 'mongosh --eval "rs.printReplicationInfo()"',
  }
  if (!health.known) return cannotTell({ ...about, look: 'lakeferry doctor', blames: ['source'] }, health.why)
  const { oplog } = health.value
  switch (oplog.kind) {
    case 'none':
      return undefined
    case 'unknown': {
      const { reason, remedy } = oplog
      return cannotTell(about, remedy === undefined ? reason : `${reason}; ${remedy}`)
    }
    case 'window': {
      if (least === undefined || longestSeconds === undefined) return undefined
      const seen = `it reaches back ${spanText(oplog.seconds)}, to ${oplog.from}`
      if (oplog.whole) return { ...about, state: 'fine', seen: `${seen}, and nothing has fallen out of it yet` }
      if (oplog.seconds >= least) return { ...about, state: 'fine', seen }
      return { ...about, state: 'wrong', severity: oplog.seconds < longestSeconds ? 'critical' : 'warning', seen }
    }
  }
}
