import fc from 'fast-check'
import { expect, it } from 'vitest'
import { checkPrefix, compareKeys, keyProblem } from '../../src/model/object-key.js'

/** Few characters, so that equal beginnings are common, from both sides of each edge between UTF-16 and UTF-8 order. */
const edges = [
  'a',
  '-',
  '/',
  '\u007e',
  '\u0080',
  '\u07ff',
  '\u0800',
  '\ud7ff',
  '\ue000',
  '\ufffd',
  '\u{10000}',
  '\u{10ffff}',
]
const anyText = fc.array(fc.constantFrom(...edges)).map(parts => parts.join(''))

it('orders keys as their UTF-8 bytes are ordered', () => {
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
    }),
  )
})

it('takes any segments but . and .., and every beginning of a key as a prefix', () => {
  const segment = fc.string({ unit: fc.constantFrom('a', '.', '=', 'é', '日'), minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), segments => {
      const key = segments.join('/')
      const climbs = segments.some(s => s === '.' || s === '..')
      expect(keyProblem(key) !== undefined).toBe(climbs)
      if (climbs) return
      for (let end = 0; end <= key.length; end++) {
        const prefix = key.slice(0, end)
        // `a/..` begins `a/..b`, but whoever asks for it means something else.
        if (!/(^|\/)\.\.?$/.test(prefix)) checkPrefix(prefix)
      }
    }),
  )
})

it('counts the length of keys and segments in bytes', () => {
  expect(keyProblem('é'.repeat(127))).toBeUndefined()
  expect(keyProblem('é'.repeat(128))).toMatch(/segment longer than 255 bytes/)
  expect(keyProblem(`${'é/'.repeat(341)}x`)).toBeUndefined()
  expect(keyProblem(`${'é/'.repeat(341)}xy`)).toMatch(/longer than 1024 bytes/)
})
