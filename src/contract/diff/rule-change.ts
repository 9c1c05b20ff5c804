import { canonicalJson } from '../../model/canonical-json.js'
import { type Bound, columnName, type Rule, type RuleKind, ruleColumn } from '../../model/rule.js'
import type { Change, ChangeKind, Party } from './change.js'
import { matchRules } from './rule-match.js'
import { bodyText, type Strictness, strictness } from './strictness.js'

/** Rules that programs count on: without them they meet nulls, doubles, and keys of nothing. */
const PROMISES: readonly RuleKind[] = ['type', 'required', 'notEmpty', 'notMissing', 'unique', 'foreignKey', 'anyOf']

/** Rules added, removed, tightened, loosened, or told about otherwise. */
export function ruleChanges(before: readonly Rule[], after: readonly Rule[]): readonly Change[] {
  const { pairs, removed, added } = matchRules(before, after)
  return [
    ...removed.map(removedChange),
    ...pairs.flatMap(([old, now]) => pairChanges(old, now)),
    ...added.map(addedChange),
  ]
}

function addedChange(rule: Rule): Change {
  const breaks: Party[] = fails(rule) ? ['writers'] : []
  const why = breaks.length > 0 ? 'documents that do not satisfy it fail now' : 'it is told, and fails nothing'
  return { kind: 'ruleAdded', subject: rule.id, breaks, text: `added (${ruleText(rule)}): ${why}` }
}

function removedChange(rule: Rule): Change {
  const breaks: Party[] = fails(rule) && PROMISES.includes(rule.kind) ? ['readers'] : []
  const why = breaks.length > 0 ? 'readers can no longer count on it' : 'less is checked'
  return { kind: 'ruleRemoved', subject: rule.id, breaks, text: `removed (${ruleText(rule)}): ${why}` }
}

function fails({ severity }: Rule): boolean {
  return severity === 'error'
}

function pairChanges(old: Rule, now: Rule): readonly Change[] {
  return [...strictnessChange(old, now), ...severityChange(old, now), ...toldChange(old, now)]
}

const KINDS: Readonly<Record<Exclude<Strictness, 'same'>, ChangeKind>> = {
  tighter: 'ruleTightened',
  looser: 'ruleLoosened',
  different: 'ruleChanged',
}

function strictnessChange(old: Rule, now: Rule): readonly Change[] {
  // What a column is of is told as the change of its type.
  const comparable = old.kind === 'type' && now.kind === 'type' ? { ...old, expected: now.expected } : old
  const how = strictness(comparable, now)
  if (how === 'same') return []
  const writers = how !== 'looser' && fails(now)
  const readers = how !== 'tighter' && fails(old) && PROMISES.includes(old.kind)
  const breaks: Party[] = [...(writers ? ['writers' as const] : []), ...(readers ? ['readers' as const] : [])]
  return [
    { kind: KINDS[how], subject: now.id, breaks, text: `${demandChange(old, now)}: ${whyText(how, breaks, now)}` },
  ]
}

function whyText(how: Strictness, breaks: readonly Party[], { kind }: Rule): string {
  const told = breaks.map(party =>
    party === 'writers' ? 'documents that were fine may fail' : 'readers can count on less',
  )
  if (told.length > 0) return told.join(', and ')
  if (how === 'looser') return kind === 'enum' ? 'readers may meet other values' : 'what was fine stays fine'
  return 'it is told, and fails nothing'
}

function severityChange(old: Rule, now: Rule): readonly Change[] {
  if (old.severity === now.severity) return []
  const breaks: Party[] = fails(now) ? ['writers'] : fails(old) && PROMISES.includes(old.kind) ? ['readers'] : []
  const why = fails(now) ? 'what was told fails now' : fails(old) ? 'it fails nothing now' : 'neither fails anything'
  const text = `severity ${old.severity} becomes ${now.severity}: ${why}`
  return [{ kind: 'severityChanged', subject: now.id, breaks, text }]
}

function toldChange(old: Rule, now: Rule): readonly Change[] {
  const told = (what: string): Change => ({ kind: 'description', subject: now.id, breaks: [], text: what })
  return [
    ...(old.id === now.id ? [] : [told(`was called ${old.id}`)]),
    // A message of our own making follows from the rule.
    ...(old.message === now.message || bodyText(old) !== bodyText(now) ? [] : [told('another message')]),
    ...(old.description === now.description ? [] : [told('another description')]),
  ]
}

/** What is different of the two demands, the old one first. */
function demandChange(old: Rule, now: Rule): string {
  const [before, after] = [ruleText(old), ruleText(now)]
  if (before !== after) return `${before} becomes ${after}`
  return canonicalJson(old.where ?? null) === canonicalJson(now.where ?? null)
    ? 'another demand'
    : 'is about other documents'
}

const MAX_LISTED = 8
const MAX_TEXT = 80

/** `maxLength 300 of title, 2% may violate it`. */
export function ruleText(rule: Rule): string {
  const column = ruleColumn(rule)
  const demand = demandText(rule)
  const about = column === '' ? '' : ` of ${column}`
  return `${rule.kind}${demand === '' ? '' : ` ${demand}`}${about}${toleranceText(rule)}`
}

function toleranceText({ threshold, thresholdExclusive, maxViolated }: Rule): string {
  if (maxViolated !== undefined) return `, ${maxViolated} may violate it`
  if (threshold === 1) return ''
  return `, ${thresholdExclusive ? 'less than ' : ''}${Number(((1 - threshold) * 100).toFixed(9))}% may violate it`
}

function demandText(rule: Rule): string {
  switch (rule.kind) {
    case 'minimum':
    case 'maximum':
      return `${boundText(rule.bound)}${rule.exclusive ? ', itself left out,' : ''}`
    case 'minLength':
    case 'maxLength':
    case 'minItems':
    case 'maxItems':
    case 'multipleOf':
      return String(rule.bound)
    case 'pattern':
      return cut(rule.pattern)
    case 'enum':
    case 'notMissing':
      return listText(rule.values.map(value => JSON.stringify(value)))
    case 'rowCount':
      return `${rule.min ?? 0} to ${rule.max ?? 'any number'}`
    case 'rowCountChange':
      return `down ${share(rule.maxDecrease)}, up ${share(rule.maxIncrease)}`
    case 'freshness':
      return `${rule.seconds} s`
    case 'foreignKey':
      return `to ${rule.dataset}.${rule.to.map(columnName).join(', ')}`
    case 'compare':
      return rule.operator
    case 'condition':
    case 'sql':
      return cut(
        Object.entries(rule.sql)
          .map(([dialect, sql]) => `${dialect}: ${sql}`)
          .join('; '),
      )
    default:
      return ''
  }
}

function boundText(bound: Bound): string {
  return String(bound)
}

function share(value: number | undefined): string {
  return value === undefined ? 'any' : `${Number((value * 100).toFixed(9))}%`
}

function listText(values: readonly string[]): string {
  const shown = values.slice(0, MAX_LISTED).map(cut).join(', ')
  return values.length > MAX_LISTED ? `(${values.length}) ${shown}, …` : shown
}

function cut(text: string): string {
  const signs = [...text.replaceAll(/\s+/g, ' ')]
  return signs.length > MAX_TEXT ? `${signs.slice(0, MAX_TEXT).join('')}…` : signs.join('')
}
