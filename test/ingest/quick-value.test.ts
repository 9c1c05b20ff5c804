import fc from 'fast-check'
import { expect, it } from 'vitest'
import { JsonToBson } from '../../src/ingest/json-to-bson.js'

const parser = new JsonToBson({ addId: false })

/** The document as hex, or undefined where it is refused. */
function read(value: string): string | undefined {
  const text = Buffer.from(`{"v":${value},"w":null}`)
  try {
    return Buffer.from(parser.parse(text, 0, text.length).bson).toString('hex')
  } catch {
    return undefined
  }
}

/** With white space the value goes the long way. */
const theLongWay = (value: string) => read(value.replace('{', '{ '))

const integer = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
  fc.constantFrom(-0, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32) - 1),
)
const double = fc
  .oneof(fc.double(), fc.integer())
  .map(value => (Number.isInteger(value) ? value.toFixed(1) : String(value)))
const wrapper = fc.oneof(
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map(id => `{"$oid":"${Buffer.from(id).toString('hex')}"}`),
  integer.map(value => `{"$numberInt":"${value}"}`),
  integer.map(value => `{"$numberLong":"${value}"}`),
  integer.map(value => `{"$date":{"$numberLong":"${value}"}}`),
  double.map(value => `{"$numberDouble":"${value}"}`),
)

it('reads what is canonical as the long way does', () => {
  fc.assert(
    fc.property(wrapper, value => {
      expect(read(value)).toBe(theLongWay(value))
    }),
    { numRuns: 2000 },
  )
})

it('takes nothing that the long way refuses or reads otherwise, wherever a character is changed, missing or too many', () => {
  const change = fc.tuple(fc.nat(60), fc.constantFrom('', ...'"{}:,$-+.0e9aFg_ \\'), fc.boolean())
  fc.assert(
    fc.property(wrapper, change, (value, [place, char, instead]) => {
      const at = 1 + (place % (value.length - 1))
      const changed = value.slice(0, at) + char + value.slice(instead ? at + 1 : at)
      expect(read(changed), changed).toBe(theLongWay(changed))
    }),
    { numRuns: 5000 },
  )
})
