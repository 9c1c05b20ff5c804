import { LakeferryError } from '../errors.js'
import type { QueryEngine, Row, Statement } from '../ports/query-engine.js'
import type { Dialect } from './compile/dialect.js'
import type { Plan } from './compile/plan.js'
import { Listing } from './listing.js'
import { Counts, uniqueStatementName } from './read/counts.js'
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
    const { counts } = this
    const violations: Statement = {
      name: 'violations',
      onlyIf: () => counts.violations > 0,
      sql: () => {
        const violated = counts.violatedOf(plan)
        const linesOf = violationLines(violated)
        this.violations.linesOf = row => {
          this.failing.add(violated, row)
          return linesOf(row)
        }
        return dialect.violations(violated)
      },
    }
    const rows: Statement = {
      name: 'rows',
      sql: () => {
        const violated = counts.violatedOf(plan)
        const lineOf = rowLines(violated)
        this.rows.linesOf = row => [lineOf(row)]
        return dialect.rows(violated)
      },
    }
    return [
      { name: 'facts', sql: dialect.facts(plan) },
      ...plan.uniqueRules.map(rule => ({ name: uniqueStatementName(rule), sql: dialect.unique(plan, rule) })),
      ...(plan.documentRules.length > 0 ? [violations] : []),
      ...(this.#wantsRows ? [rows] : []),
    ]
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
