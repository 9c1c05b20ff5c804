import type { Gate, GateReason } from '../model/gate.js'
import type { ResultStatus, RuleResult } from '../model/result.js'
import { DATASET_KINDS, type Severity } from '../model/rule.js'
import { formatCount, formatDelta, formatNoun, formatShare } from './figures.js'
import type { HistoryPoint, ReportInput } from './report-input.js'

/** What every format says first. */
export interface Verdict {
  readonly status: ResultStatus
  /** How to show it: the status, except that what is empty, partial or stale never looks good. */
  readonly tone: ResultStatus
  /** `passes`, `passes with warnings`, `fails`, `passes, but is empty`. */
  readonly word: string
  /** `papers fails its contract` */
  readonly title: string
  /** A whole sentence: how many documents, what of them. */
  readonly headline: string
  /** Documents that break only rules below `error`, when there are any. */
  readonly warned?: string
  /** What else must not be missed: rules about the data set, documents set aside. */
  readonly remarks: readonly string[]
  /** Every document of the parts is in exactly one of these. */
  readonly split: { readonly failing: number; readonly warned: number; readonly clean: number }
  readonly rulesPassed: number
  /** Why it is not good, beside the rules that failed: those are told one by one. */
  readonly gate: readonly GateReason[]
}

export const STATUS_WORDS: Readonly<Record<ResultStatus, string>> = {
  pass: 'passes',
  warn: 'passes with warnings',
  fail: 'fails',
}

export function describeVerdict({
  result,
  manifest,
  gate,
}: Pick<ReportInput, 'result'> & Partial<ReportInput>): Verdict {
  const { status, documents, failingDocuments, rules } = result
  const split = {
    failing: failingDocuments.error,
    warned: failingDocuments.any - failingDocuments.error,
    clean: documents - failingDocuments.any,
  }
  const but = gateWord(gate) ?? (gate === undefined && documents === 0 && status === 'pass' ? 'empty' : undefined)
  const except = but === undefined || status === 'fail' ? '' : `, but is ${but}`
  const title = {
    pass: `${result.dataset} keeps its contract${except}`,
    warn: `${result.dataset} passes with warnings${except}`,
    fail: `${result.dataset} fails its contract`,
  }[status]
  const remarks: string[] = []
  const dataset = rules.filter(rule => rule.status === 'fail' && isDatasetRule(rule))
  if (dataset.length > 0) remarks.push(`The data set as a whole: ${dataset.map(rule => rule.message).join('; ')}.`)
  const rejected = manifest?.rejects.documents ?? 0
  // The gate says it better.
  if (rejected > 0 && gate?.reasons.some(reason => reason.outcome === 'partial') !== true) {
    const are = rejected === 1 ? 'is' : 'are'
    remarks.push(`${formatNoun(rejected, 'more document')} could not be carried faithfully and ${are} set aside.`)
  }
  const rulesPassed = rules.filter(rule => rule.status === 'pass').length
  return {
    status,
    tone: toneOf(status, gate, but),
    word: `${STATUS_WORDS[status]}${except}`,
    title,
    headline: documents === 0 ? emptySentence(result.dataset) : documentsSentence(documents, split, rules),
    ...(split.warned > 0 ? { warned: warnedSentence(split, mildWord(rules)) } : {}),
    remarks,
    split,
    rulesPassed,
    gate: gate?.reasons.filter(reason => reason.outcome !== 'bad') ?? [],
  }
}

/** The worst of what the gate found beside the rules. */
function gateWord(gate: Gate | undefined): string | undefined {
  return gate?.reasons.find(reason => reason.outcome !== 'bad')?.outcome
}

function toneOf(status: ResultStatus, gate: Gate | undefined, but: string | undefined): ResultStatus {
  if (status === 'fail' || gate?.outcome === 'empty' || gate?.outcome === 'partial') return 'fail'
  return but === undefined ? status : 'warn'
}

function emptySentence(dataset: string): string {
  return `The collection of ${dataset} was empty: 0 documents were exported, so the rules about documents had nothing to check.`
}

function documentsSentence(documents: number, split: Verdict['split'], rules: readonly RuleResult[]): string {
  const { failing, warned } = split
  if (failing === 0) {
    if (warned === 0)
      return documents === 1
        ? 'The one document keeps every rule.'
        : `All ${formatCount(documents)} documents keep every rule.`
    return `None of ${formatNoun(documents, 'document')} breaks the contract.`
  }
  const share = `${formatCount(failing)} of ${formatNoun(documents, 'document')} (${formatShare(failing, documents)})`
  const breaks = failing === 1 ? 'breaks' : 'break'
  const failed = rules.filter(rule => rule.status === 'fail' && rule.severity === 'error' && !isDatasetRule(rule))
  // Broken, and yet no rule failed: each rule tolerates some.
  if (failed.length === 0) return `${share} ${breaks} a rule, within what the contract tolerates.`
  return `${share} ${breaks} the contract.`
}

function warnedSentence({ failing, warned }: Verdict['split'], mild: string): string {
  const breaks = warned === 1 ? 'breaks' : 'break'
  if (failing === 0) return `${formatCount(warned)} of them ${breaks} a rule that only ${mild}.`
  return `${formatCount(warned)} more ${breaks} only a rule that ${mild}.`
}

/** What the broken rules below `error` do. */
function mildWord(rules: readonly RuleResult[]): string {
  const broken = (severity: Severity): boolean => rules.some(rule => rule.severity === severity && rule.violated > 0)
  if (!broken('info')) return 'warns'
  return broken('warning') ? 'warns or informs' : 'informs'
}

/** About the data set, so there is one thing to check and no document to show. */
export function isDatasetRule(rule: RuleResult): boolean {
  return (DATASET_KINDS as readonly string[]).includes(rule.kind)
}

/** `20 of 1,000 documents` or, for a rule about the data set, its message alone. */
export function violatedText(rule: RuleResult): string {
  if (isDatasetRule(rule)) return rule.violated > 0 ? `the data set${observedText(rule)}` : 'nothing'
  return `${formatCount(rule.violated)} of ${formatNoun(rule.checked, 'document')} (${formatShare(rule.violated, rule.checked)})`
}

/** ` (found: 8623)`, where a rule about the data set tells what it found. */
export function observedText({ observed }: RuleResult): string {
  return observed === undefined ? '' : ` (found: ${observed})`
}

/** What the contract tolerates of a rule: `must hold for 95.0% or more`; undefined when nothing. */
export function toleranceText(rule: RuleResult): string | undefined {
  if (rule.maxViolated !== undefined) return `up to ${formatNoun(rule.maxViolated, 'document')} may break it`
  if (rule.threshold >= 1) return undefined
  const share = formatShare(rule.threshold, 1)
  return rule.thresholdExclusive ? `must hold for more than ${share}` : `must hold for ${share} or more`
}

const SEVERITY_ORDER = { error: 0, warning: 1, info: 2 } as const

/** What needs a person first: failed before tolerated before kept, errors before warnings, many before few. */
export function rulesByUrgency(rules: readonly RuleResult[]): RuleResult[] {
  const rank = (rule: RuleResult): number =>
    rule.status === 'fail' ? SEVERITY_ORDER[rule.severity] : rule.violated > 0 ? 3 : 4
  // Array.sort is stable: rules that are equal here stay in the contract's order.
  return [...rules].sort((a, b) => rank(a) - rank(b) || b.violated - a.violated)
}

/** How a rule's count moved since the run before; undefined when there is nothing to compare with. */
export function changeSince(previous: HistoryPoint | undefined, rule: RuleResult): string | undefined {
  if (previous === undefined) return undefined
  const before = Object.hasOwn(previous.ruleViolated, rule.id) ? previous.ruleViolated[rule.id] : undefined
  return before === undefined ? 'new rule' : formatDelta(rule.violated - before)
}

/** The headline, what only warns, and the remarks: for formats that have no picture of the documents. */
export function verdictSentences({ headline, warned, remarks }: Verdict): string[] {
  return [headline, ...(warned === undefined ? [] : [warned]), ...remarks]
}
