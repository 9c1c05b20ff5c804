import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lintContract } from '../../src/contract/lint.js'
import { parseContract } from '../../src/contract/load.js'
import { isLakeferryError } from '../../src/errors.js'

const HEAD = `apiVersion: v3.1.0
kind: DataContract
id: lint
version: 1.0.0
status: active
`

function told(text: string): string[] {
  return lintContract(text, 'f').map(({ line, column, problem }) => `${line}:${column} ${problem}`)
}

describe('lint', () => {
  it('tells everything that is wrong, in the order of the file, each with what to write', () => {
    const problems = lintContract(
      `apiVersion: v9
kind: DataContract
statos: active
slaProperties: [{property: freshness, value: 1, unit: y}]
schema:
  - name: papers
    properties:
      - {name: a, logicalType: strin}
      - {name: b, logicalType: integer, requierd: true, required: yep, logicalTypeOptions: {minimum: x, multipleOf: 0.5, minLength: 1}}
      - name: c
        logicalType: string
        logicalTypeOptions: {pattern: '(?=a)', minLength: 3, maxLength: 2}
        quality:
          - {metric: nullValues}
          - {metric: nulValues, mustBe: 0}
          - {type: sql, query: SELECT 1; SELECT 2, mustBe: 0}
        relationships: [{to: papers}, {to: papers.d}]
    quality:
      - {metric: rowCount, mustBe: -1}
`,
      'f',
    )
    expect(problems.map(({ line, column, problem }) => `${line}:${column} ${problem}`)).toEqual([
      '1:1 the contract: id is missing',
      '1:1 the contract: version is missing',
      '1:13 apiVersion: wanted one of v3.0.0, v3.0.1, v3.0.2, v3.1.0, v3.2.0, got "v9"',
      '3:1 the contract: unknown key statos',
      '4:55 unit y is no fixed time',
      '8:32 logicalType: wanted one of string, integer, number, boolean, date, timestamp, object, array, got "strin"',
      '9:41 properties: unknown key requierd',
      '9:67 required: wanted true or false, got "yep"',
      '9:102 minimum: wanted a number, got "x"',
      '9:117 multipleOf: wanted a whole number, got 0.5',
      '9:133 minLength says nothing about int64',
      '12:39 pattern (?=a): look-ahead (at character 1)',
      '12:59 minLength 3 is above maxLength 2',
      '14:13 a metric without the number it must be',
      '15:22 metric: wanted one of nullValues, missingValues, invalidValues, duplicateValues, rowCount, got "nulValues"',
      '16:32 query: several statements',
      '17:30 to: papers names no column of a data set',
      '17:44 to: papers has no column d',
      '19:36 mustBe: wanted a whole number from 0 on, got -1',
    ])
    expect(problems.find(({ line }) => line === 3)?.next).toBe('Did you mean status?')
  })

  it('does not tell what follows from another problem', () => {
    const text = `${HEAD}schema:
  - name: papers
    properties:
      - {name: a, logicalType: strin, primaryKey: true}
      - {name: b, logicalType: object, properties: [{name: x, logicalType: nothing}]}
      - name: c
        logicalType: integer
        required: maybe
        logicalTypeOptions: {minimum: low}
        customProperties: [{property: lakeferry, value: {required: No c, minimum: {message: Low, where: {a: 1, b.x: 2}}}}]
    quality:
      - {metric: duplicateValues, mustBe: 0, arguments: {properties: [a, b.x]}}
      - {type: custom, engine: lakeferry, implementation: {rul: notEmpty}}
  - {name: comments, properties: [{name: paper, logicalType: string, relationships: [{to: papers.a}]}]}
`
    expect(told(text).map(line => line.split(' ')[0])).toEqual(['9:32', '10:76', '13:19', '14:39', '18:60'])
  })

  it('reads every object of a file, and needs none to be named', () => {
    const text = `${HEAD}schema:
  - {name: a, properties: [{name: x, logicalType: string}]}
  - {name: b, properties: [{name: y, logicalType: strng}]}
`
    expect(told(text)).toHaveLength(1)
    expect(told(text.replace('strng', 'string'))).toEqual([])
    expect(lintContract(text.replace('strng', 'string'), 'f', { object: 'c' })).toMatchObject([
      { problem: 'schema has 2 objects (a, b), and none is called c' },
    ])
  })

  it.each([
    ['id: [', '1:6'],
    ['- a', '1:1'],
    ['', '1:1'],
    ['\ufeffid: 3', '1:2'],
  ])('of what is no contract at all (%j) tells the place', (text, place) => {
    expect(told(text)[0]).toMatch(new RegExp(`^${place} `))
  })
})

const folder = fileURLToPath(new URL('../golden/contract/', import.meta.url))
const files = readdirSync(folder).filter(file => file.endsWith('.odcs.yaml'))

describe('the first problem of lint', () => {
  it.each(files)('is the one that refuses %s', file => {
    const text = readFileSync(`${folder}${file}`, 'utf8')
    const object = /^# object: (.+)$/m.exec(text)?.[1]
    const options = object === undefined ? {} : { object }
    const [first] = lintContract(text, file, options)
    let refused: unknown
    try {
      parseContract(text, file, options)
    } catch (error) {
      if (!isLakeferryError(error, 'CONTRACT_INVALID')) throw error
      refused = error.details
    }
    const several = first === undefined && refused !== undefined
    // Only that one of several objects has to be named is nothing to lint.
    if (several) expect(refused).toMatchObject({ problem: expect.stringMatching(/^schema has 2 objects/) })
    else expect(first && { file, ...first }).toEqual(refused)
  })
})

/** Properties that can be used, and ones with just one thing wrong. */
const good = fc.constantFrom(
  'logicalType: string, required: true',
  'logicalType: integer, logicalTypeOptions: {minimum: 1}',
  'logicalType: array, items: {logicalType: string, required: true}',
)
const bad = fc.constantFrom(
  'logicalType: strnig',
  'logicalType: string, required: 1',
  'logicalType: string, nothing: 1',
  'logicalType: string, logicalTypeOptions: {pattern: a(?=b)}',
  'logicalType: array, items: {logicalType: string, primaryKey: true}',
  'logicalType: string, quality: [{metric: nullValues, mustBe: 1}]',
)

describe('problems of several properties', () => {
  it('are as many as there are bad ones, each in its line', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ body: fc.oneof(good, bad) }), { minLength: 1, maxLength: 12 }), properties => {
        const lines = properties.map(({ body }, at) => `      - {name: p${at}, ${body}}`)
        const text = `${HEAD}schema:\n  - name: s\n    properties:\n${lines.join('\n')}\n`
        const alone = properties.map(({ body }) =>
          told(`${HEAD}schema:\n  - name: s\n    properties:\n      - {name: p, ${body}}\n`),
        )
        const wanted = alone.flatMap((problems, at) => problems.map(() => 9 + at))
        expect(lintContract(text, 'f').map(({ line }) => line)).toEqual(wanted)
      }),
      { numRuns: 30 },
    )
  })
})
