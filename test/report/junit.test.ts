import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderJunit } from '../../src/report/junit.js'
import { visibleText } from '../../src/report/visible-text.js'
import { GOLDEN_CASES, goldenInput } from './golden-inputs.js'
import { hostileTexts, inputWith } from './hostile-text.js'
import { readMarkup } from './markup-reader.js'

/** Each test case as a CI system sees it. */
function outcomes(xml: string): Record<string, string> {
  const seen: [string, string][] = []
  for (const { kind, name, attributes } of readMarkup(xml, 'xml')) {
    if (kind !== 'open') continue
    if (name === 'testcase') seen.push([attributes['name'] ?? '', 'passed'])
    const last = seen.at(-1)
    if (last !== undefined && (name === 'failure' || name === 'skipped')) last[1] = name
  }
  return Object.fromEntries(seen)
}

describe('the JUnit report', () => {
  it('fails broken errors, skips broken warnings and passes the rest', () => {
    expect(outcomes(renderJunit(goldenInput('failing')))).toEqual({
      'title.required': 'failure',
      'authors.notEmpty': 'failure',
      'title.minLength': 'skipped',
      'year.minimum': 'passed',
      'site.pattern': 'passed',
      'year.type': 'passed',
      'papers.rowCount': 'passed',
    })
  })

  it.each(GOLDEN_CASES)('counts what it holds: $name', ({ input }) => {
    const xml = renderJunit(input)
    const found = Object.values(outcomes(xml))
    const suite = readMarkup(xml, 'xml').find(event => event.name === 'testsuite')?.attributes
    expect(suite).toMatchObject({
      name: input.result.dataset,
      tests: String(
        input.result.rules.length + (input.gate?.reasons.filter(({ outcome }) => outcome !== 'bad').length ?? 0),
      ),
      failures: String(found.filter(outcome => outcome === 'failure').length),
      skipped: String(found.filter(outcome => outcome === 'skipped').length),
      errors: '0',
    })
    // The build breaks exactly when the contract is broken, or the run is not good for another reason.
    const good = input.gate === undefined || input.gate.outcome === 'good'
    expect(found.includes('failure')).toBe(input.result.status === 'fail' || !good)
  })

  it('tells the first failing documents and how many more there are', () => {
    const body = readMarkup(renderJunit(goldenInput('failing')), 'xml').find(event =>
      event.text.startsWith('Missing title:'),
    )
    expect(body?.text.split('\n')).toEqual([
      'Missing title: 31 of 1,200 documents (2.58%). Column: title.',
      '_id 65a300000000000000000001: no value',
      '_id 65a300000000000000000002: null',
      'and 29 more, all in validation-reports/papers/run=20261122T020000.000Z-1a2b3c/violations/part-00000.ndjson.gz',
    ])
  })

  it('is well-formed XML 1.0 whatever the documents say, and says it', () => {
    fc.assert(
      fc.property(hostileTexts, texts => {
        const xml = renderJunit(inputWith(texts))
        // XML 1.0, Char: what is not in it may not even be written as a character reference.
        expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u)
        const events = readMarkup(xml, 'xml')
        expect(Object.keys(outcomes(xml))).toContain(visibleText(texts[0] ?? ''))
        expect(events.filter(event => event.kind === 'open' && event.name === 'testcase')).toHaveLength(7)
        expect(events.map(event => event.text).join('')).toContain(`_id ${visibleText(texts[10] ?? '')}: `)
      }),
      { numRuns: 150 },
    )
  })
})
