import type { Draft } from './draft.js'
import type { Finding } from './finding.js'

/** Whether the lake answers. That it does not is no riddle: it is a finding of its own. */
export function lakeCheck(probe: Finding<unknown>, url: string): Draft {
  const about = { kind: 'lake', subject: '', severity: 'critical', look: 'lakeferry doctor' } as const
  const promised = `the lake answers (${url})`
  return probe.known
    ? { ...about, promised, state: 'fine', seen: 'it answers' }
    : { ...about, promised, state: 'wrong', seen: `${probe.code}: ${probe.why}` }
}

/** The same of MongoDB, or of the backup that is exported. */
export function sourceCheck(health: Finding<unknown>, server: string): Draft {
  const about = { kind: 'source', subject: '', severity: 'critical', look: 'lakeferry doctor' } as const
  const promised = `the source answers (${server})`
  return health.known
    ? { ...about, promised, state: 'fine', seen: 'it answers' }
    : { ...about, promised, state: 'wrong', seen: `${health.code}: ${health.why}` }
}
