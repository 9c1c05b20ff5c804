import { manifestBytes } from '../model/manifest.js'
import type { ResultStatus } from '../model/result.js'
import { formatBytes, formatCount, formatDelta, formatInstant, formatNoun, formatShare } from './figures.js'
import { html, type Markup } from './html-markup.js'
import type { ReportInput } from './report-input.js'
import { describeVerdict, type Verdict } from './verdict.js'

/** The head of the page: what was exported, whether it holds, how many documents do not. */
export function verdictHeader(input: ReportInput): Markup {
  const { manifest, result } = input
  const verdict = describeVerdict(input)
  return html`<header class="verdict ${verdict.tone}">
<div class="page">
<p class="eyebrow"><span class="brand">Lakeferry</span> <span>inspection of one run</span> <span class="mono">${result.runId}</span></p>
<div class="title">${statusIcon(verdict.tone)}<h1>${result.dataset} <strong>${verdict.word}</strong></h1></div>
<p class="sentence">${verdict.headline}</p>
${verdict.remarks.map(
  sentence => html`<p class="sentence more">${sentence}</p>
`,
)}
${verdict.gate.map(
  ({ outcome, reason, next }) => html`<p class="sentence more gate"><b>${outcome}</b> ${`${reason}. Next: ${next}.`}</p>
`,
)}${documentsBar(verdict, result.documents)}
<p class="origin">${manifest.source.database}.${manifest.source.collection}, exported <time datetime="${manifest.startedAt}">${formatInstant(manifest.startedAt)}</time></p>
</div>
</header>
${keyFigures(input, verdict)}`
}

/** The shape tells the verdict to whoever cannot tell the colours apart. */
export function statusIcon(status: ResultStatus): Markup {
  const glyph = {
    pass: html`<path d="M14.5 25.5l6.5 6.5 13-15"/>`,
    warn: html`<path d="M24 13v14M24 33.6v.4"/>`,
    fail: html`<path d="M16 16l16 16M32 16L16 32"/>`,
  }[status]
  return html`<svg class="icon" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="22"/>${glyph}</svg>`
}

function documentsBar(verdict: Verdict, documents: number): Markup | false {
  const { failing, warned, clean } = verdict.split
  const pieces = [
    { kind: 'failing', count: failing, label: 'break the contract' },
    { kind: 'warned', count: warned, label: 'break only milder rules' },
    { kind: 'clean', count: clean, label: 'keep every rule' },
  ].filter(piece => piece.count > 0)
  // One piece, or none, is told by the sentence above it.
  if (pieces.length < 2) return false
  // Whatever is not nothing gets 4 of 1,000 at least; the largest piece pays for it.
  const widths = pieces.map(piece => Math.max(4, Math.round((piece.count / documents) * 1_000)))
  const largest = widths.indexOf(Math.max(...widths))
  widths[largest] = (widths[largest] ?? 0) + 1_000 - widths.reduce((sum, width) => sum + width, 0)
  return html`<figure class="split">
<svg viewBox="0 0 1000 14" preserveAspectRatio="none" aria-hidden="true">${pieces.map((piece, index) => html`<rect class="${piece.kind}" x="${widths.slice(0, index).reduce((sum, width) => sum + width, 0)}" width="${widths[index] ?? 0}" height="14"/>`)}</svg>
<figcaption>${pieces.map(
    piece => html`<span class="${piece.kind}"><i></i><b>${formatCount(piece.count)}</b> ${piece.label} <small>${formatShare(piece.count, documents)}</small></span>
`,
  )}</figcaption>
</figure>`
}

function keyFigures(input: ReportInput, verdict: Verdict): Markup {
  const { manifest, result, history } = input
  const previous = history.at(-1)
  const figures = [
    {
      name: 'Documents',
      value: formatCount(result.documents),
      note: previous && `${formatDelta(result.documents - previous.documents)} since the last run`,
    },
    {
      name: 'Break the contract',
      value: formatCount(verdict.split.failing),
      note: previous && `${formatDelta(verdict.split.failing - previous.failingDocuments.error)} since the last run`,
    },
    {
      name: 'Rules kept',
      value: `${formatCount(verdict.rulesPassed)} of ${formatCount(result.rules.length)}`,
      note: `${formatNoun(result.violations.count, 'violation')} in all`,
    },
    {
      name: 'On the lake',
      value: formatBytes(manifestBytes(manifest)),
      note: manifest.formats.join(', '),
    },
  ]
  return html`<div class="page"><dl class="keys">
${figures.map(
  ({
    name,
    value,
    note,
  }) => html`<div><dt>${name}</dt><dd><b>${value}</b>${note && html`<small>${note}</small>`}</dd></div>
`,
)}</dl></div>`
}
