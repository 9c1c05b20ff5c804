/**
 * Two palettes, and what every page of ours begins with. Text and marks keep a contrast of 4.5:1 or more against what they
 * stand on, in both; print is always light.
 */
export const PALETTE: string = `
:root {
  color-scheme: light dark;
  --paper: #fbfbf9; --raised: #ffffff; --ink: #16212b; --soft: #53616d; --line: #dfe3e4; --faint: #eef0ef;
  --accent: #0b5873; --pass: #17694a; --warn: #8a5300; --fail: #b3231b; --info: #3d5a80;
  --pass-tint: #e2f0e8; --warn-tint: #fbefd6; --fail-tint: #fbe6e3; --info-tint: #e6edf5;
  --head-pass: #135c41; --head-warn: #f0bd4a; --head-fail: #a31f18; --head-ink: #ffffff;
  --type-0: #0b5873; --type-1: #c26a1b; --type-2: #7a4f9c; --type-3: #94a0a8; --none: #cfd5d8;
  --sans: "Inter", ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #10161b; --raised: #171f26; --ink: #e7ecef; --soft: #9dabb6; --line: #2a353e; --faint: #1d262d;
    --accent: #74c3e0; --pass: #5fc998; --warn: #e8b352; --fail: #ff8d83; --info: #9dbce6;
    --pass-tint: #15322a; --warn-tint: #372a10; --fail-tint: #3d1c1b; --info-tint: #1c2b3f;
    --head-pass: #0f4a35; --head-warn: #d9a434; --head-fail: #861a15;
    --type-0: #4ba3c3; --type-1: #e0924a; --type-2: #b48ad6; --type-3: #7d8a94; --none: #3a4650;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 400 1rem/1.5 var(--sans); font-variant-numeric: tabular-nums; }
.page { width: 100%; max-width: 70rem; margin: 0 auto; padding: 0 2rem; }
h1, h2, h3, p, dl, dd, figure, ul, fieldset { margin: 0; padding: 0; border: 0; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .2em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
small { font-size: .8125rem; color: var(--soft); }
time { white-space: nowrap; }
.mono { font-family: var(--mono); font-size: .8125rem; overflow-wrap: anywhere; }
.quiet { color: var(--soft); }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`

/** The report's look: one set of rules for both palettes. */
export const STYLE: string = `${PALETTE}
/* The verdict */
.verdict { color: var(--head-ink); padding: 1.75rem 0 2rem; }
.verdict.pass { background: var(--head-pass); }
.verdict.warn { background: var(--head-warn); --head-ink: #241800; }
.verdict.fail { background: var(--head-fail); }
.eyebrow { display: flex; flex-wrap: wrap; gap: 0 .6em; align-items: baseline; font-size: .875rem; }
.eyebrow .mono { margin-left: auto; }
.brand { font-weight: 680; letter-spacing: -.01em; }
.title { display: flex; gap: 1.1rem; align-items: center; margin: 2rem 0 .9rem; }
h1 { font-size: clamp(2.25rem, 1.2rem + 4.2vw, 4.25rem); line-height: 1.02; font-weight: 400; letter-spacing: -.035em; overflow-wrap: anywhere; }
h1 strong { font-weight: 720; }
.icon { flex: none; width: clamp(2.5rem, 1.5rem + 4vw, 4.25rem); fill: none; stroke: currentColor; stroke-width: 3.2; stroke-linecap: round; stroke-linejoin: round; }
.sentence { font-size: clamp(1.125rem, 1rem + .6vw, 1.4375rem); line-height: 1.35; font-weight: 520; letter-spacing: -.012em; max-width: 46rem; }
.sentence.more { font-size: 1.0625rem; font-weight: 400; letter-spacing: 0; margin-top: .2rem; }
.split { margin-top: 1.6rem; }
.split svg { display: block; width: 100%; height: .875rem; border-radius: 3px; }
.split .failing { fill: var(--head-ink); --tone: 1; }
.split .warned { fill: color-mix(in srgb, var(--head-ink) 58%, transparent); }
.split .clean { fill: color-mix(in srgb, var(--head-ink) 22%, transparent); }
.split figcaption { display: flex; flex-wrap: wrap; gap: .3rem 1.75rem; margin-top: .65rem; font-size: .9375rem; }
.split figcaption small { color: inherit; font-size: .875rem; margin-left: .15em; }
.split i { display: inline-block; width: .7em; height: .7em; margin-right: .5em; border-radius: 2px; background: var(--head-ink); }
.split .warned i { background: color-mix(in srgb, var(--head-ink) 58%, transparent); }
.split .clean i { background: color-mix(in srgb, var(--head-ink) 22%, transparent); }
.origin { margin-top: 1.4rem; font-size: .9375rem; overflow-wrap: anywhere; }
.keys { display: grid; grid-template-columns: repeat(4, 1fr); border-bottom: 1px solid var(--line); }
.keys > div { padding: 1.35rem 1.25rem 1.3rem; border-left: 1px solid var(--line); }
.keys > div:first-child { padding-left: 0; border-left: 0; }
.keys dt { font-size: .8125rem; color: var(--soft); }
.keys b { display: block; font-size: 1.75rem; line-height: 1.25; font-weight: 620; letter-spacing: -.025em; }
.keys small { display: block; }
nav.page { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding-block: .9rem; font-size: .875rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }

/* Sections */
section { padding-top: 2.75rem; }
nav + main section:first-child { padding-top: 1.25rem; }
h2 { font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.02em; margin-bottom: .35rem; scroll-margin-top: 1rem; }
.lead { color: var(--soft); max-width: 48rem; margin-bottom: 1.1rem; overflow-wrap: anywhere; }
.note { border-left: 3px solid var(--accent); padding: .1rem 0 .1rem .8rem; margin: .6rem 0 .9rem; max-width: 48rem; font-size: .9375rem; overflow-wrap: anywhere; }
.rest { color: var(--soft); font-size: .875rem; margin-top: .5rem; }

/* The run's facts */
.facts { display: grid; grid-template-columns: 1fr 1fr; column-gap: 3rem; border-top: 1px solid var(--line); margin-top: .8rem; }
.facts > div { display: grid; grid-template-columns: 7rem 1fr; gap: 1rem; padding: .65rem 0; border-bottom: 1px solid var(--line); font-size: .9375rem; }
.facts dt { color: var(--soft); }
.facts dd { min-width: 0; overflow-wrap: anywhere; }
.halves { display: grid; grid-template-columns: 1fr 1fr; gap: 3rem; margin-top: 1.5rem; }
.halves table { align-self: start; }
.digest h3 { display: block; font-size: .875rem; font-weight: 400; letter-spacing: 0; color: var(--soft); padding-bottom: .55rem; }
.digest .mono { font-size: .9375rem; max-width: 24rem; padding-bottom: .4rem; }
.digest span { display: inline-block; padding-right: .6em; }
.digest small { display: block; max-width: 24rem; }

/* Tables */
table { border-collapse: collapse; width: 100%; font-size: .9375rem; }
caption { text-align: left; font-size: .875rem; color: var(--soft); padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: baseline; padding: .6rem 1rem .6rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: .8125rem; color: var(--soft); padding-block: .4rem; white-space: nowrap; border-bottom-color: var(--soft); }
thead button { all: unset; cursor: pointer; }
thead button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
thead button:hover { color: var(--ink); }
[aria-sort] button::after { content: " ↑"; }
[aria-sort=descending] button::after { content: " ↓"; }
.n { text-align: right; white-space: nowrap; }
.figures { font-size: .875rem; }
.figures th, .figures td { padding-block: .35rem; }
.scroll { overflow-x: auto; }
.name b { display: block; font-weight: 560; }
.name small { display: block; }
.name a { color: inherit; text-decoration: none; }
.name a:hover b, .name a:focus-visible b { text-decoration: underline; text-underline-offset: .2em; }
.rules .column { width: 8.5rem; }
.rules .whole { overflow-wrap: normal; }
.rules .held .name b { font-weight: 400; }
.pill, .tag { display: inline-block; font-size: .8125rem; line-height: 1.35; border-radius: 3px; padding: .1em .5em; white-space: nowrap; }
.pill { font-weight: 620; min-width: 4.6em; text-align: center; }
.pill.fails { background: var(--fail); color: var(--paper); }
.pill.warns { background: var(--warn-tint); color: var(--warn); }
.pill.informs { background: var(--info-tint); color: var(--info); }
.pill.tolerated, .pill.idle { background: var(--faint); color: var(--soft); }
.pill.kept { background: var(--pass-tint); color: var(--pass); }
.share { white-space: nowrap; width: 11rem; }
svg.bar { display: inline-block; width: 6rem; height: .5rem; margin-right: .6rem; border-radius: 2px; vertical-align: middle; }
.bar .track { fill: var(--faint); }
.bar .part { fill: var(--soft); }
.bar.fails .part { fill: var(--fail); }
.bar.warns .part { fill: var(--warn); }
.bar.informs .part { fill: var(--info); }
.past { white-space: nowrap; font-size: .8125rem; }
.spark { width: 5.75rem; height: 1.5rem; vertical-align: middle; margin-right: .5rem; }
.spark path { fill: none; stroke: var(--soft); stroke-width: 1.4; stroke-linejoin: round; }
.spark circle { fill: var(--ink); }
.filter { display: inline-flex; border: 1px solid var(--line); border-radius: 5px; margin: .5rem 0 .8rem; font-size: .875rem; }
.filter label { padding: .3rem .85rem; cursor: pointer; border-left: 1px solid var(--line); }
.filter label:first-of-type { border-left: 0; }
.filter input { position: absolute; opacity: 0; pointer-events: none; }
.filter label:has(:checked) { background: var(--faint); font-weight: 600; }
.filter label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 1px; }
.rules:has([value=broken]:checked) .held, .rules:has([value=held]:checked) .broken { display: none; }

/* Samples */
summary { cursor: pointer; }
.samples { border-top: 1px solid var(--line); padding: .9rem 0 1.1rem; scroll-margin-top: 1rem; }
.samples:target { background: linear-gradient(90deg, var(--faint), transparent); }
.samples summary { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; list-style: none; }
.samples summary::-webkit-details-marker { display: none; }
.samples summary::before { content: ""; width: .55rem; height: .55rem; border-radius: 2px; background: var(--soft); align-self: center; }
.samples.fails summary::before { background: var(--fail); }
.samples.warns summary::before { background: var(--warn); }
.samples.informs summary::before { background: var(--info); }
h3 { display: inline; font-size: 1.0625rem; font-weight: 620; letter-spacing: -.01em; overflow-wrap: anywhere; }
.samples summary .mono { color: var(--soft); }
.samples .count { margin-left: auto; font-size: .9375rem; }
.values { margin-top: .5rem; table-layout: fixed; }
.values th:first-child { width: 16rem; }
.values td, .values tbody th { padding-block: .35rem; overflow: hidden; overflow-wrap: anywhere; }
.values .value { white-space: pre-wrap; }

/* Trend */
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.4rem; list-style: none; font-size: .875rem; color: var(--soft); margin-bottom: .75rem; }
.key { width: .9rem; height: .9rem; margin-right: .4rem; vertical-align: -.1rem; }
.trend { display: block; width: 100%; height: auto; font-family: var(--sans); }
.trend-narrow { display: none; }
.trend text { font-size: 12px; fill: var(--soft); }
.trend .panel { font-size: 13px; font-weight: 600; fill: var(--ink); }
.trend .value { font-weight: 650; fill: var(--ink); }
.grid { stroke: var(--line); stroke-width: 1; }
.base { stroke: var(--soft); stroke-width: 1; }
.now { fill: var(--faint); }
.history { display: block; }
.history .band { fill: var(--line); }
.gate { margin-top: .6rem; }
.gate b { text-transform: uppercase; font-size: .8125rem; letter-spacing: .04em; }
.hit { fill: transparent; }
.run:hover .hit { fill: color-mix(in srgb, var(--ink) 6%, transparent); }
.line { fill: none; stroke: var(--ink); stroke-width: 1.75; stroke-linejoin: round; }
.trend .violations { fill: var(--type-1); }
.trend .documents { fill: var(--type-0); }
.mark { stroke: var(--paper); stroke-width: 1.5; paint-order: stroke; }
.mark.pass { fill: var(--pass); }
.mark.warn { fill: var(--warn); }
.mark.fail { fill: var(--fail); }
.changed { stroke: var(--info); stroke-width: 1.25; stroke-dasharray: 3 3; fill: none; }
.plain { margin-top: 1rem; }
.plain > summary { color: var(--accent); font-size: .9375rem; }
.plain > :not(summary) { margin-top: .6rem; }

/* Shape */
.shapes .name { width: 17rem; }
.shapes td.types { width: 20rem; }
.shapes svg.types { display: block; width: 100%; margin: .4rem 0 .15rem; }
.names { font-size: .8125rem; }
.type-0 { fill: var(--type-0); } .type-1 { fill: var(--type-1); } .type-2 { fill: var(--type-2); } .type-3 { fill: var(--type-3); }
.bar .none { fill: var(--none); }
.tag { background: var(--faint); color: var(--soft); }
.tag.types, .tag.never { background: var(--warn-tint); color: var(--warn); }
.findings small { display: block; margin-top: .2rem; overflow-wrap: anywhere; }
footer.page { padding-block: 3rem 2.5rem; font-size: .8125rem; color: var(--soft); }
footer p { border-top: 1px solid var(--line); padding-top: 1rem; overflow-wrap: anywhere; }

@media (max-width: 62rem) {
  svg.bar { width: 3rem; }
  .share { width: 7.5rem; }
  .spark { width: 4rem; height: 1.05rem; }
  .rules .severity { display: none; }
  .rules .column { width: 7.5rem; }
  .rules .name { width: 34%; }
}
@media screen and (max-width: 46rem) {
  .page { padding: 0 1.1rem; }
  .title { gap: .8rem; margin-top: 1.4rem; }
  .eyebrow .mono { margin-left: 0; }
  .keys { grid-template-columns: 1fr 1fr; }
  .keys > div { padding: .9rem 0 .9rem 1rem; }
  .keys > div:nth-child(odd) { padding-left: 0; border-left: 0; }
  .keys > div:nth-child(n + 3) { border-top: 1px solid var(--line); }
  .keys b { font-size: 1.5rem; }
  .facts { grid-template-columns: 1fr; }
  .facts > div { grid-template-columns: 5.5rem 1fr; }
  .halves { grid-template-columns: 1fr; gap: 1.5rem; }
  .cards, .cards tbody { display: block; }
  .cards thead { display: none; }
  .cards tr { display: flex; flex-wrap: wrap; gap: .15rem .9rem; align-items: baseline; padding: .75rem 0; border-bottom: 1px solid var(--line); }
  .cards th, .cards td { display: block; padding: 0; border: 0; }
  .cards .name { flex: 1 1 calc(100% - 7rem); }
  .cards .column { display: none; }
  .cards .severity { display: none; }
  .cards .share { flex: 1 1 100%; width: auto; display: flex; align-items: center; }
  .cards svg.bar { flex: 1; }
  .cards .past { flex: 1 1 100%; }
  .cards .share:not(:has(svg)), .cards .past:not(:has(svg)) { display: none; }
  .cards .n { font-size: .8125rem; }
  .cards .n::before { content: attr(data-label) " "; color: var(--soft); }
  .cards.values th, .cards.values td, .cards td.types, .cards .findings { flex: 1 1 100%; width: auto; }
  .cards.values tr { gap: 0; padding: .5rem 0; }
  .cards.values td, .cards.values tbody th { padding: 0; }
  .cards.values .id { color: var(--soft); }
  .samples .count { margin-left: 0; flex-basis: 100%; }
  .trend-wide { display: none; }
  .trend-narrow { display: block; }
}
@media print {
  @page { margin: 16mm 14mm; }
  html { font-size: 12px; }
  body { background: none; }
  .page { padding: 0; max-width: none; }
  .verdict { background: none !important; --head-ink: var(--ink) !important; border-bottom: 2pt solid var(--ink); padding-top: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .verdict.fail h1 strong, .verdict.fail .icon { color: var(--fail); }
  .verdict.pass h1 strong, .verdict.pass .icon { color: var(--pass); }
  .verdict.warn h1 strong, .verdict.warn .icon { color: var(--warn); }
  svg, .pill, .tag { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h1 { font-size: 32pt; }
  .title { margin: 10pt 0 6pt; }
  nav.page, .filter, .plain > summary { display: none; }
  section { padding-top: 18pt; }
  h2, .samples summary, thead { break-after: avoid; }
  tr, .trend, .facts > div, .halves { break-inside: avoid; }
  .split .failing { fill: var(--fail); } .split .failing i { background: var(--fail); }
}
`
