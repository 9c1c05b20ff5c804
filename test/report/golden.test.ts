import { describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/html.js'
import { renderJson } from '../../src/report/json.js'
import { renderJunit } from '../../src/report/junit.js'
import { renderMarkdown } from '../../src/report/markdown.js'
import { renderTerminal } from '../../src/report/terminal.js'
import { GOLDEN_CASES } from './golden-inputs.js'

/** The look is not what a golden file is for: its style and script are left out, with the hashes of them. */
function withoutLook(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '<style/>')
    .replace(/<script>[\s\S]*?<\/script>\n<\/body>/, '<script/>\n</body>')
    .replaceAll(/sha256-[A-Za-z0-9+/=]+/g, 'sha256')
}

describe.each(GOLDEN_CASES)('the report of a $name run', ({ input, file }) => {
  it('is this HTML', () => expect(withoutLook(renderHtml(input))).toMatchFileSnapshot(file('html')))
  it('is this JUnit XML', () => expect(renderJunit(input)).toMatchFileSnapshot(file('xml')))
  it('is this Markdown', () => expect(renderMarkdown(input)).toMatchFileSnapshot(file('md')))
  it('is this text on a terminal', () => expect(renderTerminal(input, { width: 100 })).toMatchFileSnapshot(file('txt')))

  it('is the same to the byte when made again, and leaves its input alone', () => {
    const before = JSON.stringify(input)
    const renderAll = (): string[] => [renderHtml, renderJunit, renderMarkdown, renderJson].map(render => render(input))
    expect(renderAll()).toEqual(renderAll())
    expect(JSON.stringify(input)).toBe(before)
  })
})
