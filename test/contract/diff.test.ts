import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/contract/diff/change.js'
import { type ContractDifference, diffContracts } from '../../src/contract/diff/diff-contracts.js'
import { versionAdvice } from '../../src/contract/diff/version-advice.js'
import { parseContract } from '../../src/contract/load.js'
import type { Contract } from '../../src/model/contract.js'
import { contracts } from './diff-arbitraries.js'

const HEAD =
  'apiVersion: v3.1.0\nkind: DataContract\nid: papers\nversion: 1.2.0\nstatus: active\nschema:\n  - name: papers\n    properties:\n'

function contractOf(...lines: readonly string[]): Contract {
  return parseContract(HEAD + lines.map(line => `      ${line}\n`).join(''), 'f')
}

const OTHER = '- {name: other, logicalType: string}'

/** What becomes of one property. */
function between(before: string, after: string): ContractDifference {
  const property = (text: string): string[] => (text === '' ? [OTHER] : [`- {name: x, ${text}}`, OTHER])
  return diffContracts(contractOf(...property(before)), contractOf(...property(after)))
}

const told = ({ changes }: ContractDifference): string[] =>
  changes.map(({ kind, subject, breaks }) => [kind, subject, ...breaks].join(' '))

describe('a change of a column', () => {
  it.each([
    ['', 'logicalType: string', ['columnAdded x']],
    ['logicalType: string', '', ['columnRemoved x readers']],
    ['physicalType: int', 'logicalType: integer', ['typeChanged x']],
    ['logicalType: integer', 'physicalType: int', ['typeChanged x writers']],
    ['physicalType: int', 'logicalType: number', ['typeChanged x']],
    ['logicalType: integer', 'logicalType: number', ['typeChanged x writers readers']],
    ["physicalType: 'decimal(10,2)'", "physicalType: 'decimal(12,3)'", ['typeChanged x']],
    ["physicalType: 'decimal(10,2)'", "physicalType: 'decimal(10,3)'", ['typeChanged x writers readers']],
    ['logicalType: integer', "physicalType: 'decimal(19,0)'", ['typeChanged x']],
    ['logicalType: integer', "physicalType: 'decimal(18,0)'", ['typeChanged x writers readers']],
    ['logicalType: string', 'physicalType: json', ['typeChanged x readers']],
    ['physicalType: json', 'logicalType: string', ['typeChanged x writers readers']],
    ['logicalType: string', 'physicalType: objectId', ['typeChanged x writers readers']],
    [
      'logicalType: object, properties: [{name: a, logicalType: string}]',
      'logicalType: object, properties: [{name: a, logicalType: string}, {name: b, logicalType: string}]',
      ['columnAdded x.b'],
    ],
    [
      'logicalType: array, items: {logicalType: string}',
      'logicalType: array, items: {logicalType: integer}',
      ['typeChanged x[] writers readers'],
    ],
    [
      'logicalType: array, items: {logicalType: object, properties: [{name: a, logicalType: string}]}',
      'physicalType: json',
      ['typeChanged x readers'],
    ],
    ['logicalType: object, properties: [{name: a, logicalType: string}]', '', ['columnRemoved x readers']],
  ])('%s becomes %s', (before, after, wanted) => {
    expect(told(between(before, after))).toEqual(wanted)
  })

  it('of their order breaks nobody', () => {
    const [a, b] = ['- {name: a, logicalType: string}', '- {name: b, logicalType: string}']
    const { changes, verdict, version } = diffContracts(contractOf(a, b), contractOf(b, a))
    expect([changes.map(({ kind }) => kind), verdict, version.bump]).toEqual([['orderChanged'], 'compatible', 'patch'])
  })
})

describe('a change of a rule', () => {
  const text = (options: string): string => `logicalType: string, ${options}`
  const values = (list: string, more = ''): string =>
    text(`quality: [{metric: invalidValues, arguments: {validValues: [${list}]}, mustBe: 0${more}}]`)
  const nulls = (demand: string): string => text(`quality: [{metric: nullValues, ${demand}}]`)
  it.each([
    [text('required: false'), text('required: true'), ['ruleAdded x.required writers']],
    [text('required: true'), text('required: false'), ['ruleRemoved x.required readers']],
    [text('unique: true'), text('unique: false'), ['ruleRemoved x.unique readers']],
    [text('logicalTypeOptions: {maxLength: 9}'), text('required: false'), ['ruleRemoved x.maxLength']],
    [
      text('logicalTypeOptions: {maxLength: 9}'),
      text('logicalTypeOptions: {maxLength: 8}'),
      ['ruleTightened x.maxLength writers'],
    ],
    [
      text('logicalTypeOptions: {maxLength: 9}'),
      text('logicalTypeOptions: {maxLength: 10}'),
      ['ruleLoosened x.maxLength'],
    ],
    [
      text('logicalTypeOptions: {minLength: 1}'),
      text('logicalTypeOptions: {minLength: 2}'),
      ['ruleTightened x.minLength writers'],
    ],
    [
      text("logicalTypeOptions: {pattern: 'a+'}"),
      text("logicalTypeOptions: {pattern: 'a*'}"),
      ['ruleChanged x.pattern writers'],
    ],
    [values('a, b'), values('a, b, c'), ['ruleLoosened x.enum']],
    [values('a, b'), values('a'), ['ruleTightened x.enum writers']],
    [values('a, b'), values('b, c'), ['ruleChanged x.enum writers']],
    [values('a, b'), values('b, a'), []],
    [values('a', ', severity: warning'), values('a'), ['severityChanged x.enum writers']],
    [values('a'), values('a', ', severity: info'), ['severityChanged x.enum']],
    [values('a', ', severity: info'), values('b', ', severity: info'), ['ruleChanged x.enum']],
    [values('a'), values('a', ', name: states'), ['description states']],
    [values('a'), values('a', ', description: States.'), ['description x.enum']],
    [nulls('mustBe: 0'), nulls('mustBeLessThan: 5, unit: percent'), ['ruleLoosened x.required readers']],
    [
      nulls('mustBeLessThan: 5, unit: percent'),
      nulls('mustBeLessOrEqualTo: 5, unit: percent'),
      ['ruleLoosened x.required readers'],
    ],
    [nulls('mustBeLessThan: 5'), nulls('mustBeLessThan: 4'), ['ruleTightened x.required writers']],
    [nulls('mustBeLessThan: 5'), nulls('mustBeLessThan: 5, unit: percent'), ['ruleChanged x.required writers readers']],
    [
      'logicalType: integer, logicalTypeOptions: {minimum: 1}',
      'logicalType: integer, logicalTypeOptions: {exclusiveMinimum: 1}',
      ['ruleTightened x.minimum writers'],
    ],
    [
      'logicalType: date, logicalTypeOptions: {maximum: 2024-01-01}',
      'logicalType: date, logicalTypeOptions: {maximum: 2025-01-01}',
      ['ruleLoosened x.maximum'],
    ],
    [text('description: One.'), text('description: Another.'), ['description x']],
  ])('%s becomes %s', (before, after, wanted) => {
    expect(told(between(before, after))).toEqual(wanted)
  })

  it('that becomes the primary key is told for writers and readers', () => {
    expect(told(between('logicalType: string', 'logicalType: string, primaryKey: true'))).toEqual([
      'keyChanged contract readers',
      'ruleAdded x.required writers',
      'ruleAdded x.unique writers',
    ])
  })

  it('says what was and what is', () => {
    const texts = between(values('a, b'), values('a')).changes.map(({ text: line }: Change) => line)
    expect(texts).toEqual(['enum "a", "b" of x becomes enum "a" of x: documents that were fine may fail'])
  })
})

describe('the version that a change wants', () => {
  it.each([
    ['1.2.3', '1.2.3', 'identical', false, '1.2.3', true],
    ['1.2.3', '1.3.0', 'breaking', false, '2.0.0', false],
    ['1.2.3', '2.0.0', 'breaking', false, '2.0.0', true],
    ['0.2.3', '0.3.0', 'breaking', false, '0.3.0', true],
    ['1.2.3', '1.2.4', 'compatible', false, '1.3.0', false],
    ['1.2', '1.2.1', 'compatible', true, '1.2.1', true],
    ['1.9.0', '1.10.0', 'compatible', false, '1.10.0', true],
    ['2024-01', '2', 'compatible', false, '2024.1.0', false],
    ['spring', 'summer', 'breaking', false, undefined, undefined],
  ] as const)('from %s to %s, %s', (from, to, verdict, onlyTold, wanted, enough) => {
    expect(versionAdvice(from, to, verdict, onlyTold)).toMatchObject({ wanted, enough })
  })
})

describe('of generated contracts', () => {
  const count = (changes: readonly Change[], kind: Change['kind']): string[] =>
    changes
      .filter(change => change.kind === kind)
      .map(({ subject }) => subject)
      .sort()

  it('one and itself are identical', () => {
    fc.assert(
      fc.property(contracts, contract => {
        expect(diffContracts(contract, structuredClone(contract))).toMatchObject({ verdict: 'identical', changes: [] })
      }),
    )
  })

  it('what is added one way is removed the other, and what is tightened is loosened', () => {
    fc.assert(
      fc.property(contracts, contracts, (a, b) => {
        const [there, back] = [diffContracts(a, b), diffContracts(b, a)]
        for (const [one, other] of [
          ['columnAdded', 'columnRemoved'],
          ['ruleAdded', 'ruleRemoved'],
          ['ruleTightened', 'ruleLoosened'],
        ] as const) {
          expect(count(there.changes, one)).toEqual(count(back.changes, other))
          expect(count(there.changes, other)).toEqual(count(back.changes, one))
        }
        for (const kind of ['typeChanged', 'ruleChanged', 'severityChanged', 'keyChanged', 'freshnessChanged'] as const)
          expect(count(there.changes, kind)).toEqual(count(back.changes, kind))
        expect(there.verdict === 'identical').toBe(back.verdict === 'identical')
      }),
    )
  })
})
