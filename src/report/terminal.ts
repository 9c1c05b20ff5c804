import type { ResultStatus, RuleResult } from '../model/result.js'
import { anomalySentence } from './anomaly-text.js'
import { formatCount, formatNoun, formatShare } from './figures.js'
import type { ReportInput } from './report-input.js'
import { samplesOf } from './samples.js'
import { cutToWidth, padToWidth, widthOf } from './terminal-width.js'
import { describeVerdict, isDatasetRule, observedText, rulesByUrgency } from './verdict.js'
import { visibleText } from './visible-text.js'

/** How to colour text; picocolors has this shape. Without it nothing is coloured. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
  readonly green: (text: string) => string
}

export interface TerminalOptions {
  readonly paint?: Paint
  /** Columns of the terminal; lines are cut to fit. @defaultValue 100 */
  readonly width?: number
  /** Failing documents shown of each rule. @defaultValue 2 */
  readonly examples?: number
}

/** The result is enough; samples, manifest and history add to it where they are there. */
export type TerminalInput = Pick<ReportInput, 'result'> & Partial<ReportInput>

/** Columns for the `_id` of an example, so that its value is seen too. */
const ID_WIDTH = 40
/** What stands out, at most. */
const SHOWN_ANOMALIES = 5

const PLAIN: Paint = { bold: same, dim: same, red: same, yellow: same, green: same }
const SIGNS: Readonly<Record<ResultStatus, string>> = { pass: '✓', warn: '!', fail: '✗' }

function same(text: string): string {
  return text
}

/**
 * The verdict and what is wrong, in a few lines for a terminal: one line for the verdict, one for each rule that is
 * broken, with its first documents. Text of documents cannot move the cursor or change colours. Ends in a newline.
 */
export function renderTerminal(input: TerminalInput, options: TerminalOptions = {}): string {
  const { paint = PLAIN, width = 100, examples = 2 } = options
  const { result, samples = [], anomalies } = input
  const verdict = describeVerdict(input)
  const colour = statusPaint(paint, verdict.tone)
  const lines = [
    `${colour(paint.bold(SIGNS[verdict.tone]))} ${paint.bold(visibleText(verdict.title))}: ${visibleText(verdict.headline)}`,
    ...[...(verdict.warned === undefined ? [] : [verdict.warned]), ...verdict.remarks].map(
      line => `  ${visibleText(line)}`,
    ),
  ]
  const broken = rulesByUrgency(result.rules).filter(rule => rule.violated > 0 || rule.status === 'fail')
  const idWidth = Math.min(32, Math.floor(width / 3), Math.max(0, ...broken.map(rule => widthOf(visibleText(rule.id)))))
  const countWidth = Math.max(0, ...broken.map(rule => countText(rule).length))
  for (const rule of broken) {
    const [sign, ruleColour] = ruleSign(rule, paint)
    const count = countText(rule).padStart(countWidth)
    const head = `  ${sign} ${padToWidth(visibleText(rule.id), idWidth)}  ${count}  `
    const message = cutToWidth(visibleText(`${rule.message}${observedText(rule)}`), Math.max(8, width - widthOf(head)))
    lines.push(`  ${ruleColour(sign)}${head.slice(2 + sign.length)}${message}`)
    for (const { _id, value } of samplesOf(rule, samples).slice(0, examples)) {
      const example = `      ${cutToWidth(visibleText(_id), ID_WIDTH)}  ${value === null ? 'no value' : visibleText(value)}`
      lines.push(paint.dim(cutToWidth(example, width)))
    }
  }
  const kept = result.rules.length - broken.length
  if (kept > 0) lines.push(paint.dim(`  ${formatNoun(kept, 'rule')} kept${broken.length > 0 ? ' besides' : ''}`))
  for (const { outcome, reason, next } of verdict.gate) {
    lines.push(`  ${paint.red(outcome)}: ${visibleText(reason)}`, paint.dim(`    next: ${visibleText(next)}`))
  }
  const unusual = anomalies?.anomalies ?? []
  for (const anomaly of unusual.slice(0, SHOWN_ANOMALIES)) {
    lines.push(`  ${paint.yellow('attention')}: ${visibleText(anomalySentence(anomaly))}`)
  }
  if (unusual.length > SHOWN_ANOMALIES)
    lines.push(paint.dim(`  and ${formatNoun(unusual.length - SHOWN_ANOMALIES, 'more measure')} out of the usual`))
  return `${lines.join('\n')}\n`
}

function countText(rule: RuleResult): string {
  if (isDatasetRule(rule)) return 'data set'
  return `${formatCount(rule.violated)} (${formatShare(rule.violated, rule.checked)})`
}

function statusPaint(paint: Paint, status: ResultStatus): (text: string) => string {
  return { pass: paint.green, warn: paint.yellow, fail: paint.red }[status]
}

function ruleSign(rule: RuleResult, paint: Paint): [string, (text: string) => string] {
  if (rule.status === 'pass') return ['·', paint.dim]
  if (rule.severity === 'error') return ['✗', paint.red]
  return rule.severity === 'warning' ? ['!', paint.yellow] : ['i', paint.dim]
}
