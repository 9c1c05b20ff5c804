import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { parseContract } from '../../src/contract/load.js'
import { portablePattern } from '../../src/contract/pattern/portable.js'
import { fieldTree } from '../../src/contract/suggest/field-tree.js'
import { placesOf } from '../../src/contract/suggest/place.js'
import { freshnessOf } from '../../src/contract/suggest/rhythm.js'
import { suggestedType } from '../../src/contract/suggest/suggested-type.js'
import { possiblePatterns, TEXT_PATTERNS } from '../../src/contract/suggest/text-patterns.js'
import { halfOf, widenedCount, widenedInstants, widenedRange } from '../../src/contract/suggest/widen.js'
import { yamlText } from '../../src/contract/suggest/yaml-scalar.js'
import { uncheckedColumns } from '../../src/contract/unchecked.js'
import { typeText } from '../../src/model/column.js'
import { columnName } from '../../src/model/rule.js'
import { censusOf } from './suggest-run.js'

describe('bounds', () => {
  it('leave room, and never cross zero where no value did', () => {
    expect(widenedRange(2013, 2024)).toEqual({ minimum: 2000, maximum: 2040 })
    expect(widenedRange(0.1, 0.3)).toEqual({ minimum: 0, maximum: 0.5 })
    expect(widenedRange(-5, -1)).toEqual({ minimum: -9, maximum: 0 })
    expect(widenedRange(3, 3)).toEqual({})
    expect(widenedRange(-1e300, 5)).toEqual({})
    expect([widenedCount(187), widenedCount(1), widenedCount(0)]).toEqual([400, 2, 1])
    expect([halfOf(8623), halfOf(1), halfOf(19)]).toEqual([4300, 0, 9])
  })

  it('always have what was seen between them', () => {
    const numbers = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    )
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)]
        const { minimum = min, maximum = max } = widenedRange(min, max)
        expect(minimum <= min && maximum >= max).toBe(true)
        expect(min >= 0 && minimum < 0).toBe(false)
      }),
    )
  })

  it('of instants are days that contracts take', () => {
    expect(widenedInstants(Date.UTC(2024, 5, 1), Date.UTC(2025, 0, 1))).toEqual({
      minimum: '2023-01-01',
      maximum: '2100-01-01',
    })
    expect(widenedInstants(-8.64e15, 8.64e15)).toEqual({})
    expect(widenedInstants(Date.UTC(2024, 0, 1), Date.UTC(9999, 0, 1))).toEqual({ minimum: '2023-01-01' })
  })
})

describe('texts in YAML', () => {
  it('read back as they were, on one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const written = yamlText(text)
        expect(written).not.toMatch(/[\n\r\u2028\u2029\u0085]/)
        expect(parse(`a: [${written}, ${written}] # x`)).toEqual({ a: [text, text] })
        expect(parse(`a: ${written} # x`, { version: '1.1' })).toEqual({ a: text })
      }),
      { numRuns: 200 },
    )
  })

  it.each([
    'null',
    'Yes',
    'off',
    '~',
    '12',
    '1e3',
    '0x1',
    '2024-01-01',
    '- a',
    'a: b',
    'a #b',
    ' a',
    'a ',
    '',
    "it's",
    '*a',
    '%',
    '.5',
    'NaN',
    '=',
  ])('%j stays a text', text => {
    expect(parse(`a: ${yamlText(text)}`)).toEqual({ a: text })
    expect(parse(`a: ${yamlText(text)}`, { version: '1.1' })).toEqual({ a: text })
  })
})

describe('forms of texts', () => {
  it.each(TEXT_PATTERNS)('$what, $pattern, is in the portable subset, and its texts are as long as it says', form => {
    expect(() => portablePattern(form.pattern)).not.toThrow()
    if (form.minLength < form.maxLength) return
    fc.assert(
      fc.property(fc.stringMatching(new RegExp(`^(?:${form.pattern})$`)), text => {
        expect(text).toHaveLength(form.minLength)
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    ['2024-02-29', 'a date'],
    ['2024-02-29T10:00:00Z', 'an instant'],
    ['2024-02-29 10:00', 'a date and time'],
    ['0b6f1c2e-8a57-4a53-9d5c-6a4f2f1b7c11', 'a UUID'],
    ['192.168.0.1', 'an IPv4 address'],
    ['a.b@example.org', 'an e-mail address'],
    ['https://example.org/x?y', 'an address of the web'],
    ['10.1000/xyz', 'a DOI'],
    ['1.2.3-rc.1', 'a version'],
    ['0042', 'digits'],
    ['-1.5', 'a number'],
    ['5;7.5;3', 'numbers joined with ;'],
    ['deadbeef00', 'hexadecimal digits'],
    ['DE', 'capitals'],
    ['IN_REVIEW', 'words in capitals'],
    ['on-lakes', 'words joined with -'],
    ['HkNDsiC9KQ', 'an identifier'],
  ])('%s is %s', (text, what) => {
    const found = possiblePatterns(text.length, text.length).find(({ pattern }) =>
      new RegExp(`^(?:${pattern})$`).test(text),
    )
    expect(found?.what).toBe(what)
  })
})

describe('the census', () => {
  it('is read as a tree, names with points and brackets whole', () => {
    const tree = fieldTree(censusOf([{ a: { 'b.c': [{ 'd[]': 1 }, [true]] }, '': { '': null } }]))
    expect([...tree.keys()].sort()).toEqual(['', 'a'])
    const elements = tree.get('a')?.fields.get('b.c')?.element
    expect(elements?.counts).toEqual({ object: 1, array: 1 })
    expect(elements?.fields.get('d[]')?.counts).toEqual({ int: 1 })
    expect(elements?.element?.counts).toEqual({ bool: 1 })
    expect(tree.get('')?.fields.get('')?.counts).toEqual({ null: 1 })
  })

  const typeOf = (values: readonly unknown[], current?: Parameters<typeof suggestedType>[0]['current']): string => {
    const node = fieldTree(censusOf(values.map(x => ({ x })))).get('x')!
    return typeText(suggestedType({ node, current, depth: 1 }).type)
  }
  const many = (value: unknown, count = 95): unknown[] => Array.from({ length: count }, () => value)

  it('gives types: one for all, the dominating one, or JSON', () => {
    expect(typeOf([1, 2])).toBe('int64')
    expect(typeOf([1, 2], { kind: 'int32' })).toBe('int32')
    expect(typeOf([1, 2.5])).toBe('double')
    expect(typeOf([1, 9007199254740993n, 2.5])).toBe('json')
    expect(typeOf([...many('a'), ...many(1, 5)])).toBe('string')
    expect(typeOf([...many('a', 94), ...many(1, 6)])).toBe('json')
    expect(typeOf([{ a: 1 }, { a: 2, b: 'x' }])).toBe('struct<a int64, b string>')
    expect(typeOf([{ a: 1 }, { a: 'x' }])).toBe('struct<a json>')
    expect(typeOf([{ 'a.b': 1, c: 2, C: 3 }])).toBe('struct<C int64>')
    expect(typeOf([{}, { 'a.b': 1 }])).toBe('json')
    expect(typeOf([[['x']], []])).toBe('list<list<string>>')
    expect(typeOf([[], []])).toBe('list<json>')
    expect(typeOf([{ a: { b: { c: { d: { e: { f: { g: 1 } } } } } } }])).toContain('json')
  })

  it('takes objects whose names are data for JSON', () => {
    const byKey = Array.from({ length: 60 }, (_, n) => ({ [`user${n}`]: n }))
    expect(typeOf(byKey)).toBe('json')
    const wide = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`field${n}`, n]))
    expect(typeOf([wide, wide])).toMatch(/^struct/)
  })

  it('leaves out what no contract can name', () => {
    const { fields, left } = placesOf(
      censusOf([{ _id: 1, a: 1, A: 2, 'b.c': 3, '': 4, _extra: 5, 'd[]': 6 }]),
      [],
      false,
    )
    expect([fields.map(({ path }) => columnName(path)), left]).toEqual([['A'], ['', '_extra', 'a', 'b.c', 'd[]']])
  })
})

describe('the rhythm of runs', () => {
  const nightly = (count: number, late = 0): Date[] =>
    Array.from({ length: count }, (_, n) => new Date(Date.UTC(2026, 0, 1 + n, n === 2 ? late : 0)))
  it('is the longest pause and a quarter', () => {
    expect(freshnessOf(nightly(4))).toBeUndefined()
    expect(freshnessOf(nightly(5).reverse())).toEqual({
      value: 30,
      unit: 'h',
      evidence: '5 runs, 24 h apart by the median, 24 h at most',
    })
    expect(freshnessOf(nightly(6, 4))).toMatchObject({ value: 35, unit: 'h' })
    expect(freshnessOf(Array.from({ length: 5 }, (_, n) => new Date(n * 7 * 86_400_000)))).toMatchObject({
      value: 9,
      unit: 'd',
    })
  })
})

it('columns without a rule but their type are named', () => {
  const contract = parseContract(
    `apiVersion: v3.1.0
kind: DataContract
id: x
version: 1.0.0
status: active
schema:
  - name: s
    properties:
      - {name: a, logicalType: string, required: true}
      - {name: b, logicalType: string}
      - {name: c, logicalType: object, properties: [{name: d, logicalType: string, required: true}, {name: e, logicalType: string}]}
      - {name: f, logicalType: array, items: {logicalType: string, required: true}}
      - {name: g, logicalType: array, items: {logicalType: string}}
      - {name: h, physicalType: json}
`,
    'f',
  )
  expect(uncheckedColumns(contract)).toEqual(['b', 'c.e', 'g', 'h'])
})
