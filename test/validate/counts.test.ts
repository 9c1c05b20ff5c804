import { expect, it } from 'vitest'
import { passes } from '../../src/validate/read/rule-result.js'

it.each([
  ['none allowed, none found', { threshold: 1 }, 10, 0, true],
  ['none allowed, one found', { threshold: 1 }, 10, 1, false],
  ['exactly the share', { threshold: 0.95 }, 100, 5, true],
  ['one more than the share', { threshold: 0.95 }, 100, 6, false],
  ['exactly a share that no binary fraction holds', { threshold: 0.9 }, 10, 1, true],
  ['the share itself is not enough', { threshold: 0.9, thresholdExclusive: true as const }, 10, 1, false],
  ['less than the share', { threshold: 0.9, thresholdExclusive: true as const }, 11, 1, true],
  ['as many as are allowed', { threshold: 0, maxViolated: 9 }, 9, 9, true],
  ['more than are allowed', { threshold: 0, maxViolated: 9 }, 1000, 10, false],
  ['nothing to check', { threshold: 1 }, 0, 0, true],
])('%s', (_, rule, checked, violated, passed) => {
  expect(passes(rule, checked, violated)).toBe(passed)
})

it('a share in thousandths is met exactly, whatever the number of documents', () => {
  for (let permille = 0; permille <= 1000; permille += 1)
    for (const documents of [1000, 3000, 7000, 123_000]) {
      const threshold = Number(((1000 - permille) / 1000).toFixed(12))
      const most = (documents / 1000) * permille
      expect(passes({ threshold }, documents, most)).toBe(true)
      if (most < documents) expect(passes({ threshold }, documents, most + 1)).toBe(false)
    }
})
