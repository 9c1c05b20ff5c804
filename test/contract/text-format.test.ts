import { isIPv4, isIPv6 } from 'node:net'
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, it } from 'vitest'
import { parseContract } from '../../src/contract/load.js'
import { portablePattern } from '../../src/contract/pattern/portable.js'

function patternOf(format: string): (text: string) => boolean {
  const text = `apiVersion: v3.1.0
kind: DataContract
id: f
version: '1'
status: active
schema: [{name: s, properties: [{name: x, logicalType: string, logicalTypeOptions: {format: ${format}}}]}]
`
  const rule = parseContract(text, 'f').rules.find(({ id }) => id === 'x.format')
  if (rule?.kind !== 'pattern') throw new RangeError(`${format} gave no pattern`)
  const compiled = RE2JS.compile(portablePattern(rule.pattern))
  return subject => compiled.matcher(subject).find()
}

/** A text of the kind with a character or two changed, taken out or put in. */
function nearly(kind: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const change = fc.tuple(fc.nat(60), fc.nat(2), fc.constantFrom(...'0129aAfFgz:.-+%/=@ \nTZ'))
  return fc
    .tuple(kind, fc.array(change, { maxLength: 3 }))
    .map(([text, changes]) =>
      changes.reduce((made, [at, length, put]) => `${made.slice(0, at)}${put}${made.slice(at + length)}`, text),
    )
}

function agrees(format: string, kind: fc.Arbitrary<string>, independent: (text: string) => boolean): void {
  const matches = patternOf(format)
  fc.assert(
    fc.property(fc.oneof(kind, nearly(kind)), text => {
      expect([text, matches(text)]).toEqual([text, independent(text)])
    }),
    { numRuns: 500 },
  )
}

const day = fc
  .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
  .map(([y, m, d]) => `${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`)

function isDay(text: string): boolean {
  const date = /^\d{4}-\d\d-\d\d$/.test(text) && !text.includes('\n') ? new Date(`${text}T00:00:00Z`) : undefined
  return date !== undefined && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

describe('the format of a text', () => {
  it('date is a day of the calendar', () => {
    agrees('date', day, isDay)
  })

  it('date knows the 29th of February in every year of four digits', () => {
    const matches = patternOf('date')
    for (let year = 0; year < 10_000; year++) {
      const text = `${String(year).padStart(4, '0')}-02-29`
      expect([text, matches(text)]).toEqual([text, isDay(text)])
    }
  })

  it('ipv4 is what Node takes for one', () => {
    agrees(
      'ipv4',
      fc.oneof(
        fc.ipV4(),
        fc.array(fc.nat(300), { minLength: 3, maxLength: 5 }).map(parts => parts.join('.')),
      ),
      isIPv4,
    )
  })

  it('ipv6 is what Node takes for one, but for zones', () => {
    const parts = fc.array(fc.constantFrom('', '0', 'ff', '12ab', '1:2', '1.2.3.4', '256.1.1.1'), { maxLength: 9 })
    agrees(
      'ipv6',
      fc.oneof(
        fc.ipV6(),
        parts.map(list => list.join(':')),
      ),
      text => isIPv6(text) && !text.includes('%'),
    )
  })

  it('byte is what Node encodes', () => {
    const bytes = fc.uint8Array({ maxLength: 20 }).map(data => Buffer.from(data).toString('base64'))
    const matches = patternOf('byte')
    fc.assert(fc.property(bytes, text => matches(text)))
    const encoded = (text: string): boolean =>
      /^[A-Za-z0-9+/]*={0,2}$/.test(text) && !text.includes('\n') && text.length % 4 === 0
    agrees('byte', bytes, encoded)
  })

  it('uuid is what anybody makes one of', () => {
    agrees(
      'uuid',
      fc.uuid(),
      text => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text) && !text.includes('\n'),
    )
  })

  it.each([
    ['date-time', '2024-02-29T23:59:60Z', true],
    ['date-time', '2024-01-31t12:00:00.123456z', true],
    ['date-time', '2024-01-31T12:00:00+01:00', true],
    ['date-time', '2024-01-31T12:00:00', false],
    ['date-time', '2024-01-31 12:00:00Z', false],
    ['date-time', '2023-02-29T12:00:00Z', false],
    ['date-time', '2024-01-31T24:00:00Z', false],
    ['date-time', '2024-01-31T12:00:00+24:00', false],
    ['time', '12:00:00Z', true],
    ['time', '12:00', false],
    ['email', 'ann.o+tag@mail.example.org', true],
    ['email', 'ann@localhost', true],
    ['email', 'ann', false],
    ['email', 'ann@', false],
    ['email', '@example.org', false],
    ['email', 'ann@-example.org', false],
    ['email', 'ann@example..org', false],
    ['email', 'ann@example.org\n', false],
    ['email', `ann@${'a'.repeat(63)}.org`, true],
    ['email', `ann@${'a'.repeat(64)}.org`, false],
    ['email', 'änn@example.org', false],
  ])('%s of %j is %s', (format, text, wanted) => {
    expect(patternOf(format)(text)).toBe(wanted)
  })
})
