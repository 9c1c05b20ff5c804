import { PALETTE } from './html-style.js'

/** The certificate's look: a sheet on the screen, in two palettes, and one page of A4 on paper, always light. */
export const CERTIFICATE_STYLE: string = `${PALETTE}
.sheet { width: 100%; max-width: 50rem; margin: 2.5rem auto; padding: 3rem 3.25rem 2.25rem; background: var(--raised); border: 1px solid var(--line); border-top: .5rem solid var(--accent); font-size: .9375rem; }
.brand { display: flex; justify-content: space-between; gap: 1rem; font-weight: 680; letter-spacing: -.01em; }
.brand span { font-weight: 400; color: var(--soft); letter-spacing: 0; }
h1 { font-size: 3rem; line-height: 1.05; font-weight: 720; letter-spacing: -.035em; margin-top: 1.5rem; overflow-wrap: anywhere; }
.run { color: var(--soft); margin-top: .35rem; }
.statement { font-size: 1.1875rem; line-height: 1.4; font-weight: 520; letter-spacing: -.01em; margin-top: 1rem; max-width: 42rem; }
h2, caption { font-size: .8125rem; font-weight: 400; color: var(--soft); text-align: left; padding: 0 0 .3rem; }
.keys { display: grid; grid-template-columns: repeat(3, 1fr); margin-top: 1.5rem; border-block: 1px solid var(--line); }
.keys > div { display: flex; flex-direction: column-reverse; padding: .8rem 1rem .75rem 0; }
.keys > div + div { padding-left: 1.25rem; border-left: 1px solid var(--line); }
.keys dt { font-size: .8125rem; color: var(--soft); }
.keys dd { font-size: 1.625rem; line-height: 1.25; font-weight: 620; letter-spacing: -.025em; }
.digests { display: grid; grid-template-columns: 1fr 1fr; gap: .9rem 2rem; margin-top: 1.1rem; }
.digest p { font-size: .875rem; line-height: 1.45; max-width: 40ch; }
.digest span { display: inline-block; }
.facts { margin-top: 1.1rem; border-top: 1px solid var(--line); }
.facts > div { display: grid; grid-template-columns: 8.5rem 1fr; gap: 1rem; padding: .42rem 0; border-bottom: 1px solid var(--line); }
.facts dt { color: var(--soft); }
.facts dd { min-width: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin-top: 1.1rem; }
th, td { text-align: left; font-weight: 400; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: .8125rem; color: var(--soft); }
.n { text-align: right; white-space: nowrap; }
.check { margin-top: 1.4rem; padding: 1rem 1.2rem .85rem; background: var(--faint); }
.check h2 { font-size: 1rem; font-weight: 650; color: var(--ink); padding-bottom: .45rem; }
.check div + div { margin-top: .5rem; }
.check dt { color: var(--soft); font-size: .875rem; }
.check dd { overflow-wrap: anywhere; }
footer { margin-top: 1.2rem; font-size: .8125rem; color: var(--soft); }
@media screen and (max-width: 44rem) {
  .sheet { margin: 0; padding: 1.5rem 1.1rem; border-width: .5rem 0 0; }
  h1 { font-size: 2.25rem; }
  .keys { grid-template-columns: 1fr; }
  .keys > div, .keys > div + div { padding: .55rem 0; border-left: 0; }
  .keys > div + div { border-top: 1px solid var(--line); }
  .digests, .facts > div { grid-template-columns: 1fr; }
  .facts > div { gap: 0; }
}
@page { size: A4; margin: 10mm 15mm; }
@media print {
  /* With five formats, two digests and the longest texts that are shown, it still ends on the page. */
  html { font-size: 10.75px; }
  body { background: none; line-height: 1.4; }
  h1 { font-size: 2.5rem; margin-top: 1rem; }
  .facts > div { padding-block: .3rem; }
  th, td { padding-block: .2rem; }
  .facts, .digests, table, .check { margin-top: .9rem; }
  .sheet { max-width: none; margin: 0; padding: 4mm 0 0; border: 0; border-top: 2mm solid var(--accent); background: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .check { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .check, .keys, table, .facts > div { break-inside: avoid; }
}
`
