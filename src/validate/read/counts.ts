import type { Contract } from '../../model/contract.js'
import type { RuleResult } from '../../model/result.js'
import { type Rule, ruleColumn } from '../../model/rule.js'
import type { Row } from '../../ports/query-engine.js'
import { type DocumentRule, type Plan, restrict } from '../compile/plan.js'

interface Count {
  readonly checked: number
  readonly violated: number
}

export function uniqueStatementName(rule: Pick<Rule, 'id'>): string {
  return `unique ${rule.id}`
}

/** What the statements counted, as their rows come in. */
export class Counts {
  readonly #plan: Plan
  readonly #counts = new Map<string, Count>()
  documents: number | undefined

  constructor(plan: Plan) {
    this.#plan = plan
  }

  /** Takes in a row of the statement of that name. */
  read(statement: string, row: Row): void {
    if (statement === 'facts') this.#readFacts(row)
    else this.#readUnique(statement, row)
  }

  /** Row: see `Dialect.facts`. */
  #readFacts(row: Row): void {
    const [documents = 0, ...counts] = row.map(Number)
    this.documents = documents
    this.#plan.rowRules.forEach(({ id }, index) => {
      this.#counts.set(id, { checked: counts[2 * index] ?? 0, violated: counts[2 * index + 1] ?? 0 })
    })
  }

  /** Row: see `Dialect.unique`. */
  #readUnique(statement: string, row: Row): void {
    const rule = this.#plan.uniqueRules.find(unique => uniqueStatementName(unique) === statement)
    if (!rule) throw new RangeError(`rows of a statement ${statement} that was not asked for`)
    const [checked = 0, violated = 0] = row.map(Number)
    this.#counts.set(rule.id, { checked, violated })
  }

  #violated(rule: DocumentRule): number {
    return this.#counts.get(rule.id)?.violated ?? 0
  }

  /** The plan without the rules that nothing violates; whole as long as nothing was counted. */
  violatedOf(plan: Plan): Plan {
    return this.documents === undefined ? plan : restrict(plan, rule => this.#violated(rule) > 0)
  }

  /** How many lines `violations/` has to have. */
  get violations(): number {
    return this.#plan.documentRules.reduce((sum, rule) => sum + this.#violated(rule), 0)
  }

  results(contract: Contract): readonly RuleResult[] {
    return contract.rules.map(rule => ruleResult(rule, this.#countOf(rule)))
  }

  #countOf(rule: Rule): Count {
    if (rule.kind !== 'rowCount') return this.#counts.get(rule.id) ?? { checked: 0, violated: 0 }
    const documents = this.documents ?? 0
    const within = documents >= (rule.min ?? 0) && documents <= (rule.max ?? Number.POSITIVE_INFINITY)
    return { checked: 1, violated: within ? 0 : 1 }
  }
}

function ruleResult(rule: Rule, { checked, violated }: Count): RuleResult {
  const { id, kind, severity, message, description, threshold, thresholdExclusive, maxViolated } = rule
  return {
    id,
    kind,
    column: ruleColumn(rule),
    severity,
    message,
    ...(description === undefined ? {} : { description }),
    threshold,
    ...(thresholdExclusive === undefined ? {} : { thresholdExclusive }),
    ...(maxViolated === undefined ? {} : { maxViolated }),
    checked,
    violated,
    status: passes(rule, checked, violated) ? 'pass' : 'fail',
  }
}

/** Whether so few violations are within what the rule allows. A rule that applied to nothing holds. */
export function passes(
  { threshold, thresholdExclusive, maxViolated }: Pick<Rule, 'threshold' | 'thresholdExclusive' | 'maxViolated'>,
  checked: number,
  violated: number,
): boolean {
  if (violated === 0) return true
  if (maxViolated !== undefined && violated > maxViolated) return false
  // Counts are whole, so the quotient is the double nearest to the share, as the threshold is to what was meant.
  const share = (checked - violated) / checked
  return thresholdExclusive ? share > threshold : share >= threshold
}
