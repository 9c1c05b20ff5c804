import type { RuleResult } from '../model/result.js'
import { formatCount, formatNoun, formatShare } from './figures.js'
import { type Content, html, type Markup } from './html-markup.js'
import type { ReportInput } from './report-input.js'
import { round } from './trend-geometry.js'
import { changeSince, isDatasetRule, rulesByUrgency, toleranceText } from './verdict.js'

/** What a rule's row says of its state. `idle`: no document had anything for it to check. */
type RuleState = 'fails' | 'warns' | 'informs' | 'tolerated' | 'kept' | 'idle'

export function ruleState(rule: RuleResult): RuleState {
  if (rule.status === 'fail') return ({ error: 'fails', warning: 'warns', info: 'informs' } as const)[rule.severity]
  if (rule.violated > 0) return 'tolerated'
  return rule.checked === 0 ? 'idle' : 'kept'
}

export function rulesSection(input: ReportInput): Markup {
  const rules = rulesByUrgency(input.result.rules)
  const broken = rules.filter(rule => rule.status === 'fail').length
  if (rules.length === 0)
    return html`<section aria-labelledby="rules"><h2 id="rules">Rules</h2><p class="lead">The contract has no rules: there was nothing to hold the documents to.</p></section>`
  return html`<section aria-labelledby="rules" class="rules">
<h2 id="rules">Rules</h2>
${
  broken > 0 &&
  broken < rules.length &&
  html`<fieldset class="filter"><legend class="sr">Show</legend>
<label><input type="radio" name="show" value="all" checked> all ${formatCount(rules.length)}</label>
<label><input type="radio" name="show" value="broken"> broken ${formatCount(broken)}</label>
<label><input type="radio" name="show" value="held"> kept ${formatCount(rules.length - broken)}</label>
</fieldset>`
}
<table class="cards sortable" role="table">
<caption class="sr">Every rule of the contract, what needs attention first</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Status</th><th scope="col" role="columnheader">Rule</th><th scope="col" role="columnheader">Column</th><th scope="col" role="columnheader" class="severity">Severity</th><th scope="col" role="columnheader" class="n">Checked</th><th scope="col" role="columnheader" class="n">Violated</th><th scope="col" role="columnheader">Share</th>${input.history.length > 0 && html`<th scope="col" role="columnheader">Earlier runs</th>`}</tr></thead>
<tbody role="rowgroup">
${rules.map((rule, index) => ruleRow(rule, index, input))}</tbody>
</table>
</section>`
}

function ruleRow(rule: RuleResult, index: number, input: ReportInput): Markup {
  const state = ruleState(rule)
  const tolerance = toleranceText(rule)
  const name = html`<b>${rule.message}</b><small class="mono">${rule.id}</small>${rule.where !== undefined && html`<small>${`only where ${rule.where}`}</small>`}${rule.observed !== undefined && html`<small>${`found: ${rule.observed}`}</small>`}${tolerance !== undefined && html`<small>${tolerance}</small>`}`
  const linked = rule.violated > 0 && !isDatasetRule(rule)
  return html`<tr role="row" class="${rule.status === 'fail' ? 'broken' : 'held'}">
<td role="cell" class="status" data-sort="${index}"><span class="pill ${state}">${state}</span></td>
<th role="rowheader" scope="row" class="name">${linked ? html`<a href="#${anchorOf(rule, input)}">${name}</a>` : name}</th>
<td role="cell" class="${rule.column.length > 24 ? 'column mono' : 'column mono whole'}">${rule.column === '' ? html`<i>the data set</i>` : rule.column}</td>
<td role="cell" class="severity" data-sort="${{ error: 0, warning: 1, info: 2 }[rule.severity]}">${rule.severity}</td>
<td role="cell" class="n" data-label="Checked" data-sort="${rule.checked}">${formatCount(rule.checked)}</td>
<td role="cell" class="n" data-label="Violated" data-sort="${rule.violated}">${rule.violated === 0 ? html`<span class="quiet">0</span>` : formatCount(rule.violated)}</td>
<td role="cell" class="share" data-sort="${rule.checked === 0 ? 0 : round((rule.violated / rule.checked) * 1e6)}">${shareBar(rule, state)}</td>
${
  input.history.length > 0 &&
  html`<td role="cell" class="past" data-label="Earlier runs">${past(rule, input)}</td>
`
}</tr>
`
}

/** Where the samples of a rule are on the page. By number: a rule's id may be any text. */
export function anchorOf(rule: RuleResult, { result }: ReportInput): string {
  return `rule-${result.rules.indexOf(rule) + 1}`
}

function shareBar(rule: RuleResult, state: RuleState): Content {
  if (isDatasetRule(rule)) return html`<span class="quiet">whole data set</span>`
  if (rule.checked === 0) return html`<span class="quiet">no value to check</span>`
  if (rule.violated === 0) return html`<span class="quiet">0%</span>`
  // 2 of 100 at least, so that one document in a million can be seen.
  const width = Math.max(2, round((rule.violated / rule.checked) * 100))
  return html`<svg class="bar ${state}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/><rect class="part" width="${width}" height="8"/></svg><span>${formatShare(rule.violated, rule.checked)}</span>`
}

const SPARK = { width: 92, height: 24, pad: 3 } as const

/** How often the rule was violated, run after run; a run whose contract did not have the rule leaves a gap. */
function past(rule: RuleResult, { history }: ReportInput): Content {
  const counts = [
    ...history.map(run => (Object.hasOwn(run.ruleViolated, rule.id) ? run.ruleViolated[rule.id] : undefined)),
    rule.violated,
  ]
  const known = counts.filter(count => count !== undefined)
  const change = changeSince(history.at(-1), rule)
  const told = html`<span>${change === '±0' ? html`<span class="quiet">same</span>` : change}</span>`
  // One point is no line, and a flat one along the bottom says nothing that `same` does not.
  if (known.length < 2 || known.every(count => count === 0)) return told
  const most = Math.max(1, ...known)
  const step = counts.length > 1 ? (SPARK.width - 2 * SPARK.pad) / (counts.length - 1) : 0
  const x = (index: number): number => round(SPARK.pad + step * index)
  const y = (count: number): number => round(SPARK.height - SPARK.pad - (count / most) * (SPARK.height - 2 * SPARK.pad))
  let pen = 'M'
  const path = counts.map((count, index) => {
    const move = count === undefined ? '' : `${pen}${x(index)} ${y(count)}`
    pen = count === undefined ? 'M' : 'L'
    return move
  })
  const spoken = `Violated in the last ${formatNoun(known.length, 'run')}: ${known.map(formatCount).join('; ')}`
  return html`<svg class="spark" viewBox="0 0 ${SPARK.width} ${SPARK.height}" role="img" aria-label="${spoken}"><path d="${path.join('')}"/><circle cx="${x(counts.length - 1)}" cy="${y(rule.violated)}" r="2.6"/></svg>${told}`
}
