import { formatCount, formatShare } from './figures.js'
import { html, type Markup } from './html-markup.js'
import type { ReportInput } from './report-input.js'
import { type TrendPoint, trendPoints } from './trend-geometry.js'
import { mark, NARROW, trendPicture, WIDE } from './trend-picture.js'
import { STATUS_WORDS } from './verdict.js'

export function trendSection(input: ReportInput): Markup {
  const points = trendPoints(input)
  return html`<section aria-labelledby="trend">
<h2 id="trend">Trend</h2>
<p class="lead">${leadText(points.length)}</p>
${input.unreadableHistory.length > 0 && html`<p class="note">Left out, because their results could not be read: ${input.unreadableHistory.join(', ')}.</p>`}
<ul class="legend" aria-label="Marks">
${(['pass', 'warn', 'fail'] as const).map(status => html`<li><svg class="key" viewBox="-8 -8 16 16" aria-hidden="true">${mark(status, 0, 0)}</svg>${STATUS_WORDS[status]}</li>`)}
${points.some(point => point.contractChanged) && html`<li><svg class="key" viewBox="-8 -8 16 16" aria-hidden="true"><path class="changed" d="M0-8V8"/></svg>contract changed</li>`}
</ul>
${trendPicture(points, WIDE)}
${trendPicture(points, NARROW)}
<details class="plain">
<summary>The same as a table</summary>
${trendTable(points)}
</details>
</section>`
}

function leadText(runs: number): string {
  if (runs === 1) return 'This is the first validated run: later reports will show here how it goes on.'
  return `The last ${formatCount(runs)} validated runs, oldest on the left. The shaded one is this run.`
}

function trendTable(points: readonly TrendPoint[]): Markup {
  return html`<div class="scroll" role="region" aria-label="Trend as a table" tabindex="0"><table class="figures">
<caption class="sr">Validated runs, newest first</caption>
<thead><tr><th scope="col">Run</th><th scope="col">Status</th><th scope="col" class="n">Documents</th><th scope="col" class="n">Break the contract</th><th scope="col" class="n">Share</th><th scope="col" class="n">Violations</th></tr></thead>
<tbody>
${points.toReversed().map(
  point => html`<tr><th scope="row" class="mono">${point.runId}</th><td>${STATUS_WORDS[point.status]}${point.contractChanged && ', contract changed'}</td><td class="n">${formatCount(point.documents)}</td><td class="n">${formatCount(point.failing)}</td><td class="n">${formatShare(point.failing, point.documents)}</td><td class="n">${formatCount(point.violations)}</td></tr>
`,
)}</tbody>
</table></div>`
}
