import { LakeferryError } from '../errors.js'
import type { AnswerCell, QueryEngine, Row, Statement } from '../ports/query-engine.js'
import { cellsOf } from './compile/cells.js'
import type { Dialect } from './compile/dialect.js'
import type { DocumentRule, Plan } from './compile/plan.js'
import { Listing } from './listing.js'
import { Counts, statementName } from './read/counts.js'
import { FailingDocuments } from './read/failing-documents.js'
import { rowLines } from './read/row-lines.js'
import { violationLines } from './read/violation-lines.js'
import type { ReportFolder } from './report-folder.js'

/** What one validation asks the engine, and what it makes of the answers. */
export class Findings {
  readonly counts: Counts
  readonly failing: FailingDocuments = new FailingDocuments()
  readonly violations: Listing
  readonly rows: Listing
  readonly #plan: Plan
  readonly #wantsRows: boolean

  constructor(plan: Plan, folder: ReportFolder, wantsRows: boolean) {
    this.counts = new Counts(plan)
    this.violations = new Listing((part, body) => folder.putPart('violations', part, body))
    this.rows = new Listing((part, body) => folder.putPart('rows', part, body))
    this.#plan = plan
    this.#wantsRows = wantsRows
  }

  /** The counts first: what they leave nothing to tell about is not asked for again. */
  statements(dialect: Dialect): readonly Statement[] {
    const plan = this.#plan
    return [
      // Before all else, so that a text that is no SQL is told with its rule.
      ...plan.conditionRules.map(rule => ({
        name: statementName('condition', rule),
        sql: dialect.condition(plan, rule),
        cells: cellsOf.condition(),
      })),
      { name: 'facts', sql: dialect.facts(plan), cells: cellsOf.facts(plan) },
      ...plan.uniqueRules.map(rule => ({
        name: statementName('unique', rule),
        sql: dialect.unique(plan, rule),
        cells: cellsOf.key(),
      })),
      ...plan.foreignKeyRules.map(rule => ({
        name: statementName('foreignKey', rule),
        sql: dialect.foreignKey(plan, rule),
        cells: cellsOf.key(),
      })),
      ...plan.sqlRules.map(rule => ({
        name: statementName('sql', rule),
        sql: dialect.sql(plan, rule),
        cells: cellsOf.sql(),
      })),
      ...(plan.documentRules.length > 0 ? [this.#violationsStatement(dialect)] : []),
      ...(this.#wantsRows ? [this.#rowsStatement(dialect)] : []),
    ]
  }

  #violationsStatement(dialect: Dialect): Statement {
    const { counts } = this
    let violated = this.#plan
    return {
      name: 'violations',
      onlyIf: () => counts.violations > 0,
      atMost: this.#plan.documentRules.map(rule => this.#violatedCell(rule)),
      ...this.#given(dialect),
      sql: () => {
        violated = counts.violatedOf(this.#plan)
        const told = violated
        const linesOf = violationLines(told)
        this.violations.linesOf = row => {
          this.failing.add(told, row)
          return linesOf(row)
        }
        return dialect.violations(told)
      },
      cells: () => cellsOf.violations(violated),
    }
  }

  /** Where a statement tells how many documents violate the rule. See `Dialect`. */
  #violatedCell(rule: DocumentRule): AnswerCell {
    if (rule.kind === 'unique' || rule.kind === 'foreignKey')
      return { statement: statementName(rule.kind, rule), cell: 1 }
    return { statement: 'facts', cell: 2 + 2 * this.#plan.rowRules.indexOf(rule) }
  }

  #given(dialect: Dialect): Pick<Statement, 'given'> {
    const cells = this.#plan.documentRules.flatMap((rule, index) => {
      const name = dialect.given(index)
      return name === undefined ? [] : [[name, this.#violatedCell(rule)] as const]
    })
    return cells.length === 0 ? {} : { given: Object.fromEntries(cells) }
  }

  #rowsStatement(dialect: Dialect): Statement {
    let violated = this.#plan
    return {
      name: 'rows',
      atMost: [{ statement: 'facts', cell: 0 }],
      ...this.#given(dialect),
      sql: () => {
        violated = this.counts.violatedOf(this.#plan)
        const lineOf = rowLines(violated)
        this.rows.linesOf = row => [lineOf(row)]
        return dialect.rows(violated)
      },
      cells: () => cellsOf.rows(violated),
    }
  }

  async take(statement: string, page: readonly Row[]): Promise<void> {
    if (statement === 'violations') await this.violations.write(page)
    else if (statement === 'rows') await this.rows.write(page)
    else for (const row of page) this.counts.read(statement, row)
  }

  /**
   * The keys of what was listed. Two statements of one validation have to agree, or one of them lost something.
   *
   * @throws `ENGINE_FAILED`
   */
  async end(engine: QueryEngine): Promise<{ violationKeys: readonly string[]; rowsKeys: readonly string[] }> {
    const [violationKeys, rowsKeys] = [await this.violations.end(), await this.rows.end()]
    requireLines(engine, 'violations', this.violations.count, this.counts.violations)
    if (this.#wantsRows) requireLines(engine, 'rows', this.rows.count, this.counts.documents ?? 0)
    return { violationKeys, rowsKeys }
  }
}

function requireLines(engine: QueryEngine, what: string, got: number, wanted: number): void {
  if (got === wanted) return
  throw new LakeferryError('ENGINE_FAILED', {
    engine: engine.name,
    step: `list ${what}`,
    reason: `${wanted} were counted and ${got} listed`,
  })
}
