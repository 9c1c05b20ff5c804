import type { GateReason } from '../model/gate.js'
import type { RuleResult } from '../model/result.js'
import { anomalySentence } from './anomaly-text.js'
import type { ReportInput } from './report-input.js'
import { samplesOf } from './samples.js'
import { describeVerdict, isDatasetRule, toleranceText, verdictSentences, violatedText } from './verdict.js'
import { visibleText } from './visible-text.js'

/**
 * JUnit XML as CI systems read it: one `testsuite` for the dataset, one `testcase` for each rule in the contract's
 * order.
 *
 * - A rule of severity `error` that failed is a `failure`, with the first failing documents in its text.
 * - A failed `warning` is `skipped`, with the same text: every CI system shows that as neither passed nor failed, and
 *   it does not break the build, as a warning does not break the contract.
 * - What keeps the run from being good beside the rules (empty, partial, stale) is a `testcase` and a `failure` each,
 *   `gate.partial`: a build must not be green where the exit code is not 0.
 * - A failed `info`, and whatever the contract tolerates, passed; `system-out` tells of it.
 *
 * Format: the schema of Apache Ant's JUnit task as Jenkins and GitLab extend it (`skipped/@message`, `testsuites`).
 */
export function renderJunit(input: ReportInput): string {
  const { result, manifest, execution } = input
  const verdict = describeVerdict(input)
  const failures = result.rules.filter(isFailure).length + verdict.gate.length
  const skipped = result.rules.filter(isSkipped).length
  const counts = `tests="${result.rules.length + verdict.gate.length}" failures="${failures}" errors="0" time="${seconds(execution.seconds)}"`
  const properties: [string, string][] = [
    ['run', result.runId],
    ['status', result.status],
    ['contract', `${result.contract.id} ${result.contract.version}`],
    ['contract.fingerprint', result.contract.fingerprint],
    ['documents', String(result.documents)],
    ['documents.failing', String(result.failingDocuments.error)],
    ['digest', manifest.digest],
    ['guarantee', manifest.guarantee.kind],
    ['engine', `${execution.engine} ${execution.engineVersion}`],
    ['generatedBy', input.generatedBy],
  ]
  if (input.gate !== undefined) properties.push(['gate', input.gate.outcome])
  const unusual = (input.anomalies?.anomalies ?? []).map(anomaly => `Unusual: ${anomalySentence(anomaly)}.`)
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="lakeferry" ${counts}>`,
    `  <testsuite name="${attribute(result.dataset)}" id="0" timestamp="${attribute(timestamp(execution.startedAt))}" hostname="${attribute(execution.host)}" ${counts} skipped="${skipped}">`,
    '    <properties>',
    ...properties.map(([name, value]) => `      <property name="${name}" value="${attribute(value)}"/>`),
    '    </properties>',
    ...result.rules.map(rule => testcase(rule, input)),
    ...verdict.gate.map(reason => gateCase(reason, result.dataset)),
    `    <system-out>${text([...verdictSentences(verdict), ...unusual].join('\n'))}</system-out>`,
    '  </testsuite>',
    '</testsuites>',
    '',
  ]
  return lines.join('\n')
}

function isFailure(rule: RuleResult): boolean {
  return rule.status === 'fail' && rule.severity === 'error'
}

function isSkipped(rule: RuleResult): boolean {
  return rule.status === 'fail' && rule.severity === 'warning'
}

function testcase(rule: RuleResult, input: ReportInput): string {
  const open = `    <testcase classname="${attribute(input.result.dataset)}" name="${attribute(rule.id)}" time="0"`
  if (rule.violated === 0 && rule.status === 'pass') return `${open}/>`
  const message = attribute(`${rule.message}: ${violatedText(rule)}`)
  const body = text(explain(rule, input))
  if (isFailure(rule))
    return `${open}>\n      <failure type="${rule.kind}" message="${message}">${body}</failure>\n    </testcase>`
  if (isSkipped(rule))
    return `${open}>\n      <skipped message="warning: ${message}">${body}</skipped>\n    </testcase>`
  return `${open}>\n      <system-out>${body}</system-out>\n    </testcase>`
}

function gateCase({ outcome, reason, next }: GateReason, dataset: string): string {
  const open = `    <testcase classname="${attribute(dataset)}" name="gate.${outcome}" time="0">`
  return `${open}\n      <failure type="${outcome}" message="${attribute(reason)}">${text(`${reason}.\nNext: ${next}.`)}</failure>\n    </testcase>`
}

function explain(rule: RuleResult, { samples, result }: ReportInput): string {
  const subject = rule.column === '' ? '' : ` Column: ${visibleText(rule.column)}.`
  const tolerance = toleranceText(rule)
  const tolerated = tolerance === undefined ? '' : ` Tolerance: ${tolerance}.`
  const lines = [`${visibleText(rule.message)}: ${violatedText(rule)}.${subject}${tolerated}`]
  if (rule.where !== undefined) lines.push(`Only documents where ${visibleText(rule.where)}.`)
  if (rule.description !== undefined) lines.push(visibleText(rule.description))
  const shown = samplesOf(rule, samples)
  for (const { _id, value, reason } of shown) {
    const why = reason === rule.message ? '' : ` (${visibleText(reason)})`
    lines.push(`_id ${visibleText(_id)}: ${value === null ? 'no value' : visibleText(value)}${why}`)
  }
  if (!isDatasetRule(rule) && rule.violated > shown.length) {
    const where = result.violations.keys[0]
    lines.push(`and ${rule.violated - shown.length} more${where === undefined ? '' : `, all in ${where}`}`)
  }
  return lines.join('\n')
}

function seconds(value: number): string {
  return value.toFixed(3)
}

/** xs:dateTime without zone and fraction, as the format has it; UTC. */
function timestamp(iso: string): string {
  return iso.replace(/(?:\.\d+)?Z$/, '')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** For a quoted attribute. What XML 1.0 cannot hold, even escaped (U+0000, U+FFFE), was spelled out before. */
function attribute(value: string): string {
  return escapeXml(visibleText(value))
}

/** For an element. Line ends are ours: those of the data were spelled out before. */
function text(value: string): string {
  return value
    .split('\n')
    .map(line => escapeXml(visibleText(line, Number.POSITIVE_INFINITY)))
    .join('\n')
}

function escapeXml(value: string): string {
  return value.replace(/[&<>"']/g, character => ENTITIES[character] ?? '')
}
