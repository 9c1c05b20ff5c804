import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Paint, renderTerminal } from '../../src/report/terminal.js'
import { cutToWidth, padToWidth, widthOf } from '../../src/report/terminal-width.js'
import { visibleText } from '../../src/report/visible-text.js'
import { goldenInput } from './golden-inputs.js'
import { anyText, hostileTexts, inputWith } from './hostile-text.js'

const tag = (name: string) => (text: string) => `<${name}>${text}</${name}>`
const PAINT: Paint = { bold: tag('b'), dim: tag('dim'), red: tag('red'), yellow: tag('yellow'), green: tag('green') }

describe('the summary on a terminal', () => {
  it('needs no more than the result', () => {
    const text = renderTerminal({ result: goldenInput('failing').result })
    expect(text.split('\n')[0]).toBe('✗ papers fails its contract: 43 of 1,200 documents (3.58%) break the contract.')
    expect(text).toContain('title.required')
  })

  it('puts what broke the contract first, with its first documents', () => {
    const rows = renderTerminal(goldenInput('failing'), { examples: 1 })
      .split('\n')
      .map(line => line.trim())
    const at = (start: string): number => rows.findIndex(row => row.startsWith(start))
    expect(at('✗ title.required')).toBeLessThan(at('✗ authors.notEmpty'))
    expect(at('✗ authors.notEmpty')).toBeLessThan(at('! title.minLength'))
    expect(rows[at('✗ title.required') + 1]).toBe('65a300000000000000000001  no value')
    expect(rows[at('✗ title.required') + 2]).toMatch(/^✗ authors/)
  })

  it('colours by the verdict, and only through the paint it is given', () => {
    expect(renderTerminal(goldenInput('failing'), { paint: PAINT })).toMatch(/^<red><b>✗<\/b><\/red>/)
    expect(renderTerminal(goldenInput('warning'), { paint: PAINT })).toMatch(/^<yellow>/)
    expect(renderTerminal(goldenInput('passing'), { paint: PAINT })).toMatch(/^<green>/)
    expect(renderTerminal(goldenInput('failing'))).not.toContain('\u001b')
  })

  it('cannot be made to move the cursor, colour or hide, and fits its width below the sentences', () => {
    fc.assert(
      fc.property(hostileTexts, fc.integer({ min: 60, max: 160 }), (texts, width) => {
        const text = renderTerminal(inputWith(texts), { width })
        expect(text).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u)
        const rules = text.split('\n').slice(2)
        for (const line of rules) expect(widthOf(line)).toBeLessThanOrEqual(width)
      }),
      { numRuns: 100 },
    )
  })
})

describe('text of a given width', () => {
  it('is never wider than asked, and whole when it fits', () => {
    fc.assert(
      fc.property(
        anyText.map(text => visibleText(text)),
        fc.integer({ min: 1, max: 30 }),
        (text, width) => {
          const cut = cutToWidth(text, width)
          expect(widthOf(cut)).toBeLessThanOrEqual(width)
          if (widthOf(text) <= width) expect(cut).toBe(text)
          else expect(cut.endsWith('…')).toBe(true)
          expect(widthOf(padToWidth(text, width))).toBe(width)
        },
      ),
    )
  })

  it('counts two columns for wide characters and none for marks', () => {
    expect(widthOf('abc')).toBe(3)
    expect(widthOf('論文')).toBe(4)
    expect(widthOf('e\u0301')).toBe(1)
  })
})
