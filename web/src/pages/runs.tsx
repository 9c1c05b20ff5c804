import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { RunView } from '../../../src/http/pipeline-run.js'
import { runPage } from '../data/paths.js'
import { useRuns, useStatus } from '../data/pipeline.js'
import { useRunWork } from '../data/run-work.js'
import { Empty, Loaded, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { OutcomePill, Pill, type Tone } from '../parts/pill.js'
import { ProblemBox } from '../parts/problem-box.js'
import { Time } from '../parts/time.js'
import { formatBytes, formatCount, formatSeconds } from '../text/figures.js'
import { DatasetChoice } from './dataset-choice.js'
import { RunProgress } from './run-progress.js'

const STATES: Readonly<Record<RunView['state'], Tone>> = {
  committed: 'pass',
  'under way': 'info',
  'broken off': 'warn',
  failed: 'fail',
  'set aside': 'none',
}

export function RunState({ state }: Pick<RunView, 'state'>): ReactNode {
  return <Pill tone={STATES[state]}>{state}</Pill>
}

export function Runs(): ReactNode {
  const [parameters, setParameters] = useSearchParams()
  const dataset = parameters.get('dataset') ?? ''
  const { current } = useRunWork()
  const runs = useRuns(dataset === '' ? undefined : dataset)
  const datasets = useStatus().data?.datasets.map(({ dataset: name }) => name) ?? []
  return (
    <Page
      title="Runs"
      lead="Every export, the newest first, whatever became of it."
      actions={
        <DatasetChoice
          datasets={datasets}
          chosen={dataset}
          all="All datasets"
          onChoose={name => setParameters(name === '' ? {} : { dataset: name })}
        />
      }
    >
      {current !== null && <RunProgress current={current} />}
      <section className="section" aria-label="List of runs">
        <Loaded query={runs} waiting={<SkeletonRows rows={10} />}>
          {({ pages }) => {
            const lines = pages.flatMap(page => page.runs)
            if (lines.length === 0)
              return (
                <Empty title="No run yet">
                  The first one is begun with “Run now” on the overview, or with lakeferry run.
                </Empty>
              )
            return (
              <>
                <RunTable runs={lines} />
                {runs.isFetchNextPageError && <ProblemBox error={runs.error} retry={() => void runs.fetchNextPage()} />}
                {runs.hasNextPage && (
                  <p className="pager">
                    <button
                      type="button"
                      className="button"
                      onClick={() => void runs.fetchNextPage()}
                      aria-disabled={runs.isFetchingNextPage}
                    >
                      {runs.isFetchingNextPage ? 'Loading…' : 'Older runs'}
                    </button>
                  </p>
                )}
              </>
            )
          }}
        </Loaded>
      </section>
    </Page>
  )
}

function RunTable({ runs }: { readonly runs: readonly RunView[] }): ReactNode {
  return (
    <table className="cards">
      <caption className="sr">Runs, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">Run</th>
          <th scope="col">State</th>
          <th scope="col">Good for use</th>
          <th scope="col" className="n">
            Documents
          </th>
          <th scope="col" className="n">
            Set aside
          </th>
          <th scope="col" className="n">
            Violations
          </th>
          <th scope="col" className="n">
            Size
          </th>
          <th scope="col" className="n">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map(run => (
          <tr key={`${run.dataset} ${run.runId ?? run.startedAt}`}>
            <th scope="row" className="name">
              {run.runId === null ? (
                <b>{run.dataset}</b>
              ) : (
                <Link href={runPage(run.dataset, run.runId)}>{run.dataset}</Link>
              )}{' '}
              {run.startedAt !== null && <Time at={run.startedAt} />}
              {run.runId !== null && <small className="mono">{run.runId}</small>}
              {run.error !== null && (
                <small>
                  <span className="mono">{run.error.code}</span> {run.error.message}
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
      </tbody>
    </table>
  )
}

function Figure({
  name,
  value,
  format,
}: {
  readonly name: string
  readonly value: number | null
  readonly format: (value: number) => string
}): ReactNode {
  return (
    <td className="n" data-label={name}>
      {value === null ? <span className="quiet">–</span> : format(value)}
    </td>
  )
}
