import type { ResultView, RuleView, ViolationView } from '../../../src/http/pipeline-result.js'
import { CONTRACT_OF } from './contract.js'

export const RULES: readonly RuleView[] = [
  {
    id: 'id.unique',
    kind: 'unique',
    column: 'id',
    severity: 'error',
    status: 'pass',
    checked: 7_281,
    violated: 0,
    message: 'Two papers have this id',
  },
  {
    id: 'title.required',
    kind: 'required',
    column: 'title',
    severity: 'error',
    status: 'fail',
    checked: 7_281,
    violated: 12,
    message: 'Missing title',
    description: 'A paper is listed by its title.',
  },
  {
    id: 'rating_avg.maximum',
    kind: 'maximum',
    column: 'rating_avg',
    severity: 'error',
    status: 'fail',
    checked: 6_904,
    violated: 31,
    message: 'Rating above 10',
  },
  {
    id: 'abstract.minLength',
    kind: 'minLength',
    column: 'abstract',
    severity: 'warning',
    status: 'fail',
    checked: 7_270,
    violated: 3,
    message: 'Abstract shorter than 40 characters',
  },
  {
    id: 'keywords.minItems',
    kind: 'minItems',
    column: 'keywords',
    severity: 'info',
    status: 'pass',
    checked: 7_281,
    violated: 0,
    message: 'No keywords',
  },
  {
    id: 'rowCount',
    kind: 'rowCount',
    column: '',
    severity: 'error',
    status: 'pass',
    checked: 1,
    violated: 0,
    message: 'Fewer papers than half of the usual',
    observed: '7281',
  },
]

/** @param share - of the newest run's violations, which earlier runs had fewer of */
export function result(dataset: string, runId: string, share: number): ResultView {
  const rules = RULES.map(rule => {
    const violated = Math.round(rule.violated * share)
    return { ...rule, violated, status: violated > 0 ? rule.status : 'pass' }
  })
  const violations = rules.reduce((sum, { violated }) => sum + violated, 0)
  return {
    ...{ dataset, runId, status: violations > 3 ? 'fail' : violations > 0 ? 'warn' : 'pass', documents: 7_281 },
    ...{
      failingDocuments: { error: Math.max(0, violations - 3), any: violations },
      violations,
      contract: CONTRACT_OF,
      rules,
    },
  }
}

export const VIOLATIONS: readonly ViolationView[] = RULES.flatMap(({ id, column, violated, message }) =>
  Array.from({ length: violated }, (_, at) => ({
    _id: `65a1f0c2e4b0a1b2c3d4${(at * 7 + 4_096).toString(16)}`,
    rule: id,
    column,
    value: id === 'title.required' ? null : id === 'rating_avg.maximum' ? String(11 + at) : '"Too short."',
    reason: message ?? '',
  })),
)
