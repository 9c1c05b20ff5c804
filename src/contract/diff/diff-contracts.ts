import type { Contract } from '../../model/contract.js'
import { durationText } from '../../model/duration.js'
import { columnName } from '../../model/rule.js'
import type { Change, Verdict } from './change.js'
import { ruleChanges } from './rule-change.js'
import { columnChanges } from './type-change.js'
import { type VersionAdvice, versionAdvice } from './version-advice.js'

export interface ContractDifference {
  /** `breaking` as soon as one change breaks somebody. `identical`: nothing that means anything is different. */
  readonly verdict: Verdict
  /** Columns first, then rules, then the rest. */
  readonly changes: readonly Change[]
  readonly version: VersionAdvice
}

/**
 * What the second contract demands and promises that the first does not, and for whom that breaks something: for writers
 * of documents, when one that was fine may fail; for readers of the lake, when they may meet what they could not before.
 */
export function diffContracts(before: Contract, after: Contract): ContractDifference {
  const changes = [
    ...columnChanges(before.columns, after.columns),
    ...keyChange(before, after),
    ...ruleChanges(before.rules, after.rules),
    ...freshnessChange(before.freshnessSeconds, after.freshnessSeconds),
    ...describedChanges(before, after),
  ]
  const verdict =
    changes.length === 0 ? 'identical' : changes.some(({ breaks }) => breaks.length > 0) ? 'breaking' : 'compatible'
  const onlyTold = changes.every(({ kind }) => kind === 'description' || kind === 'orderChanged')
  return { verdict, changes, version: versionAdvice(before.version, after.version, verdict, onlyTold) }
}

function keyChange({ keyColumns: before }: Contract, { keyColumns: after }: Contract): readonly Change[] {
  const [old, now] = [before, after].map(columns => columns.map(columnName).join(', ') || '_id alone')
  if (old === now) return []
  const text = `the primary key ${old} becomes ${now}: readers join and compare by it`
  return [{ kind: 'keyChanged', subject: 'contract', breaks: ['readers'], text }]
}

function freshnessChange(before: number | undefined, after: number | undefined): readonly Change[] {
  if (before === after) return []
  const [old, now] = [before, after].map(seconds => (seconds === undefined ? 'no promise' : durationText(seconds)))
  const sooner = before === undefined || (after !== undefined && after < before)
  const why = sooner ? 'runs have to come sooner' : 'readers may meet older data'
  return [
    {
      ...{ kind: 'freshnessChanged', subject: 'contract', breaks: [sooner ? 'writers' : 'readers'] },
      text: `freshness ${old} becomes ${now}: ${why}`,
    },
  ]
}

function describedChanges(before: Contract, after: Contract): readonly Change[] {
  const told = (subject: string, text: string): Change => ({ kind: 'description', subject, breaks: [], text })
  const changes: Change[] = []
  for (const key of ['id', 'name'] as const)
    if (before[key] !== after[key]) changes.push(told('contract', `${key} ${before[key]} becomes ${after[key]}`))
  if (before.description !== after.description) changes.push(told('contract', 'another description'))
  for (const column of new Set([...Object.keys(before.notes), ...Object.keys(after.notes)]))
    if (before.notes[column] !== after.notes[column]) changes.push(told(column, 'another description'))
  return changes
}
