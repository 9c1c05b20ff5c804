import { type ReactNode, useId } from 'react'
import type { RuleView, ViolationView } from '../../../src/http/pipeline-result.js'
import { useViolations } from '../data/pipeline.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { NextPage } from '../parts/next-page.js'
import { Table } from '../parts/table.js'
import { formatCount, formatNoun } from '../text/figures.js'

const COLUMNS = ['Document', 'Rule', 'Value', 'Reason']

export interface ViolationsProps {
  readonly dataset: string
  readonly runId: string
  readonly rules: readonly RuleView[]
  readonly rule: string | undefined
  readonly onRule: (rule: string | undefined) => void
}

const HEADING = 'documents'

/** Whoever has chosen a rule above the list wants to see its documents. */
export function showDocuments(): void {
  const heading = document.getElementById(HEADING)
  heading?.focus({ preventScroll: true })
  heading?.scrollIntoView({ block: 'start' })
}

/** Every document that breaks a rule, with the reason; of one rule, where one is chosen. */
export function Violations({ dataset, runId, rules, rule, onRule }: ViolationsProps): ReactNode {
  const violations = useViolations(dataset, runId, rule)
  const id = useId()
  const broken = rules.filter(({ violated, observed }) => violated > 0 && observed === undefined)
  return (
    <section className="section" aria-labelledby={HEADING}>
      <header>
        <h2 id={HEADING} tabIndex={-1}>
          Documents that break {rule === undefined ? 'a rule' : <span className="mono">{rule}</span>}
        </h2>
        {broken.length > 0 && (
          <div className="field">
            <label htmlFor={id}>Rule</label>
            <select
              id={id}
              value={rule ?? ''}
              onChange={event => onRule(event.target.value === '' ? undefined : event.target.value)}
            >
              <option value="">All rules</option>
              {broken.map(({ id: ruleId, violated }) => (
                <option key={ruleId} value={ruleId}>
                  {ruleId} ({formatCount(violated)})
                </option>
              ))}
            </select>
          </div>
        )}
      </header>
      <Loaded query={violations} waiting={<SkeletonRows rows={6} />}>
        {({ pages }) => {
          const lines = pages.flatMap(page => page.violations)
          const total = pages[0]?.total ?? lines.length
          if (lines.length === 0)
            return <Empty title="None">Every document keeps {rule === undefined ? 'every rule' : 'this rule'}.</Empty>
          return (
            <>
              <p className="quiet">
                {formatNoun(total, 'violation')}, {formatCount(lines.length)} shown.
              </p>
              <ViolationTable violations={lines} />
              <NextPage query={violations} text="More" />
            </>
          )
        }}
      </Loaded>
    </section>
  )
}

function ViolationTable({ violations }: { readonly violations: readonly ViolationView[] }): ReactNode {
  return (
    <Table caption="Documents that break a rule" columns={COLUMNS}>
      {violations.map((violation, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a document may break a rule more than once, and lines only come
        <tr key={at}>
          <th scope="row" className="mono name">
            {plainText(violation._id)}
          </th>
          <td className="mono wide">{violation.rule}</td>
          <td className="mono wide">
            {violation.value === null || violation.value === undefined ? (
              <span className="quiet">none</span>
            ) : (
              plainText(violation.value)
            )}
          </td>
          <td className="wide">{violation.reason}</td>
        </tr>
      ))}
    </Table>
  )
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
