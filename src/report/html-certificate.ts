import { lakeKey } from '../model/lake-key.js'
import { type Guarantee, manifestBytes } from '../model/manifest.js'
import { digestGroups } from './certificate.js'
import { formatBytes, formatCount, formatInstant, formatNoun, formatSeconds } from './figures.js'
import { type Content, html, type Markup } from './html-markup.js'
import type { ReportInput } from './report-input.js'

/** The run's facts, as the manifest has them. */
export function certificateSection(input: ReportInput): Markup {
  const { manifest, result, execution } = input
  const rejects = manifest.rejects.documents
  const facts: [string, Content][] = [
    ['Run', html`<span class="mono">${manifest.runId}</span>`],
    [
      'Source',
      html`<span class="mono">${manifest.source.database}.${manifest.source.collection}</span> on <span class="mono">${manifest.source.server}</span>${manifest.source.filter !== undefined && html`<br>Only documents that match <span class="mono">${manifest.source.filter}</span>`}`,
    ],
    ['Guarantee', guaranteeText(manifest.guarantee)],
    ['Exported', html`${instant(manifest.startedAt)}<br>committed ${instant(manifest.committedAt)}`],
    [
      'Contract',
      html`${input.contractName ?? result.contract.id} ${result.contract.version}<br><small>${input.contractName !== undefined && html`${result.contract.id}, `}fingerprint <span class="mono">${result.contract.fingerprint.slice(0, 12)}</span></small>`,
    ],
    [
      'Inspected',
      html`${instant(execution.startedAt)}<br><small>${execution.engine} ${execution.engineVersion}, ${formatSeconds(execution.seconds)}, on ${execution.host}</small>`,
    ],
    [
      'Set aside',
      rejects === 0
        ? 'Nothing: every document could be carried as it is'
        : html`${formatNoun(rejects, 'document')} that could not be carried faithfully, in <span class="mono">${manifest.rejects.keys[0] ?? ''}</span>${manifest.rejects.keys.length > 1 && ` and ${formatCount(manifest.rejects.keys.length - 1)} more`}${manifest.rejects.digest !== undefined && html`<br><small>digest <span class="mono">${digestGroups(manifest.rejects.digest).join(' ')}</span></small>`}`,
    ],
    ['Manifest', html`<span class="mono">${lakeKey.manifest(manifest.dataset, manifest.runId)}</span>`],
  ]
  return html`<section aria-labelledby="run">
<h2 id="run">The run</h2>
<dl class="facts">
${facts.map(
  ([name, fact]) => html`<div><dt>${name}</dt><dd>${fact}</dd></div>
`,
)}</dl>
<div class="halves">
${formatsTable(input)}
<div class="digest">
<h3>Digest of the ${formatNoun(result.documents, 'document')}</h3>
<p class="mono">${digestGroups(manifest.digest).map(group => html`<span>${group}</span> `)}</p>
<p><small>The sum of the SHA-256 of every document, so any copy of them can be checked against it in any order.</small></p>
</div>
</div>
</section>`
}

function guaranteeText(guarantee: Guarantee): Content {
  if (guarantee.kind === 'majority')
    return html`<b>Majority</b>: each document as a majority had acknowledged it<br><small>${guarantee.reason}</small>`
  if (guarantee.kind === 'file')
    return html`<b>Backup file</b>: every document of it<br><small>${guarantee.reason}</small>`
  const { t, i } = guarantee.clusterTime
  return html`<b>Snapshot</b>: every document as of one instant<br><small>cluster time ${formatInstant(new Date(t * 1_000).toISOString())}, increment ${formatCount(i)}</small>`
}

function instant(iso: string): Markup {
  return html`<time datetime="${iso}">${formatInstant(iso)}</time>`
}

function formatsTable({ manifest }: ReportInput): Markup | false {
  if (manifest.formats.length === 0) return false
  return html`<table class="figures formats">
<caption>What lies on the lake</caption>
<thead><tr><th scope="col">Format</th><th scope="col" class="n">Parts</th><th scope="col" class="n">Documents</th><th scope="col" class="n">Size</th></tr></thead>
<tbody>
${manifest.formats.map(format => {
  const parts = manifest.parts.filter(part => part.format === format)
  const documents = parts.reduce((sum, part) => sum + part.documents, 0)
  return html`<tr><th scope="row">${format}</th><td class="n">${formatCount(parts.length)}</td><td class="n">${formatCount(documents)}</td><td class="n">${formatBytes(manifestBytes(manifest, format))}</td></tr>
`
})}</tbody>
</table>`
}
