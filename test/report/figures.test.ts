import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatDelta,
  formatInstant,
  formatSeconds,
  formatShare,
  formatTick,
} from '../../src/report/figures.js'
import { visibleText } from '../../src/report/visible-text.js'
import { anyText } from './hostile-text.js'

describe('numbers as people read them', () => {
  it('groups by thousands as English does', () => {
    const english = new Intl.NumberFormat('en-US')
    fc.assert(
      fc.property(fc.maxSafeNat(), count => {
        expect(formatCount(count)).toBe(english.format(count))
      }),
    )
    expect(formatDelta(-1_234)).toBe('−1,234')
    expect([formatDelta(1), formatDelta(0)]).toEqual(['+1', '±0'])
  })

  it('never says none of some, or all of nearly all', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), fc.integer({ min: 1, max: 1e12 }), (a, b) => {
        const [part, whole] = a < b ? [a, b] : [b, a + 1]
        expect(['0%', '0.00%', '100%', '100.0%']).not.toContain(formatShare(part, whole))
      }),
    )
    expect([formatShare(0, 5), formatShare(5, 5), formatShare(0, 0)]).toEqual(['0%', '100%', '0%'])
    expect([formatShare(1, 1e6), formatShare(399, 20_000), formatShare(999_999, 1e6)]).toEqual([
      '<0.01%',
      '1.99%',
      '>99.9%',
    ])
  })

  it('gives sizes and times in units that fit', () => {
    expect([0, 999, 1_000, 999_499, 999_500, 31_400_000].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '999 kB',
      '1.0 MB',
      '31.4 MB',
    ])
    expect([0.834, 34, 125, 7_300].map(formatSeconds)).toEqual(['0.8 s', '34 s', '2 min 5 s', '2 h 1 min'])
    expect([20_000, 123_456, 1_500_000, 2e9].map(formatTick)).toEqual(['20,000', '123.5k', '1.5M', '2B'])
    expect(formatInstant('2026-11-22T02:00:03.500Z')).toBe('22 Nov 2026, 02:00:03 UTC')
    expect(formatInstant('soon')).toBe('soon')
  })
})

describe('text made visible', () => {
  it('spells out what hides, and leaves letters, emoji and Persian joiners', () => {
    expect(visibleText('a\u0000\u202e\n\u{e0001}\ud800')).toBe('a\\u0000\\u202e\\n\\u{e0001}\\ud800')
    for (const kept of ['naïve — 論文', '👩‍💻', 'می‌خواهم', '{"a":"\\u0000"}']) expect(visibleText(kept)).toBe(kept)
  })

  it('cuts between code points, at the limit and not before', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 20 }), (text, limit) => {
        const points = Array.from(text)
        const wanted = points.length <= limit ? text : `${points.slice(0, limit).join('')}…`
        expect(visibleText(text, limit)).toBe(visibleText(wanted, Number.POSITIVE_INFINITY))
      }),
    )
  })
})
