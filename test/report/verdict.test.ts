import { describe, expect, it } from 'vitest'
import { type RuleResult, resultStatus, type ValidationResult } from '../../src/model/result.js'
import {
  changeSince,
  describeVerdict,
  rulesByUrgency,
  toleranceText,
  verdictSentences,
} from '../../src/report/verdict.js'
import { goldenInput } from './golden-inputs.js'

const RULE: RuleResult = {
  id: 'a',
  kind: 'required',
  column: 'a',
  severity: 'error',
  message: 'Missing a',
  threshold: 1,
  checked: 100,
  violated: 0,
  status: 'pass',
}

function resultOf(
  rules: readonly Partial<RuleResult>[],
  documents: number,
  error: number,
  any: number,
): ValidationResult {
  const all = rules.map((rule, index) => ({ ...RULE, id: `rule${index}`, ...rule }))
  const failingDocuments = { error, any }
  return { ...goldenInput('passing').result, rules: all, documents, failingDocuments, status: resultStatus(all) }
}

const sentences = (result: ValidationResult): string[] => verdictSentences(describeVerdict({ result }))

describe('the verdict', () => {
  it('says how many documents break the contract, and how many only a milder rule', () => {
    const rules = [
      { violated: 3, status: 'fail' },
      { violated: 4, status: 'fail', severity: 'warning' },
    ] as const
    expect(sentences(resultOf(rules, 100, 3, 6))).toEqual([
      '3 of 100 documents (3.00%) break the contract.',
      '3 more break only a rule that warns.',
    ])
  })

  it('speaks of one document as of one', () => {
    expect(sentences(resultOf([{}], 1, 0, 0))).toEqual(['The one document keeps every rule.'])
    expect(sentences(resultOf([{ violated: 1, status: 'fail' }], 2, 1, 1))[0]).toBe(
      '1 of 2 documents (50.0%) breaks the contract.',
    )
    expect(sentences(resultOf([{ violated: 1, status: 'fail', severity: 'info' }], 2, 0, 1))[1]).toBe(
      '1 of them breaks a rule that only informs.',
    )
  })

  it('does not call it a breach when the contract tolerates it', () => {
    const verdict = describeVerdict({ result: resultOf([{ violated: 2, threshold: 0.9 }], 100, 2, 2) })
    expect(verdict).toMatchObject({
      status: 'pass',
      headline: '2 of 100 documents (2.00%) break a rule, within what the contract tolerates.',
    })
  })

  it('tells a broken rule about the data set where no document is at fault', () => {
    const rule = {
      kind: 'rowCount',
      column: '',
      checked: 1,
      violated: 1,
      status: 'fail',
      message: 'Fewer than 1,000 papers',
    } as const
    expect(sentences(resultOf([rule], 10, 0, 0))).toEqual([
      'All 10 documents keep every rule.',
      'The data set as a whole: Fewer than 1,000 papers.',
    ])
  })

  it('never hides documents that were set aside', () => {
    expect(verdictSentences(describeVerdict(goldenInput('warning'))).at(-1)).toBe(
      '1 more document could not be carried faithfully and is set aside.',
    )
  })
})

describe('the order of rules', () => {
  it('is what needs a person first, and otherwise the contract’s', () => {
    const rules = resultOf(
      [
        {},
        { violated: 9, threshold: 0.5 },
        { violated: 1, status: 'fail', severity: 'info' },
        { violated: 5, status: 'fail', severity: 'warning' },
        { violated: 2, status: 'fail' },
        { violated: 7, status: 'fail' },
        {},
      ],
      100, 9, 9,
    ).rules // biome-ignore format: the counts belong together
    expect(rulesByUrgency(rules).map(rule => rule.id)).toEqual([
      'rule5',
      'rule4',
      'rule3',
      'rule2',
      'rule1',
      'rule0',
      'rule6',
    ])
  })
})

describe('the change since the run before', () => {
  it('is a difference, or says that the rule is new', () => {
    const before = goldenInput('failing').history.at(-1)
    expect(changeSince(before, { ...RULE, id: 'title.minLength', violated: 9 })).toBe('+2')
    expect(changeSince(before, { ...RULE, id: 'toString', violated: 9 })).toBe('new rule')
    expect(changeSince(undefined, RULE)).toBeUndefined()
  })
})

describe('the tolerance of a rule', () => {
  it('is a share, above a share or a number of documents, and nothing for most rules', () => {
    expect(toleranceText(RULE)).toBeUndefined()
    expect(toleranceText({ ...RULE, threshold: 0.95 })).toBe('must hold for 95.0% or more')
    expect(toleranceText({ ...RULE, threshold: 0.95, thresholdExclusive: true })).toBe('must hold for more than 95.0%')
    expect(toleranceText({ ...RULE, maxViolated: 3 })).toBe('up to 3 documents may break it')
  })
})
