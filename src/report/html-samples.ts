import type { RuleResult, Violation } from '../model/result.js'
import { formatCount } from './figures.js'
import { html, type Markup } from './html-markup.js'
import { anchorOf, ruleState } from './html-rules.js'
import type { ReportInput } from './report-input.js'
import { samplesOf } from './samples.js'
import { isDatasetRule, rulesByUrgency, violatedText } from './verdict.js'
import { visibleText } from './visible-text.js'

/** For each rule that documents break: the first few of them, and where all of them are. */
export function samplesSection(input: ReportInput): Markup | false {
  const rules = rulesByUrgency(input.result.rules).filter(rule => rule.violated > 0 && !isDatasetRule(rule))
  if (rules.length === 0) return false
  const { keys } = input.result.violations
  return html`<section aria-labelledby="documents">
<h2 id="documents">Documents that break a rule</h2>
<p class="lead">The first few of each rule.${keys.length > 0 && html` All ${formatCount(input.result.violations.count)}, with the reason of each, are in <span class="mono">${keys[0]}</span>${keys.length > 1 && ` and ${formatCount(keys.length - 1)} more`}.`}</p>
${rules.map(rule => ruleSamples(rule, input))}
</section>`
}

function ruleSamples(rule: RuleResult, input: ReportInput): Markup {
  const samples = samplesOf(rule, input.samples)
  const rest = rule.violated - samples.length
  const note = Object.hasOwn(input.contractNotes, rule.column) ? input.contractNotes[rule.column] : undefined
  // The reason is the rule's message as a rule: worth a column only where it says more.
  const reasons = samples.some(sample => sample.reason !== rule.message)
  return html`<details class="samples ${ruleState(rule)}" id="${anchorOf(rule, input)}" open>
<summary><h3>${rule.message}</h3> <span class="mono">${rule.id}</span> <span class="count">${violatedText(rule)}</span></summary>
${rule.description !== undefined && html`<p class="note">${rule.description}</p>`}
${note !== undefined && html`<p class="note">The contract on <span class="mono">${rule.column}</span>: ${note}</p>`}
${
  samples.length > 0 &&
  html`<table class="cards values" role="table">
<caption class="sr">Documents with: ${rule.message}</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">_id</th><th scope="col" role="columnheader">Value of ${rule.column}</th>${reasons && html`<th scope="col" role="columnheader">Reason</th>`}</tr></thead>
<tbody role="rowgroup">
${samples.map(sample => sampleRow(sample, reasons))}</tbody>
</table>`
}
${rest > 0 && html`<p class="rest">and ${formatCount(rest)} more</p>`}
</details>
`
}

function sampleRow(sample: Violation, reasons: boolean): Markup {
  const value =
    sample.value === null ? html`<i class="quiet">no value</i>` : html`<bdi>${visibleText(sample.value)}</bdi>`
  return html`<tr role="row"><th role="rowheader" scope="row" class="mono id"><bdi>${visibleText(sample._id)}</bdi></th><td role="cell" class="mono value">${value}</td>${reasons && html`<td role="cell">${visibleText(sample.reason)}</td>`}</tr>
`
}
