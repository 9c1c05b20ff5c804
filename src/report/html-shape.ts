import { type FieldShape, fieldShapes, type ShapeFinding } from './field-shapes.js'
import { formatCount, formatNoun, formatShare } from './figures.js'
import { type Content, html, type Markup } from './html-markup.js'
import type { ReportInput } from './report-input.js'
import { round } from './trend-geometry.js'
import { visibleText } from './visible-text.js'

/** Rows of either table, at most: a collection whose field names are data must not make a page of 5,000. */
export const MAX_SHOWN_FIELDS = 150

const FINDING_WORDS: Readonly<Record<ShapeFinding, string>> = {
  types: 'several types',
  numbers: 'several number types',
  missing: 'not always there',
  null: 'sometimes null',
  undeclared: 'not in the contract',
  never: 'in no document',
}

/** Where the documents differ in shape: fields with several types, or that are not in every document. */
export function shapeSection(input: ReportInput): Markup | false {
  const { census } = input.manifest
  if (census.documents === 0) return false
  const shapes = fieldShapes(census, input.manifest.columns)
  const noted = (shape: FieldShape): boolean => Object.hasOwn(input.contractNotes, shape.path)
  const drifting = shapes.filter(shape => shape.findings.length > 0 || noted(shape))
  const steady = shapes.filter(shape => shape.findings.length === 0 && !noted(shape))
  return html`<section aria-labelledby="shape">
<h2 id="shape">Shape of the documents</h2>
<p class="lead">${leadText(drifting.filter(shape => shape.findings.length > 0).length, shapes.length)}</p>
${census.truncated && html`<p class="note">There were more fields than the census holds; those beyond it are not counted.</p>`}
${drifting.length > 0 && fieldsTable(drifting, 'Fields that differ from document to document', input)}
${
  steady.length > 0 &&
  html`<details class="plain"${drifting.length === 0 && html` open`}><summary>${formatNoun(steady.length, 'field')} of one type, always there</summary>
${fieldsTable(steady, 'Fields of one type that are in every document', input)}
</details>`
}
</section>`
}

function leadText(drifting: number, all: number): string {
  if (drifting === 0) return `Every one of ${formatNoun(all, 'field')} has one type and is in every document.`
  return `${formatCount(drifting)} of ${formatNoun(all, 'field')} ${drifting === 1 ? 'differs' : 'differ'} from document to document or from the contract.`
}

function fieldsTable(shapes: readonly FieldShape[], caption: string, { contractNotes }: ReportInput): Markup {
  const rest = shapes.length - MAX_SHOWN_FIELDS
  return html`<table class="cards shapes" role="table">
<caption class="sr">${caption}</caption>
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Field</th><th scope="col" role="columnheader">Types seen</th><th scope="col" role="columnheader" class="n">Present</th><th scope="col" role="columnheader">What to know</th></tr></thead>
<tbody role="rowgroup">
${shapes.slice(0, MAX_SHOWN_FIELDS).map(shape => fieldRow(shape, Object.hasOwn(contractNotes, shape.path) ? contractNotes[shape.path] : undefined))}</tbody>
</table>
${rest > 0 && html`<p class="rest">and ${formatNoun(rest, 'more field')}</p>`}`
}

function fieldRow(shape: FieldShape, note: string | undefined): Markup {
  return html`<tr role="row">
<th role="rowheader" scope="row" class="name mono"><bdi>${visibleText(shape.path, 120)}</bdi>${shape.declared !== undefined && html`<small>${shape.declared}</small>`}</th>
<td role="cell" class="types"><span class="names">${typeNames(shape)}</span>${typesBar(shape)}</td>
<td role="cell" class="n" data-label="Present">${formatShare(shape.present, shape.expected)}</td>
<td role="cell" class="findings">${shape.findings.map(finding => html`<span class="tag ${finding}">${FINDING_WORDS[finding]}</span> `)}${note !== undefined && html`<small>${note}</small>`}</td>
</tr>
`
}

/** Parts of the whole: types in falling order, then null, then what was not there. */
function typesBar(shape: FieldShape): Markup | false {
  if (shape.expected === 0) return false
  let x = 0
  const parts = shape.types.map(({ type, count }, index) => {
    const width = round(Math.max(1.5, (count / shape.expected) * 100))
    const kind = type === 'null' || type === 'undefined' ? 'none' : `type-${Math.min(index, 3)}`
    const rect = html`<rect class="${kind}" x="${round(x)}" width="${round(Math.min(width, 100 - x))}" height="8"/>`
    x = Math.min(100, x + width)
    return rect
  })
  return html`<svg class="bar types" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="8"/>${parts}</svg>`
}

function typeNames({ types, present, expected }: FieldShape): Content {
  const told: Content[] = types.map(
    ({ type, count }, index) =>
      html`${index > 0 && ', '}<span>${type}${types.length > 1 && html` <small>${formatCount(count)}</small>`}</span>`,
  )
  if (present < expected)
    told.push(
      html`${told.length > 0 && ', '}<span class="quiet">missing <small>${formatCount(expected - present)}</small></span>`,
    )
  return told
}
