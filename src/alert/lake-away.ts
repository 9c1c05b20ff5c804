import { type Check, checkId, type Observation } from '../model/check.js'

/** What the lake has to say about, and what tells of it by itself. */
const OF_ITSELF = new Set<Check['kind']>(['lake', 'source', 'channel'])

/** Whether the lake was looked at and cannot be relied on. */
export function isLakeAway({ checks }: Observation): boolean {
  const lake = checks.find(({ kind }) => kind === 'lake')
  return lake !== undefined && lake.state !== 'fine'
}

/**
 * The observation as it is when the state on the lake cannot be had: the lake is wrong, if only for that, and everything that is
 * known from it is its effect.
 *
 * @param reason - why it cannot be had
 */
export function withLakeAway({ at, checks }: Observation, reason: string): Observation {
  const known = checks.find(({ kind, state }) => kind === 'lake' && (state === 'wrong' || state === 'unknown'))
  const lake: Check = known ?? {
    ...{ kind: 'lake', subject: '', state: 'wrong', severity: 'critical', look: 'lakeferry doctor' },
    promised: 'can be reached, read and written',
    seen: reason,
  }
  const others = checks.filter(({ kind }) => kind !== 'lake')
  return { at, checks: [lake, ...others.map(check => (OF_ITSELF.has(check.kind) ? check : blamed(check, lake)))] }
}

function blamed(check: Check, lake: Check): Check {
  return check.state === 'fine' ? check : { ...check, cause: checkId(lake) }
}
