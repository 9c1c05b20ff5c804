import { type CertificateFact, type CertificateInput, certificateText, digestGroups } from './certificate.js'
import { CERTIFICATE_STYLE } from './certificate-style.js'
import { html, Markup, policyHash } from './html-markup.js'

/**
 * The certificate as one HTML file that needs nothing else and prints on one page of A4: no fonts, styles, scripts or
 * pictures from elsewhere. Text of others is escaped by the template; the page's content security policy runs no script.
 */
export function renderCertificateHtml(input: CertificateInput): string {
  const text = certificateText(input)
  const { dataset, runId } = input.manifest
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${policyHash(CERTIFICATE_STYLE)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="${input.generatedBy}">
<title>Certificate: ${text.title}</title>
<style>${new Markup(CERTIFICATE_STYLE)}</style>
</head>
<body>
<main class="sheet">
<header>
<p class="brand">Lakeferry <span>certificate of one export</span></p>
<h1>${dataset}</h1>
<p class="mono run">run ${runId}</p>
<p class="statement">${text.statement}</p>
</header>
<dl class="keys">
${text.figures.map(
  ({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
)}</dl>
<div class="digests">
${text.digests.map(
  ({ name, digest }) => html`<section class="digest" aria-label="${name}">
<h2>${name}</h2>
<p class="mono">${digestGroups(digest).map(group => html`<span>${group}</span> `)}</p>
</section>
`,
)}</div>
<dl class="facts">
${text.facts.map(
  fact => html`<div><dt>${fact.name}</dt><dd>${factContent(fact)}</dd></div>
`,
)}</dl>
<table>
<caption>What lies on the lake</caption>
<thead><tr><th scope="col">Format</th><th scope="col" class="n">Parts</th><th scope="col" class="n">Documents</th><th scope="col" class="n">Size</th></tr></thead>
<tbody>
${text.formats.map(
  ([
    format,
    ...cells
  ]) => html`<tr><th scope="row">${format}</th>${cells.map(cell => html`<td class="n">${cell}</td>`)}</tr>
`,
)}</tbody>
</table>
<dl class="facts manifest">
<div><dt>Manifest</dt><dd class="mono">${text.manifest.key}</dd></div>
<div><dt>its SHA-256</dt><dd class="mono">${text.manifest.sha256}</dd></div>
</dl>
<section class="check">
<h2>Check it yourself</h2>
<dl>
${text.checks.map(
  check => html`<div><dt>${check.text}</dt><dd class="mono">${check.literal}</dd></div>
`,
)}</dl>
</section>
<footer><p>${text.caution} Made by ${input.generatedBy}.</p></footer>
</main>
</body>
</html>
`.text
}

function factContent({ text, literal }: CertificateFact): Markup {
  if (literal === undefined) return html`${text}`
  const shown = html`<span class="mono">${literal}</span>`
  // The place is what is asked for first; a sentence leads up to what it quotes.
  if (text.startsWith('on ')) return html`${shown} ${text}`
  return text === '' ? shown : html`${text} ${shown}`
}
