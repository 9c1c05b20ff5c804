import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/html.js'
import { html } from '../../src/report/html-markup.js'
import { visibleText } from '../../src/report/visible-text.js'
import { goldenInput } from './golden-inputs.js'
import { hostileText, hostileTexts, inputWith, PLAIN_TEXTS, TEXTS } from './hostile-text.js'
import { readMarkup } from './markup-reader.js'

/** Every tag with the names of its attributes: what a page is, without what it says. */
function skeleton(page: string): string[] {
  return readMarkup(page, 'html')
    .filter(event => event.kind !== 'text')
    .map(({ kind, name, attributes }) => `${kind} ${name} ${Object.keys(attributes).join(' ')}`)
}

describe('an HTML report', () => {
  const plain = skeleton(renderHtml(inputWith(PLAIN_TEXTS)))

  it('has the same elements and attributes whatever the documents say', () => {
    fc.assert(
      fc.property(hostileTexts, texts => {
        expect(skeleton(renderHtml(inputWith(texts)))).toEqual(plain)
      }),
      { numRuns: 150 },
    )
  })

  it('has as many < as its own templates, and none of the documents', () => {
    const brackets = (page: string): number => page.split('<').length
    const wanted = brackets(renderHtml(inputWith(PLAIN_TEXTS)))
    const angry = Array.from({ length: TEXTS }, (_, index) => `${'<b '.repeat(index + 1)}onload=x>`)
    expect(brackets(renderHtml(inputWith(angry)))).toBe(wanted)
  })

  it('holds no character that hides, reverses or breaks text', () => {
    fc.assert(
      fc.property(hostileTexts, texts => {
        const page = renderHtml(inputWith(texts))
        expect(page).not.toMatch(/[^\P{Cc}\n]|[\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u)
        // A lone surrogate would not survive the way through UTF-8.
        expect(Buffer.from(page).toString()).toBe(page)
      }),
      { numRuns: 100 },
    )
  })

  it('still says what the documents say', () => {
    fc.assert(
      fc.property(hostileTexts, texts => {
        const said = readMarkup(renderHtml(inputWith(texts)), 'html')
          .filter(event => event.kind === 'text')
          .map(event => event.text)
        // Long ones are cut, at one length or another: their beginnings are there.
        for (const text of texts) expect(said.join('')).toContain(visibleText(text.slice(0, 80), 40).replace(/…$/, ''))
      }),
      { numRuns: 60 },
    )
  })

  it('may run only its own script and style, by their hashes', () => {
    const events = readMarkup(renderHtml(inputWith(PLAIN_TEXTS)), 'html')
    const policy = events.find(event => event.attributes['http-equiv'] === 'Content-Security-Policy')?.attributes[
      'content'
    ]
    for (const name of ['style', 'script']) {
      const start = events.findIndex(event => event.kind === 'open' && event.name === name)
      const hash = createHash('sha256')
        .update(events[start + 1]?.text ?? '')
        .digest('base64')
      expect(policy).toContain(`${name}-src 'sha256-${hash}'`)
    }
    expect(policy).toContain("default-src 'none'")
    // The policy would refuse them: that none is there keeps the look whole.
    expect(
      events.filter(
        event => 'style' in event.attributes || Object.keys(event.attributes).some(a => a.startsWith('on')),
      ),
    ).toEqual([])
  })

  it('cuts what is very long', () => {
    const input = goldenInput('failing')
    const samples = input.samples.map(sample => ({ ...sample, _id: 'i'.repeat(1e6), value: 'v'.repeat(1e6) }))
    expect(renderHtml({ ...input, samples }).length).toBeLessThan(renderHtml(input).length + samples.length * 600)
  })
})

describe('the html template', () => {
  it('escapes whatever is put into it, and nothing of its own', () => {
    fc.assert(
      fc.property(hostileText, text => {
        const { text: made } = html`<p title="${text}">${[text, html`<br>`, undefined, false]}</p>`
        expect(made.match(/[<>"]/g)?.join('')).toBe('<"">' + '<>' + '<>')
      }),
    )
  })
})
