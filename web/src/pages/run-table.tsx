import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { RunView } from '../../../src/http/pipeline-run.js'
import { runPage } from '../data/paths.js'
import { FailureLine } from '../parts/failure-box.js'
import { OutcomePill, RunState } from '../parts/pill.js'
import { Figure, Table } from '../parts/table.js'
import { Time } from '../parts/time.js'
import { formatBytes, formatCount, formatSeconds } from '../text/figures.js'

const COLUMNS = [
  ...['Run', 'State', 'Good for use'],
  ...['Documents', 'Set aside', 'Violations', 'Size', 'Took'].map(name => ({ name, number: true })),
]

/** A run a line; on a phone a card. */
export function RunTable({ runs }: { readonly runs: readonly RunView[] }): ReactNode {
  return (
    <Table caption="Runs, the newest first" columns={COLUMNS}>
      {runs.map(run => (
        <tr key={`${run.dataset} ${run.key}`}>
          <th scope="row" className="name">
            <Link href={runPage(run.dataset, run.key)}>{run.dataset}</Link>{' '}
            {run.startedAt !== null && <Time at={run.startedAt} />}
            {run.runId !== null && <small className="mono">{run.runId}</small>}
            {run.error !== null && (
              <small>
                <FailureLine failure={run.error} />
              </small>
            )}
          </th>
          <td>
            <RunState state={run.state} />
          </td>
          <td>{run.state === 'committed' ? <OutcomePill outcome={run.outcome} /> : null}</td>
          <Figure name="Documents" value={run.documents} format={formatCount} />
          <Figure name="Set aside" value={run.rejects} format={formatCount} />
          <Figure name="Violations" value={run.violated} format={formatCount} />
          <Figure name="Size" value={run.bytes} format={formatBytes} />
          <Figure name="Took" value={run.seconds} format={formatSeconds} />
        </tr>
      ))}
    </Table>
  )
}
