import { LakeferryError } from '../../errors.js'
import type { Manifest } from '../../model/manifest.js'
import type { Rule } from '../../model/rule.js'
import type { Row } from '../../ports/query-engine.js'
import { type DocumentRule, isDatasetRule, type Plan, restrict } from '../compile/plan.js'
import { type DatasetOutcome, datasetOutcome } from './dataset-outcome.js'
import { type OwnNumber, ownNumber } from './own-number.js'

export interface Count {
  readonly checked: number
  readonly violated: number
}

/** Statements about one rule each. */
export function statementName(what: 'unique' | 'foreignKey' | 'condition' | 'sql', { id }: Pick<Rule, 'id'>): string {
  return `${what} ${id}`
}

/** What the statements counted, as their rows come in. */
export class Counts {
  readonly #plan: Plan
  readonly #counts = new Map<string, Count>()
  readonly #counted = new Map<string, number>()
  readonly #newest = new Map<string, bigint | null>()
  readonly #numbers = new Map<string, OwnNumber>()
  readonly #readers = new Map<string, (row: Row) => void>()
  documents: number | undefined

  constructor(plan: Plan) {
    this.#plan = plan
    this.#readers.set('facts', row => this.#readFacts(row))
    for (const rule of [...plan.uniqueRules, ...plan.foreignKeyRules])
      this.#readers.set(statementName(rule.kind, rule), ([checked, violated]) => {
        this.#counts.set(rule.id, { checked: Number(checked), violated: Number(violated) })
      })
    for (const rule of plan.sqlRules)
      this.#readers.set(statementName('sql', rule), row => {
        this.#numbers.set(rule.id, ownNumber(row))
      })
    // Asked for the sake of its error; it has no rows.
    for (const rule of plan.conditionRules) this.#readers.set(statementName('condition', rule), () => {})
  }

  /** Takes in a row of the statement of that name. */
  read(statement: string, row: Row): void {
    const reader = this.#readers.get(statement)
    if (!reader) throw new RangeError(`rows of a statement ${statement} that was not asked for`)
    reader(row)
  }

  /** Row: see `Dialect.facts`. */
  #readFacts(row: Row): void {
    const { rowRules, countRules, freshnessRules } = this.#plan
    const cells = row.values()
    const next = (): Row[number] => cells.next().value ?? null
    this.documents = Number(next())
    for (const { id } of rowRules) this.#counts.set(id, { checked: Number(next()), violated: Number(next()) })
    for (const { id } of countRules) this.#counted.set(id, Number(next()))
    for (const { id } of freshnessRules) this.#newest.set(id, next() as bigint | null)
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

  /**
   * What became of a rule.
   *
   * @throws {@link LakeferryError} `RULE_CANNOT_RUN` for one whose own SQL gave something that is no number
   */
  outcomeOf(rule: Rule, { dataset, startedAt }: Manifest, previous: Manifest | undefined): Count | DatasetOutcome {
    if (!isDatasetRule(rule)) return this.#counts.get(rule.id) ?? { checked: 0, violated: 0 }
    const found = this.#numbers.get(rule.id)
    if (found?.kind === 'other')
      throw new LakeferryError('RULE_CANNOT_RUN', {
        dataset,
        rule: rule.id,
        reason: `its SQL gave a value of the type ${found.type}, and a number was wanted`,
        next: 'Let the query give one number, such as a count.',
      })
    return datasetOutcome(rule, {
      documents: this.documents ?? 0,
      counted: this.#counted,
      newest: this.#newest,
      numbers: this.#numbers,
      startedAt,
      previous: previous && documentsOf(previous),
    })
  }
}

/** Documents in the parts of a run. */
export function documentsOf({ documents, rejects }: Manifest): number {
  return documents - rejects.documents
}
