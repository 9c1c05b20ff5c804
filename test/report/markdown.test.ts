import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderMarkdown } from '../../src/report/markdown.js'
import { visibleText } from '../../src/report/visible-text.js'
import { goldenInput } from './golden-inputs.js'
import { hostileTexts, inputWith, PLAIN_TEXTS } from './hostile-text.js'

/** Lines with what stands in them taken out: how many cells each row has, and every tag and entity-free mark. */
function skeleton(markdown: string): string[] {
  return markdown.split('\n').map(line => (line.match(/<\/?\w+>|\||\*\*|##|`|\\|\[|\]|@/g) ?? []).join(' '))
}

const decode = (markdown: string): string =>
  markdown.replaceAll('&#8203;', '').replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))

describe('the Markdown report', () => {
  it('keeps its lines, cells and marks whatever the documents say', () => {
    const plain = skeleton(renderMarkdown(inputWith(PLAIN_TEXTS)))
    fc.assert(
      fc.property(hostileTexts, texts => {
        expect(skeleton(renderMarkdown(inputWith(texts)))).toEqual(plain)
      }),
      { numRuns: 150 },
    )
  })

  it('says what the documents say once the entities are read', () => {
    fc.assert(
      fc.property(hostileTexts, texts => {
        const said = decode(renderMarkdown(inputWith(texts)))
        for (const text of [texts[0], texts[1], texts[2]]) expect(said).toContain(visibleText(text ?? ''))
      }),
      { numRuns: 100 },
    )
  })

  it('makes no links and calls nobody', () => {
    const input = inputWith(PLAIN_TEXTS.map(() => '@all https://x.example www.x.example [a](b) #1 :tada: $x$'))
    const markdown = renderMarkdown(input)
    expect(markdown).not.toMatch(/@|https?:\/|www\.|\]\(|:tada:|\$/)
    expect(decode(markdown)).toContain('@all https://x.example')
  })

  it('has as many cells in each row as the table has heads', () => {
    const rows = renderMarkdown(goldenInput('failing'))
      .split('\n')
      .filter(line => line.startsWith('|'))
    const cells = rows.map(row => row.split('|').length)
    expect(new Set(cells.slice(0, 7))).toEqual(new Set([9]))
    expect(new Set(cells.slice(7))).toEqual(new Set([5]))
  })
})
