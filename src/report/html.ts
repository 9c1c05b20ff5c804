import { formatInstant } from './figures.js'
import { anomaliesSection } from './html-anomalies.js'
import { certificateSection } from './html-certificate.js'
import { html, Markup, policyHash } from './html-markup.js'
import { rulesSection } from './html-rules.js'
import { samplesSection } from './html-samples.js'
import { SCRIPT } from './html-script.js'
import { shapeSection } from './html-shape.js'
import { STYLE } from './html-style.js'
import { trendSection } from './html-trend.js'
import { verdictHeader } from './html-verdict.js'
import type { ReportInput } from './report-input.js'
import { describeVerdict } from './verdict.js'

/**
 * The report as one HTML file that needs nothing else: no fonts, styles, scripts or pictures from elsewhere, and no
 * script to be read. The same input gives the same bytes.
 *
 * Text from documents is escaped by the template it goes through. Should that ever fail, the page's own content
 * security policy still runs no script and loads nothing but the two blocks whose hashes it names.
 */
export function renderHtml(input: ReportInput): string {
  const { result, manifest } = input
  const verdict = describeVerdict(input)
  const samples = samplesSection(input)
  const shape = shapeSection(input)
  const unusual = anomaliesSection(input)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${policyHash(STYLE)}'; script-src '${policyHash(SCRIPT)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${input.generatedBy}">
<title>${verdict.title}: ${result.runId}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${verdictHeader(input)}
<nav class="page" aria-label="Parts of this report"><a href="#run">The run</a><a href="#rules">Rules</a>${samples && html`<a href="#documents">Documents</a>`}<a href="#trend">Trend</a>${unusual && html`<a href="#unusual">Unusual</a>`}${shape && html`<a href="#shape">Shape</a>`}</nav>
<main class="page">
${certificateSection(input)}
${rulesSection(input)}
${samples}
${trendSection(input)}
${
  unusual &&
  html`${unusual}
`
}${shape}
</main>
<footer class="page">
<p>Made by ${input.generatedBy} from run <span class="mono">${manifest.runId}</span>, exported ${formatInstant(manifest.startedAt)} and inspected ${formatInstant(input.execution.startedAt)}. The verdict is that of <span class="mono">result.json</span> beside this page.</p>
</footer>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.text
}
