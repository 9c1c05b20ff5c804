import type { ResultStatus } from '../model/result.js'
import { formatCount, formatInstant, formatNoun, formatShare, formatShortDay, formatTick } from './figures.js'
import { type Content, html, type Markup } from './html-markup.js'
import {
  type Axis,
  axisFor,
  labelledSlots,
  type Panel,
  round,
  slotCentres,
  type TrendPoint,
  yOf,
} from './trend-geometry.js'
import { STATUS_WORDS } from './verdict.js'

/** Widths of the two pictures, in CSS pixels: one for a screen, one for a phone, so that text is never scaled down. */
export const WIDE = { id: 'trend-wide', width: 1_000, left: 64, right: 64, labels: 11 } as const
export const NARROW = { id: 'trend-narrow', width: 360, left: 54, right: 56, labels: 4 } as const
export type Shape = typeof WIDE | typeof NARROW

/** Height of the strip above each panel that holds its title. */
const TITLE = 30
const WIDEST_BAR = 34
const WIDEST_SHADE = 84

/** One picture: three panels over one axis of runs. */
export function trendPicture(points: readonly TrendPoint[], shape: Shape): Markup {
  const right = shape.width - shape.right
  const centres = slotCentres(points.length, shape.left, right)
  const slot = (right - shape.left) / points.length
  const greatest = (of: (point: TrendPoint) => number): number => Math.max(0, ...points.map(of))
  const countAxis = (of: (point: TrendPoint) => number): Axis => axisFor(greatest(of), 2, 1)
  const share: Panel = { top: TITLE, height: 120, axis: axisFor(greatest(point => point.share) * 100, 3, 0.01) }
  const violations: Panel = {
    top: share.top + 120 + TITLE + 18,
    height: 76,
    axis: countAxis(point => point.violations),
  }
  const documents: Panel = {
    top: violations.top + 76 + TITLE + 18,
    height: 76,
    axis: countAxis(point => point.documents),
  }
  const bottom = documents.top + documents.height
  const height = bottom + 26
  const labels = labelledSlots(points.length, Math.min(shape.labels, points.length))
  const last = points.length - 1
  const shade = Math.min(slot, WIDEST_SHADE)

  return html`<svg class="trend ${shape.id}" viewBox="0 0 ${shape.width} ${height}" role="img" aria-labelledby="${shape.id}-title ${shape.id}-desc">
<title id="${shape.id}-title">${`Trend over ${formatNoun(points.length, 'run')}`}</title>
<desc id="${shape.id}-desc">${describe(points)}</desc>
<rect class="now" x="${round((centres[last] ?? 0) - shade / 2)}" y="${TITLE - 8}" width="${round(shade)}" height="${bottom - TITLE + 8}"/>
${panelFrame(share, shape, 'Documents that break the contract', tick => `${Number(tick.toFixed(4))}%`)}
${panelFrame(violations, shape, 'Violations of all rules', formatTick)}
${panelFrame(documents, shape, 'Documents', formatTick)}
${points.map((point, index) => point.contractChanged && html`<path class="changed" d="M${round((centres[index] ?? 0) - slot / 2)} ${TITLE - 8}V${bottom}"/>`)}
${points.length > 1 && html`<polyline class="line" points="${points.map((point, index) => `${centres[index]},${yOf(share, point.share * 100)}`).join(' ')}"/>`}
${points.map((point, index) => {
  const x = centres[index] ?? 0
  return html`<g class="run"><title>${pointText(point)}</title><rect class="hit" x="${round(x - slot / 2)}" y="${TITLE - 8}" width="${round(slot)}" height="${bottom - TITLE + 8}"/>${bar(violations, x, slot, point.violations, 'violations')}${bar(documents, x, slot, point.documents, 'documents')}${mark(point.status, x, yOf(share, point.share * 100))}</g>
`
})}${points.map(
  (point, index) =>
    labels.has(index) &&
    html`<text class="${index === last ? 'label value' : 'label'}" x="${centres[index] ?? 0}" y="${bottom + 18}" text-anchor="middle">${formatShortDay(point.at)}</text>
`,
)}${lastValues(points, right, [share, violations, documents])}
</svg>`
}

/** This run's own numbers, at the height of its marks and outside the plot, where nothing can cover them. */
function lastValues(points: readonly TrendPoint[], right: number, panels: readonly [Panel, Panel, Panel]): Content {
  const last = points.at(-1)
  if (last === undefined) return false
  const [share, violations, documents] = panels
  const value = (panel: Panel, at: number, text: string): Markup =>
    html`<text class="value" x="${right + 8}" y="${round(yOf(panel, at) + 4)}">${text}</text>
`
  return [
    value(share, last.share * 100, formatShare(last.failing, last.documents)),
    value(violations, last.violations, formatTick(last.violations)),
    value(documents, last.documents, formatTick(last.documents)),
  ]
}

function panelFrame(panel: Panel, shape: Shape, title: string, tickText: (tick: number) => string): Markup {
  return html`<text class="panel" x="0" y="${panel.top - 14}">${title}</text>
${panel.axis.ticks.map(tick => html`<path class="${tick === 0 ? 'base' : 'grid'}" d="M${shape.left} ${yOf(panel, tick)}H${shape.width - shape.right}"/><text class="tick" x="${shape.left - 8}" y="${yOf(panel, tick) + 4}" text-anchor="end">${tickText(tick)}</text>`)}
`
}

function bar(panel: Panel, centre: number, slot: number, value: number, kind: string): Markup | false {
  if (value === 0) return false
  const width = round(Math.min(WIDEST_BAR, slot * 0.62))
  const base = panel.top + panel.height
  // One unit high at least: a single violation among a million must not look like none.
  const top = Math.min(yOf(panel, value), base - 1)
  return html`<rect class="bar ${kind}" x="${round(centre - width / 2)}" y="${top}" width="${width}" height="${round(base - top)}"/>`
}

/** Colour and shape both tell the status: circle, triangle, square. */
export function mark(status: ResultStatus, x: number, y: number): Markup {
  if (status === 'pass') return html`<circle class="mark pass" cx="${x}" cy="${y}" r="4.5"/>`
  if (status === 'warn')
    return html`<path class="mark warn" d="M${x} ${round(y - 6)}L${round(x + 6)} ${round(y + 4.5)}H${round(x - 6)}Z"/>`
  return html`<rect class="mark fail" x="${round(x - 4.75)}" y="${round(y - 4.75)}" width="9.5" height="9.5"/>`
}

function pointText(point: TrendPoint): string {
  const failing = `${formatCount(point.failing)} of ${formatNoun(point.documents, 'document')} (${formatShare(point.failing, point.documents)})`
  const changed = point.contractChanged ? ' The contract changed here.' : ''
  return `${formatInstant(point.at.toISOString())}: ${STATUS_WORDS[point.status]}. ${failing} break the contract; ${formatNoun(point.violations, 'violation')}.${changed}`
}

function describe(points: readonly TrendPoint[]): string {
  const count = (status: ResultStatus): string => formatCount(points.filter(point => point.status === status).length)
  const last = points.at(-1)
  const statuses = `${count('pass')} passed, ${count('warn')} passed with warnings, ${count('fail')} failed.`
  return last === undefined ? statuses : `${statuses} The last: ${pointText(last)}`
}
