import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { durationText, parseDuration } from '../../src/model/duration.js'

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['45m', 2700],
    ['26h', 93_600],
    ['7d', 604_800],
    ['2w', 1_209_600],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  it.each(['', '26', 'h', '0h', '-1h', '1.5h', '1h30m', ' 1h', '1 h', '1H', '01h', '1y', '9999999999d'])(
    'is not %j',
    text => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  it('comes back from its text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), seconds => {
        expect(parseDuration(durationText(seconds))).toBe(seconds)
      }),
    )
    expect(durationText(93_600)).toBe('26h')
    expect(() => durationText(0)).toThrow(RangeError)
  })
})
