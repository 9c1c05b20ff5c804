import type { Contract } from './contract.js'
import { countText, nounText } from './count-text.js'
import { durationText, spanText } from './duration.js'
import type { Manifest } from './manifest.js'
import type { ValidationResult } from './result.js'
import type { Rule } from './rule.js'

/**
 * What a run is good for. `bad`: a rule of severity `error` failed. `empty`: there were no documents. `partial`: some were
 * rejected at the export, so that not all of the collection was held to the rules. `stale`: it is older than promised.
 * `good`: none of it; what only warns is good, too.
 */
export type GateOutcome = 'good' | 'stale' | 'partial' | 'empty' | 'bad'

/** The worst first: of several that hold, the first is the outcome. */
export const GATE_ORDER: readonly ['bad', 'empty', 'partial', 'stale'] = ['bad', 'empty', 'partial', 'stale']

export interface GateReason {
  readonly outcome: Exclude<GateOutcome, 'good'>
  /** A sentence without its full stop. */
  readonly reason: string
  /** The next thing to do. */
  readonly next: string
}

export interface Gate {
  readonly outcome: GateOutcome
  /** Everything that holds, the worst first; none when it is good. */
  readonly reasons: readonly GateReason[]
}

export interface GateQuestion {
  readonly manifest: Pick<Manifest, 'dataset' | 'runId' | 'documents' | 'rejects'>
  readonly result: Pick<ValidationResult, 'rules'>
  /** The contract that the run was held to, where it is at hand: it may allow that there are no documents. */
  readonly contract: Pick<Contract, 'rules'> | undefined
  /** Documents that may be rejected before the run counts as partial. @defaultValue 0 */
  readonly allowedRejects?: number
  /** Only of a dataset's newest run: an older one is older than promised by its nature. Both in seconds, the age with its fraction. */
  readonly age?: { readonly seconds: number; readonly promised: number; readonly promisedBy: string }
}

/** Ids of failed rules that are told before the rest is only counted. */
const MAX_TOLD_RULES = 5

/** The one place that decides what a run is good for; docs/cli.md has the same as a table. */
export function judge(question: GateQuestion): Gate {
  const found = { bad: bad(question), empty: empty(question), partial: partial(question), stale: stale(question) }
  const reasons = GATE_ORDER.flatMap(outcome => {
    const told = found[outcome]
    return told === undefined ? [] : [{ outcome, ...told }]
  })
  return { outcome: reasons[0]?.outcome ?? 'good', reasons }
}

type Told = Omit<GateReason, 'outcome'> | undefined

function bad({ result, manifest: { dataset, runId } }: GateQuestion): Told {
  const failed = result.rules.filter(rule => rule.status === 'fail' && rule.severity === 'error')
  if (failed.length === 0) return undefined
  const ids = failed.slice(0, MAX_TOLD_RULES).map(rule => rule.id)
  const more = failed.length > ids.length ? ` and ${failed.length - ids.length} more` : ''
  return {
    reason: `${nounText(failed.length, 'rule')} of severity error failed: ${ids.join(', ')}${more}`,
    next: `lakeferry report ${dataset} --run ${runId} --format html shows the documents`,
  }
}

function empty({ manifest, contract }: GateQuestion): Told {
  if (manifest.documents > 0) return undefined
  const allowed = contract?.rules.some(allowsNone) ?? false
  if (allowed) return undefined
  return {
    reason: 'there were no documents, so nothing was held to the rules',
    next: 'look at the collection and the filter; where none is right, say so in the contract: rowCount, mustBeGreaterOrEqualTo: 0',
  }
}

/** Only in so many words: a contract that gives no least number may just not have thought of it. */
function allowsNone(rule: Rule): boolean {
  return rule.kind === 'rowCount' && rule.min === 0 && rule.where === undefined
}

function partial({ manifest, allowedRejects = 0 }: GateQuestion): Told {
  const { documents, rejects } = manifest
  if (rejects.documents <= allowedRejects) return undefined
  const held = documents - rejects.documents
  const allowed = allowedRejects > 0 ? `, and ${countText(allowedRejects)} may be` : ''
  return {
    reason: `${countText(rejects.documents)} of ${nounText(documents, 'document')} ${rejects.documents === 1 ? 'was' : 'were'} rejected at the export, so that only ${countText(held)} ${held === 1 ? 'was' : 'were'} held to the rules${allowed}`,
    next: `${rejects.keys[0] ?? '_rejects/'} has their bytes and the reasons; mend them in the collection, or allow so many: datasets.${manifest.dataset}.allowedRejects`,
  }
}

function stale({ age, manifest: { dataset } }: GateQuestion): Told {
  // Up to and including the promised age is fresh.
  if (age === undefined || age.seconds <= age.promised) return undefined
  return {
    reason: `its data are ${spanText(age.seconds)} old, and ${age.promisedBy} promises ${durationText(age.promised)}`,
    next: `lakeferry run ${dataset}, and see what keeps the schedule from it: lakeferry status ${dataset}`,
  }
}
