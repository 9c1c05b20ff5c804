import type { Anomaly } from '../model/anomalies.js'
import { anomaliesLead, anomalySubject, bandText, measureText } from './anomaly-text.js'
import { formatCount } from './figures.js'
import { html, type Markup } from './html-markup.js'
import type { ReportInput } from './report-input.js'
import { round, slotCentres } from './trend-geometry.js'

/** What is drawn; the rest is told as a number. */
const MOST_SHOWN = 24

/** In CSS pixels. */
const PICTURE = { width: 300, height: 64, edge: 6 } as const

/** What stands out against earlier runs, each with its history; nothing where the run was not compared. */
export function anomaliesSection({ anomalies }: ReportInput): Markup | undefined {
  if (anomalies === undefined) return undefined
  const shown = anomalies.anomalies.slice(0, MOST_SHOWN)
  const rest = anomalies.anomalies.length - shown.length
  return html`<section aria-labelledby="unusual">
<h2 id="unusual">Unusual</h2>
<p class="lead">${anomaliesLead(anomalies)}</p>
${
  shown.length > 0 &&
  html`<div class="scroll" role="region" aria-label="What stands out" tabindex="0"><table class="figures unusual">
<caption class="sr">What stands out, the farthest first</caption>
<thead><tr><th scope="col">What</th><th scope="col" class="n">This run</th><th scope="col" class="n">To be expected</th><th scope="col" class="n">z</th><th scope="col">Earlier runs and this one</th></tr></thead>
<tbody>
${shown.map(
  anomaly => html`<tr><th scope="row">${anomalySubject(anomaly)}</th><td class="n"><b>${measureText(anomaly.measure, anomaly.value)}</b></td><td class="n">${bandText(anomaly)}</td><td class="n">${formatCount(anomaly.z)}</td><td>${historyPicture(anomaly)}</td></tr>
`,
)}</tbody>
</table></div>`
}
${rest > 0 && html`<p class="note">${`${formatCount(rest)} more in anomalies.json beside this page.`}</p>`}
</section>`
}

/** The history as a line, the band in which nothing would have been told behind it, and this run's value at the end. */
function historyPicture(anomaly: Anomaly): Markup {
  const { value, low, high, history, measure } = anomaly
  const { width, height, edge } = PICTURE
  const values = [...history.map(point => point.value), value]
  const [least, greatest] = [Math.min(low, ...values), Math.max(high, ...values)]
  const span = greatest - least || 1
  const yAt = (at: number): number => round(edge + (height - 2 * edge) * (1 - (at - least) / span))
  const centres = slotCentres(values.length, 0, width - edge)
  const points = values.map((at, index) => `${centres[index]},${yAt(at)}`)
  const [top, bottom] = [yAt(high), yAt(low)]
  const said = `${history.length} earlier runs, oldest first: ${history.map(point => measureText(measure, point.value)).join(', ')}; this run: ${measureText(measure, value)}`
  return html`<svg class="history" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${said}"><rect class="band" x="0" y="${top}" width="${width}" height="${round(Math.max(1, bottom - top))}"/><polyline class="line" points="${points.slice(0, -1).join(' ')}"/><circle class="mark warn" cx="${centres.at(-1) ?? 0}" cy="${yAt(value)}" r="4.5"/></svg>`
}
