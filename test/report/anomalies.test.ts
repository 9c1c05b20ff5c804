import { describe, expect, it } from 'vitest'
import { renderHtml } from '../../src/report/html.js'
import { renderJunit } from '../../src/report/junit.js'
import { renderMarkdown } from '../../src/report/markdown.js'
import type { ReportInput } from '../../src/report/report-input.js'
import { renderTerminal } from '../../src/report/terminal.js'
import { describeVerdict } from '../../src/report/verdict.js'
import { goldenInput } from './golden-inputs.js'

const passing = goldenInput('passing')
const judged = goldenInput('judged')
const anomalies = judged.anomalies!
const with_ = (changes: Partial<ReportInput>): ReportInput => ({ ...passing, ...changes })
const unusualOf = (page: string): string =>
  /<section aria-labelledby="unusual">[\s\S]*?<\/section>/.exec(page)?.[0] ?? ''

describe('what is unusual', () => {
  it('changes no verdict in any format', () => {
    const plain = describeVerdict(passing)
    expect(describeVerdict(with_({ anomalies }))).toEqual(plain)
    expect(renderJunit(with_({ anomalies }))).toContain('failures="0"')
    expect(renderMarkdown(with_({ anomalies }))).toMatch(/^## ✅/)
    expect(renderTerminal(with_({ anomalies }))).toMatch(/^✓/)
  })

  it('is drawn with its history, the band behind it and this run at the end', () => {
    const page = unusualOf(renderHtml(with_({ anomalies })))
    expect(page.match(/<svg class="history"/g)).toHaveLength(anomalies.anomalies.length)
    const [picture = ''] = /<svg class="history"[\s\S]*?<\/svg>/.exec(page) ?? []
    const line = /points="([^"]*)"/.exec(picture)?.[1]?.split(' ') ?? []
    expect(line).toHaveLength(anomalies.anomalies[0]!.history.length)
    const [, top = '', height = ''] =
      /class="band" x="0" y="([\d.]+)" width="\d+" height="([\d.]+)"/.exec(picture) ?? []
    const inBand = (y: number): boolean => y >= Number(top) - 0.02 && y <= Number(top) + Number(height) + 0.02
    expect(line.map(point => Number(point.split(',')[1])).every(inBand)).toBe(true)
    expect(inBand(Number(/cy="([\d.]+)"/.exec(picture)?.[1]))).toBe(false)
  })

  it('says that it is too early, or that nothing stands out; and is left out where a run was not compared', () => {
    const quiet = { ...anomalies, status: 'quiet', runs: 3, anomalies: [] } as const
    expect(unusualOf(renderHtml(with_({ anomalies: quiet })))).toContain(
      '3 earlier runs with a profile, and it takes 7',
    )
    const calm = { ...anomalies, status: 'calm', anomalies: [] } as const
    expect(unusualOf(renderHtml(with_({ anomalies: calm })))).toContain('Nothing stands out against 9 earlier runs')
    expect(renderHtml(passing)).not.toContain('unusual"')
    for (const render of [renderTerminal, renderMarkdown, renderJunit])
      expect(render(with_({ anomalies: quiet }))).toBe(render(passing))
  })

  it('is bounded, and says how much more there is', () => {
    const many = Array.from({ length: 60 }, (_, index) => ({ ...anomalies.anomalies[0]!, column: `c${index}` }))
    const input = with_({ anomalies: { ...anomalies, anomalies: many } })
    expect(renderTerminal(input)).toContain('and 55 more measures out of the usual')
    expect(unusualOf(renderHtml(input))).toContain('36 more in anomalies.json')
  })
})

describe('a run that is not good', () => {
  it('never looks good, whatever its rules say', () => {
    for (const outcome of ['empty', 'partial'] as const) {
      const gate = { outcome, reasons: [{ outcome, reason: 'r', next: 'n' }] }
      expect(describeVerdict(with_({ gate }))).toMatchObject({ tone: 'fail', word: `passes, but is ${outcome}` })
    }
    const late = { outcome: 'stale', reasons: [{ outcome: 'stale', reason: 'r', next: 'n' }] } as const
    expect(describeVerdict(with_({ gate: late })).tone).toBe('warn')
  })

  it('is told once: what the rules say is theirs to tell', () => {
    const gate = { outcome: 'bad', reasons: [{ outcome: 'bad', reason: 'r', next: 'n' }] } as const
    const failing = goldenInput('failing')
    expect(renderHtml({ ...failing, gate })).toBe(renderHtml(failing))
    expect(renderMarkdown({ ...failing, gate })).toBe(renderMarkdown(failing))
  })
})
