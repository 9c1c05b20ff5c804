import { describe, expect, it } from 'vitest'
import { type GateQuestion, judge } from '../../src/model/gate.js'
import type { RuleResult } from '../../src/model/result.js'
import { rule } from '../validate/validate-rows.js'

type Changes = Partial<Omit<GateQuestion, 'manifest'>> & { documents?: number; rejected?: number }

function question({ documents = 1_000, rejected = 0, ...changes }: Changes = {}): GateQuestion {
  const keys = rejected === 0 ? [] : ['papers/run=r/_rejects/part-00000.ndjson']
  return {
    manifest: { dataset: 'papers', runId: 'r', documents, rejects: { documents: rejected, keys } },
    result: { rules: [] },
    contract: { rules: [] },
    ...changes,
  }
}

const told = (id: string, severity: RuleResult['severity'], status: RuleResult['status'] = 'fail'): RuleResult => ({
  ...{ id, severity, status, kind: 'required', column: 'c', message: 'm' },
  ...{ threshold: 1, checked: 1, violated: 1 },
})
const failed = { result: { rules: [told('a', 'error'), told('b', 'error'), told('c', 'warning')] } }
const old = { age: { seconds: 7_200.5, promised: 7_200, promisedBy: 'the contract' } }
const outcomes = (changes: Changes): string[] => {
  const gate = judge(question(changes))
  return [gate.outcome, ...gate.reasons.map(reason => reason.outcome)]
}

describe('the gate', () => {
  it.each<[string, Changes, string[]]>([
    ['nothing is wrong', {}, ['good']],
    ['only warnings failed', { result: { rules: [told('a', 'warning'), told('b', 'info')] } }, ['good']],
    ['an error is tolerated', { result: { rules: [told('a', 'error', 'pass')] } }, ['good']],
    ['a rule of severity error failed', failed, ['bad', 'bad']],
    ['there are no documents', { documents: 0 }, ['empty', 'empty']],
    ['one was rejected', { rejected: 1 }, ['partial', 'partial']],
    ['all were rejected, which is not the same as none', { documents: 4, rejected: 4 }, ['partial', 'partial']],
    ['as many were rejected as may be', { rejected: 2, allowedRejects: 2 }, ['good']],
    ['one more was rejected than may be', { rejected: 3, allowedRejects: 2 }, ['partial', 'partial']],
    ['it is older than promised', old, ['stale', 'stale']],
    ['it is just as old as promised', { age: { ...old.age, seconds: 7_200 } }, ['good']],
    [
      'all of it, the worst first',
      { ...failed, ...old, documents: 0, rejected: 1 },
      ['bad', 'bad', 'empty', 'partial', 'stale'],
    ],
    ['partial is worse than stale', { ...old, rejected: 1 }, ['partial', 'partial', 'stale']],
  ])('when %s', (_, changes, wanted) => expect(outcomes(changes)).toEqual(wanted))

  it.each<[string, NonNullable<GateQuestion['contract']> | undefined, string]>([
    ['its rowCount begins at 0', { rules: [rule({ kind: 'rowCount', min: 0, max: 9 })] }, 'good'],
    ['its rowCount has only an upper end', { rules: [rule({ kind: 'rowCount', max: 9 })] }, 'empty'],
    [
      'only documents of one kind may be none',
      { rules: [rule({ kind: 'rowCount', min: 0, where: { test: { kind: 'present', column: ['a'] } } })] },
      'empty',
    ],
    ['it has no rowCount', { rules: [] }, 'empty'],
    ['it is not at hand', undefined, 'empty'],
  ])('takes no documents by the contract: %s', (_, contract, wanted) => {
    expect(judge(question({ documents: 0, contract })).outcome).toBe(wanted)
  })

  it('says what was found and what to do next', () => {
    const gate = judge(question({ ...failed, ...old, rejected: 1 }))
    expect(gate.reasons.map(({ reason, next }) => `${reason} > ${next}`)).toEqual([
      '2 rules of severity error failed: a, b > lakeferry report papers --run r --format html shows the documents',
      '1 of 1,000 documents was rejected at the export, so that only 999 were held to the rules > papers/run=r/_rejects/part-00000.ndjson has their bytes and the reasons; mend them in the collection, or allow so many: datasets.papers.allowedRejects',
      'its data are 2h old, and the contract promises 2h > lakeferry run papers, and see what keeps the schedule from it: lakeferry status papers',
    ])
    const many = Array.from({ length: 8 }, (_, index) => told(`r${index}`, 'error'))
    expect(judge(question({ result: { rules: many } })).reasons[0]?.reason).toBe(
      '8 rules of severity error failed: r0, r1, r2, r3, r4 and 3 more',
    )
  })
})
