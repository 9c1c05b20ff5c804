import { EJSON } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterText } from '../../src/config/filter-text.js'
import { readYamlTree } from '../../src/config/yaml-tree.js'

function filterOf(yaml: string): string {
  const { value, places } = readYamlTree(yaml, 'x.yaml', {})
  return filterText(value, [], places)
}

describe('a filter becomes canonical Extended JSON', () => {
  it.each([
    ['{status: Active}', '{"status":"Active"}'],
    [
      '{n: 3, m: 3000000000, d: 3.0, e: 1e3, z: -0.0}',
      '{"n":{"$numberInt":"3"},"m":{"$numberLong":"3000000000"},"d":{"$numberDouble":"3.0"},"e":{"$numberDouble":"1000.0"},"z":{"$numberDouble":"-0.0"}}',
    ],
    ['{n: 9007199254740993}', '{"n":{"$numberLong":"9007199254740993"}}'],
    ['{n: {$numberLong: 5}}', '{"n":{"$numberLong":"5"}}'],
    ['{_id: {$oid: 65f1a2b3c4d5e6f708192a3b}}', '{"_id":{"$oid":"65f1a2b3c4d5e6f708192a3b"}}'],
    ['{at: {$gte: {$date: "2024-01-05T10:00:00Z"}}}', '{"at":{"$gte":{"$date":{"$numberLong":"1704448800000"}}}}'],
    ['{t: {$timestamp: {t: 5, i: 1}}}', '{"t":{"$timestamp":{"t":5,"i":1}}}'],
    [
      '{$or: [{a: null}, {b: {$exists: false}}, {c: {$in: [1, x]}}]}',
      '{"$or":[{"a":null},{"b":{"$exists":false}},{"c":{"$in":[{"$numberInt":"1"},"x"]}}]}',
    ],
    ['{d: {$numberDecimal: "1.10"}}', '{"d":{"$numberDecimal":"1.10"}}'],
    ['{year: "2013"}', '{"year":"2013"}'],
  ])('%s', (yaml, wanted) => {
    expect(filterOf(yaml)).toBe(wanted)
  })

  it('keeps every int64 to the digit', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), value => {
        const { n } = EJSON.parse(filterOf(`{n: ${value}}`), { relaxed: false })
        expect(n.toString()).toBe(String(value))
      }),
    )
  })

  it('keeps every double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        const text = Object.is(value, -0) ? '-0.0' : Number.isInteger(value) ? value.toExponential() : String(value)
        const { n } = EJSON.parse(filterOf(`{n: ${text}}`), { relaxed: false })
        expect(n._bsontype).toBe('Double')
        expect(n.value).toBe(value)
      }),
    )
  })

  it('refuses what fits into no integer', () => {
    expect(() => filterOf('{n: 9223372036854775808}')).toThrow('does not fit into 64 bits')
  })
})
