import type { ReactNode } from 'react'
import type { RunDetail } from '../../../src/http/pipeline-run.js'
import { FailureLine } from '../parts/failure-box.js'
import { Figure, Table } from '../parts/table.js'
import { Time } from '../parts/time.js'
import { formatSeconds } from '../text/figures.js'

const COLUMNS = ['Begun', 'Outcome', { name: 'Export', number: true }, { name: 'Validation', number: true }]

/** Every time that this run was tried. */
export function RunAttempts({ detail: { attempts } }: { readonly detail: RunDetail }): ReactNode {
  if (attempts.length === 0) return null
  return (
    <section className="section" aria-labelledby="attempts">
      <h2 id="attempts">Attempts</h2>
      <Table caption="What was tried, the steps and how long they took" columns={COLUMNS}>
        {attempts.map(({ began, outcome, exportSeconds, validationSeconds, error }) => (
          <tr key={began}>
            <th scope="row" className="name">
              <Time at={began} exact />
            </th>
            <td className="wide">
              {outcome}
              {error !== null && (
                <>
                  {' '}
                  <FailureLine failure={error} />
                </>
              )}
            </td>
            <Figure name="Export" value={exportSeconds} format={formatSeconds} />
            <Figure name="Validation" value={validationSeconds} format={formatSeconds} />
          </tr>
        ))}
      </Table>
    </section>
  )
}
