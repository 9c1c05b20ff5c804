import type { Row } from '../../ports/query-engine.js'
import type { Plan } from '../compile/plan.js'

/** Counts failing documents as they are listed: each is one row, whatever it violates. Row: see `Dialect.violations`. */
export class FailingDocuments {
  /** Those that violate a rule of severity `error`. */
  error = 0
  any = 0

  add(plan: Plan, [, , flags]: Row): void {
    this.any += 1
    if (plan.documentRules.some((rule, index) => rule.severity === 'error' && (flags as string)[index] === '1'))
      this.error += 1
  }
}
