import { describe, expect, it } from 'vitest'
import { formatCount, formatShare } from '../../src/report/figures.js'
import { renderHtml } from '../../src/report/html.js'
import { SCRIPT } from '../../src/report/html-script.js'
import { MAX_SHOWN_FIELDS } from '../../src/report/html-shape.js'
import { rulesByUrgency } from '../../src/report/verdict.js'
import { visibleText } from '../../src/report/visible-text.js'
import { GOLDEN_CASES, goldenInput } from './golden-inputs.js'
import { type MarkupEvent, readMarkup, textOf } from './markup-reader.js'

const opened = (events: readonly MarkupEvent[], ...names: string[]): MarkupEvent[] =>
  events.filter(event => event.kind === 'open' && names.includes(event.name))

describe.each(GOLDEN_CASES)('the page of a $name run', ({ input }) => {
  const page = renderHtml(input)
  const events = readMarkup(page, 'html')

  it('needs nothing from elsewhere', () => {
    expect(opened(events, 'link', 'img', 'iframe', 'object', 'base')).toEqual([])
    const references = events.flatMap(({ attributes }) => ['src', 'href', 'action'].map(name => attributes[name]))
    expect(references.filter(reference => reference !== undefined && !reference.startsWith('#'))).toEqual([])
    expect(page).not.toMatch(/@import|url\(/)
  })

  it('has one h1, and no heading that skips a level', () => {
    const levels = opened(events, 'h1', 'h2', 'h3', 'h4').map(event => Number(event.name[1]))
    expect(levels.filter(level => level === 1)).toHaveLength(1)
    expect(levels.every((level, index) => index === 0 || level <= (levels[index - 1] ?? 0) + 1)).toBe(true)
  })

  it('says the verdict before anything else', () => {
    const heading = textOf(events, event => event.name === 'h1')
    const word = { pass: 'passes', warn: 'passes with warnings', fail: 'fails' }[input.result.status]
    const except = input.gate === undefined ? '' : `, but is ${input.gate.outcome}`
    expect(heading).toBe(`${input.result.dataset} ${word}${except}`)
    const first = events.findIndex(event => event.name === 'h1')
    expect(events.slice(0, first).some(event => event.name === 'table' || event.name === 'nav')).toBe(false)
  })

  it('gives every table a caption and every header cell a scope', () => {
    expect(opened(events, 'caption')).toHaveLength(opened(events, 'table').length)
    expect(opened(events, 'th').filter(event => !['col', 'row'].includes(event.attributes['scope'] ?? ''))).toEqual([])
  })

  it('has ids once, and something at the end of every link and label', () => {
    const ids = events.map(event => event.attributes['id']).filter(id => id !== undefined)
    expect(new Set(ids).size).toBe(ids.length)
    const targets = events.flatMap(({ attributes }) => [
      ...(attributes['href'] === undefined ? [] : [attributes['href'].slice(1)]),
      ...(attributes['aria-labelledby']?.split(' ') ?? []),
    ])
    expect(targets.filter(target => !ids.includes(target))).toEqual([])
  })

  it('names every picture, or hides it from those who cannot see it', () => {
    const unnamed = opened(events, 'svg').filter(
      ({ attributes }) =>
        !('aria-hidden' in attributes || 'aria-label' in attributes || 'aria-labelledby' in attributes),
    )
    expect(unnamed).toEqual([])
  })

  it('has a row for every rule with its own numbers', () => {
    const rows = ruleRows(page)
    expect(rows).toHaveLength(input.result.rules.length)
    for (const rule of rulesByUrgency(input.result.rules)) {
      const [, name, , severity, checked, violated] = rows.shift() ?? []
      expect(name).toContain(visibleText(rule.message, 40).replace(/…$/, ''))
      expect([severity, checked, violated]).toEqual([
        rule.severity,
        formatCount(rule.checked),
        formatCount(rule.violated),
      ])
    }
  })
})

/** The text of each cell of the rules' table, row by row. */
function ruleRows(page: string): string[][] {
  const table = page.slice(page.indexOf('<table class="cards sortable"'))
  const body = /<tbody[^>]*>\n([\s\S]*?)<\/tbody>/.exec(table)?.[1] ?? ''
  const rows: string[][] = []
  for (const event of readMarkup(`<!doctype html>${body}`, 'html')) {
    if (event.kind === 'open' && event.name === 'tr') rows.push([])
    else if (event.kind === 'open' && ['td', 'th'].includes(event.name)) rows.at(-1)?.push('')
    const cells = rows.at(-1)
    if (event.kind === 'text' && cells && cells.length > 0) cells.push(`${cells.pop() ?? ''}${event.text.trim()}`)
  }
  return rows
}

describe('the page', () => {
  it('tells documents that fail, only warn and are clean so that they add up', () => {
    const { result } = goldenInput('failing')
    const legend = textOf(readMarkup(renderHtml(goldenInput('failing')), 'html'), event => event.name === 'figcaption')
    const counts = [...legend.matchAll(/([\d,]+) (?:break|keep)/g)].map(([, count = '']) =>
      Number(count.replaceAll(',', '')),
    )
    expect(counts).toEqual([result.failingDocuments.error, 55, result.documents - result.failingDocuments.any])
    expect(counts.reduce((sum, count) => sum + count)).toBe(result.documents)
    expect(legend).toContain(formatShare(result.failingDocuments.error, result.documents))
  })

  it('never shows an empty dataset as a good one', () => {
    const input = goldenInput('passing')
    const page = renderHtml({ ...input, result: { ...input.result, documents: 0 } })
    expect(textOf(readMarkup(page, 'html'), event => event.name === 'h1')).toBe('papers passes, but is empty')
    expect(page).toContain('<header class="verdict warn">')
  })

  it('works without its script, which only sorts', () => {
    expect(SCRIPT).not.toMatch(/innerHTML|insertAdjacent|document\.write|eval|fetch/)
    const page = renderHtml(goldenInput('failing'))
    expect(page.match(/<details class="samples \w+" id="rule-\d+" open>/g)).toHaveLength(5)
  })

  it('shows no more fields than one can read', () => {
    const input = goldenInput('passing')
    const fields = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`key${n}`, { string: 1 }]))
    const page = renderHtml({
      ...input,
      manifest: { ...input.manifest, census: { documents: 2, fields, truncated: false } },
    })
    // The declared title is in no document, so it is one of the fields too.
    expect(page).toContain(`and ${401 - MAX_SHOWN_FIELDS} more fields`)
    expect(page.match(/key\d+/g)?.length).toBeLessThanOrEqual(MAX_SHOWN_FIELDS)
  })
})
