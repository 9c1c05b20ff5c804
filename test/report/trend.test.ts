import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newRunId } from '../../src/model/run-id.js'
import type { HistoryPoint, ReportInput } from '../../src/report/report-input.js'
import { axisFor, labelledSlots, slotCentres, trendPoints } from '../../src/report/trend-geometry.js'
import { NARROW, trendPicture, WIDE } from '../../src/report/trend-picture.js'
import { goldenInput } from './golden-inputs.js'
import { type MarkupEvent, readMarkup, textOf } from './markup-reader.js'

const count = fc.oneof(fc.nat(3), fc.nat(30_000), fc.integer({ min: 0, max: 5_000_000_000 }))
const pastRun: fc.Arbitrary<Omit<HistoryPoint, 'runId'>> = fc
  .record({
    documents: count,
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    violations: count,
    changed: fc.boolean(),
  })
  .chain(({ documents, share, violations, changed }) => {
    const error = Math.floor(documents * share)
    return fc.constantFrom('pass' as const, 'warn' as const, 'fail' as const).map(status => ({
      documents,
      status,
      failingDocuments: { error, any: error },
      ruleViolated: { a: violations },
      contractFingerprint: changed ? 'a' : 'b',
    }))
  })

function withHistory(runs: readonly Omit<HistoryPoint, 'runId'>[]): ReportInput {
  const history = runs.map((run, index) => ({
    ...run,
    runId: newRunId(new Date(Date.UTC(2026, 0, index + 1)), '00000a'),
  }))
  return { ...goldenInput('failing'), history }
}

function drawn(input: ReportInput, shape: typeof WIDE | typeof NARROW): MarkupEvent[] {
  return readMarkup(`<!doctype html>${trendPicture(trendPoints(input), shape).text}`, 'html').filter(
    e => e.kind === 'open',
  )
}

const number = (event: MarkupEvent | undefined, name: string): number => Number(event?.attributes[name])
const byClass = (events: MarkupEvent[], name: string): MarkupEvent[] =>
  events.filter(event => event.attributes['class']?.split(' ').includes(name))

describe('the picture of the trend', () => {
  it.each([WIDE, NARROW])('keeps everything within its edges and every run to the right of the one before', shape => {
    fc.assert(
      fc.property(fc.array(pastRun, { maxLength: 30 }), runs => {
        const events = drawn(withHistory(runs), shape)
        const [, , width = 0, height = 0] = events[0]?.attributes['viewBox']?.split(' ').map(Number) ?? []
        expect(width).toBe(shape.width)
        for (const rect of events.filter(event => event.name === 'rect')) {
          expect(number(rect, 'x')).toBeGreaterThanOrEqual(0)
          expect(number(rect, 'y')).toBeGreaterThanOrEqual(0)
          expect(number(rect, 'width')).toBeGreaterThan(0)
          expect(number(rect, 'height')).toBeGreaterThan(0)
          expect(number(rect, 'x') + number(rect, 'width')).toBeLessThanOrEqual(width)
          expect(number(rect, 'y') + number(rect, 'height')).toBeLessThanOrEqual(height)
        }
        const line = events.find(event => event.name === 'polyline')?.attributes['points']
        const points = (line?.split(' ') ?? []).map(pair => pair.split(',').map(Number) as [number, number])
        expect(points).toHaveLength(runs.length === 0 ? 0 : runs.length + 1)
        points.forEach(([x, y], index) => {
          expect(x).toBeGreaterThan(index === 0 ? shape.left : (points[index - 1]?.[0] ?? Number.NaN))
          expect(x).toBeLessThan(width - shape.right)
          expect(y >= 0 && y <= height).toBe(true)
        })
        for (const text of events.filter(event => event.name === 'text')) {
          expect(number(text, 'x') >= 0 && number(text, 'x') <= width).toBe(true)
          expect(number(text, 'y') >= 0 && number(text, 'y') <= height).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it.each([WIDE, NARROW])('leaves room for its numbers at both sides', shape => {
    fc.assert(
      fc.property(fc.array(pastRun, { maxLength: 30 }), fc.nat(5_000_000_000), (runs, documents) => {
        const input = withHistory(runs)
        const points = trendPoints({ ...input, result: { ...input.result, documents } })
        const events = readMarkup(`<!doctype html>${trendPicture(points, shape).text}`, 'html')
        events.forEach((event, index) => {
          if (event.name !== 'text' || event.kind !== 'open' || event.attributes['class'] === 'panel') return
          // Seven units a character: digits of 12 units in the widest face of the stack are narrower.
          const length = (events[index + 1]?.text.length ?? 0) * 7
          const before = { end: length, middle: length / 2 }[event.attributes['text-anchor'] ?? ''] ?? 0
          expect(number(event, 'x') - before).toBeGreaterThanOrEqual(0)
          expect(number(event, 'x') - before + length).toBeLessThanOrEqual(shape.width)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('draws a higher share higher, and a mark for each run', () => {
    fc.assert(
      fc.property(fc.array(pastRun, { minLength: 1, maxLength: 30 }), runs => {
        const input = withHistory(runs)
        const points = trendPoints(input)
        const events = drawn(input, WIDE)
        expect(byClass(events, 'mark')).toHaveLength(points.length)
        const line = events.find(event => event.name === 'polyline')?.attributes['points'] ?? ''
        const heights = line.split(' ').map(pair => Number(pair.split(',')[1]))
        const order = points.map((point, index) => [point.share, heights[index] ?? Number.NaN] as const)
        for (const [share, y] of order)
          for (const [other, otherY] of order) if (share < other) expect(y).toBeGreaterThanOrEqual(otherY)
      }),
      { numRuns: 40 },
    )
  })

  it('shows the numbers of the run it is about', () => {
    const input = goldenInput('failing')
    const page = readMarkup(`<!doctype html>${trendPicture(trendPoints(input), WIDE).text}`, 'html')
    const told = textOf(page, event => event.name === 'svg')
    for (const number of ['3.58%', '107', '1,200', '43 of 1,200 documents']) expect(told).toContain(number)
    expect(textOf(page, event => event.name === 'title')).toBe('Trend over 4 runs')
    expect(textOf(page, event => event.name === 'desc')).toContain('1 passed, 1 passed with warnings, 2 failed.')
  })

  it('marks each run by its status and the place where the contract changed', () => {
    const events = drawn(goldenInput('failing'), WIDE)
    const marks = byClass(events, 'mark').map(event => event.attributes['class'])
    expect(marks).toEqual(['mark pass', 'mark fail', 'mark warn', 'mark fail'])
    expect(byClass(events, 'changed')).toHaveLength(1)
  })

  it('leaves out no violation, however few', () => {
    const input = goldenInput('warning')
    const many = { ...input.result, runId: '20261101T000000.000Z-00000a', documents: 1, ruleViolated: { a: 4_000_000 } }
    const history = [{ ...many, contractFingerprint: 'a' }]
    expect(byClass(drawn({ ...input, history }, WIDE), 'violations')).toHaveLength(2)
  })
})

describe('an axis', () => {
  it('begins at 0, has even steps and ends at or above the greatest value, but not far above', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.integer({ min: 1, max: 4 }),
        (greatest, intervals) => {
          const { max, ticks } = axisFor(greatest, intervals, 1)
          expect(ticks[0]).toBe(0)
          expect(ticks.at(-1)).toBe(max)
          expect(max * (1 + 1e-9)).toBeGreaterThanOrEqual(greatest)
          expect(ticks.length).toBeLessThanOrEqual(intervals + 1 + 1)
          expect(ticks.every(tick => Number.isInteger(tick))).toBe(true)
          if (greatest >= intervals) expect(max).toBeLessThanOrEqual(greatest * 2.5 + 1)
        },
      ),
    )
  })

  it('puts labels on the last run and evenly before it, no more than there is room for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 12 }), (runs, room) => {
        const slots = [...labelledSlots(runs, room)].sort((a, b) => a - b)
        expect(slots.at(-1)).toBe(runs - 1)
        expect(slots.length).toBeLessThanOrEqual(room)
        expect(new Set(slots.slice(1).map((slot, index) => slot - (slots[index] ?? 0))).size).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('gives each run an equal slot', () => {
    expect(slotCentres(1, 0, 100)).toEqual([50])
    expect(slotCentres(4, 0, 100)).toEqual([12.5, 37.5, 62.5, 87.5])
  })
})
