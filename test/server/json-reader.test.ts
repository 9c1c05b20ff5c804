import fc from 'fast-check'
import { expect, it } from 'vitest'
import { JsonReader } from '../../src/server/json-reader.js'

const read = (text: string): unknown => new JsonReader(text).read()

it('reads what JSON.parse reads', () => {
  // What is refused has tests of its own.
  const harmless = (value: unknown): boolean =>
    typeof value === 'string'
      ? !value.includes('\0') && !/\p{Surrogate}/u.test(value)
      : typeof value !== 'object' ||
        value === null ||
        Object.entries(value).every(
          ([name, member]) =>
            !/^\$|\.|^(?:__proto__|constructor|prototype)$/.test(name) && harmless(name) && harmless(member),
        )
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }).filter(harmless), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      const got = read(text)
      // -0 and whole numbers beyond 2^53, which come as bigint, aside
      expect(JSON.stringify(got, (_, v) => (typeof v === 'bigint' ? Number(v) : v))).toBe(
        JSON.stringify(JSON.parse(text)),
      )
    }),
    { numRuns: 500 },
  )
})

it('refuses what JSON.parse refuses', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc
      .array(
        fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', '-', '0', '.5', 'e3', 'true', 'nul', ' ', '\\'),
        { maxLength: 10 },
      )
      .map(parts => parts.join('')),
  )
  fc.assert(
    fc.property(text, text => {
      let wanted: unknown
      try {
        wanted = JSON.parse(text)
      } catch {
        expect(() => read(text)).toThrow()
        return
      }
      let got: unknown
      try {
        got = read(text)
      } catch (error) {
        // Of what is JSON, only what cannot be stored.
        expect(String(error)).toMatch(/cannot be stored/)
        return
      }
      expect(got).toEqual(wanted)
    }),
    { numRuns: 3_000 },
  )
})

it('keeps whole numbers of 64 bits, to the last digit', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), value => {
      expect(BigInt(read(String(value)) as number | bigint)).toBe(value)
    }),
  )
})
