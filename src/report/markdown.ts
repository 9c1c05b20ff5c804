import type { Anomaly } from '../model/anomalies.js'
import type { RuleResult, Violation } from '../model/result.js'
import { anomaliesLead, anomalySubject, bandText, measureText } from './anomaly-text.js'
import { formatCount, formatInstant, formatShare } from './figures.js'
import { code, prose, tableRow } from './markdown-text.js'
import type { ReportInput } from './report-input.js'
import { samplesOf } from './samples.js'
import {
  changeSince,
  describeVerdict,
  isDatasetRule,
  observedText,
  rulesByUrgency,
  verdictSentences,
} from './verdict.js'
import { cutText } from './visible-text.js'

const SIGNS = { pass: '✅', warn: '⚠️', fail: '❌' } as const

/** Examples of one rule in its cell. */
const SHOWN_SAMPLES = 3
/** Code points of a value in its cell. */
const VALUE_WIDTH = 60
/** Code points of a sentence of ours, in which there may be names of others. */
const LONG = 600
/** Rows of what stands out. */
const SHOWN_ANOMALIES = 12

/**
 * GitHub-flavoured Markdown for a pull request or a chat: the verdict, the rules that are broken with examples, the
 * rest folded away. Text of documents and contracts cannot become markup, a link, a mention or a table's edge.
 */
export function renderMarkdown(input: ReportInput): string {
  const { result, manifest, execution, history } = input
  const verdict = describeVerdict(input)
  const rules = rulesByUrgency(result.rules)
  const broken = rules.filter(rule => rule.violated > 0 || rule.status === 'fail')
  const kept = rules.filter(rule => !broken.includes(rule))
  const parts = [
    `## ${SIGNS[verdict.tone]} ${prose(verdict.title)}`,
    verdictSentences(verdict)
      .map((sentence, index) => (index === 0 ? `**${prose(sentence)}**` : prose(sentence)))
      .join(' '),
  ]
  for (const { outcome, reason, next } of verdict.gate) {
    parts.push(`> **${outcome}**: ${prose(reason, LONG)}. Next: ${prose(next, LONG)}.`)
  }
  if (broken.length > 0) parts.push(brokenTable(broken, input, history.length > 0))
  if (kept.length > 0) parts.push(keptTable(kept))
  if (input.anomalies?.status === 'attention') {
    parts.push(unusualTable(input.anomalies.anomalies), prose(anomaliesLead(input.anomalies), LONG))
  }
  const guarantee = manifest.guarantee.kind === 'snapshot' ? 'one point in time' : 'majority, not one point in time'
  const source = `${manifest.source.database}.${manifest.source.collection}`
  parts.push(
    [
      `Run ${code(result.runId)} of ${code(source)}`,
      `exported ${formatInstant(manifest.startedAt)} (${guarantee})`,
      `contract ${code(`${result.contract.id} ${result.contract.version}`)}`,
      `inspected by ${prose(`${execution.engine} ${execution.engineVersion}`)}`,
      `${prose(input.generatedBy)}`,
    ].join(' · '),
  )
  return `${parts.join('\n\n')}\n`
}

function brokenTable(rules: readonly RuleResult[], input: ReportInput, compared: boolean): string {
  const previous = input.history.at(-1)
  const rows = rules.map(rule => [
    rule.status === 'fail' ? rule.severity : 'tolerated',
    `${prose(`${rule.message}${observedText(rule)}`)}<br>${code(rule.id)}`,
    isDatasetRule(rule) ? '' : code(rule.column),
    isDatasetRule(rule) ? '' : formatCount(rule.violated),
    isDatasetRule(rule) ? '' : formatShare(rule.violated, rule.checked),
    ...(compared ? [changeSince(previous, rule) ?? ''] : []),
    samplesOf(rule, input.samples).slice(0, SHOWN_SAMPLES).map(sampleText).join('<br>'),
  ])
  const heads = ['', 'Rule', 'Column', 'Violated', 'Share', ...(compared ? ['Change'] : []), 'For example']
  const sides = ['---', '---', '---', '---:', '---:', ...(compared ? ['---:'] : []), '---']
  return [heads, sides, ...rows].map(tableRow).join('\n')
}

function unusualTable(anomalies: readonly Anomaly[]): string {
  const rows = anomalies
    .slice(0, SHOWN_ANOMALIES)
    .map(anomaly => [
      prose(anomalySubject(anomaly)),
      measureText(anomaly.measure, anomaly.value),
      bandText(anomaly),
      formatCount(anomaly.z),
    ])
  return [['Unusual', 'This run', 'To be expected', 'z'], ['---', '---:', '---:', '---:'], ...rows]
    .map(tableRow)
    .join('\n')
}

function sampleText({ _id, value }: Violation): string {
  return `${code(cutText(_id, VALUE_WIDTH))}: ${value === null ? 'no value' : code(cutText(value, VALUE_WIDTH))}`
}

function keptTable(rules: readonly RuleResult[]): string {
  const rows = rules.map(rule => [prose(rule.message), code(rule.id), formatCount(rule.checked)])
  const table = [['Rule', 'Id', 'Checked'], ['---', '---', '---:'], ...rows].map(tableRow).join('\n')
  const summary = rules.length === 1 ? '1 rule is kept' : `${formatCount(rules.length)} rules are kept`
  return `<details>\n<summary>${summary}</summary>\n\n${table}\n\n</details>`
}
