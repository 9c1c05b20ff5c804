import { type ReactNode, useId } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { RunView } from '../../../src/http/pipeline-run.js'
import { contractPage, qualityPage, runPage, runPath } from '../data/paths.js'
import { HISTORY_RUNS, useNewestRuns, useResult, useResults } from '../data/pipeline.js'
import { FileButton } from '../parts/file-button.js'
import { Empty, Loaded, Skeleton, SkeletonRows } from '../parts/loaded.js'
import { Pill } from '../parts/pill.js'
import { formatCount, formatNoun, formatShare } from '../text/figures.js'
import { formatInstant } from '../text/times.js'
import { Anomalies } from './anomalies.js'
import { DatasetPage } from './dataset-page.js'
import { RuleTable } from './rule-table.js'
import { showDocuments, Violations } from './violations.js'

/** Of a dataset's run, the newest validated one if none is named. */
export function Quality({ dataset }: { readonly dataset: string | undefined }): ReactNode {
  return (
    <DatasetPage
      named={dataset}
      title="Quality"
      lead="The rules of the contract, and every document that breaks one."
      address={qualityPage}
      other={{ text: 'The contract', address: contractPage }}
    >
      {name => <DatasetQuality dataset={name} />}
    </DatasetPage>
  )
}

function DatasetQuality({ dataset }: { readonly dataset: string }): ReactNode {
  const [parameters, setParameters] = useSearchParams()
  const runs = useNewestRuns(dataset)
  const asked = parameters.get('run')
  return (
    <Loaded query={runs} waiting={<SkeletonRows rows={8} />}>
      {lines => {
        const runId = asked ?? lines.find(({ outcome }) => outcome !== null)?.runId ?? undefined
        if (runId === undefined)
          return (
            <Empty title="Nothing was validated yet">
              A run is validated after its export: begin one on the <Link href="/">overview</Link>, or with{' '}
              <code>lakeferry run {dataset}</code>.
            </Empty>
          )
        return (
          <>
            <RunChoice runs={lines} chosen={runId} onChoose={run => setParameters({ run })} />
            <RunQuality
              key={runId}
              dataset={dataset}
              runId={runId}
              earlier={lines
                .flatMap(({ runId: id }) => (id !== null && id < runId ? id : []))
                .slice(0, HISTORY_RUNS)
                .toReversed()}
            />
          </>
        )
      }}
    </Loaded>
  )
}

function RunChoice({
  runs,
  chosen,
  onChoose,
}: {
  readonly runs: readonly RunView[]
  readonly chosen: string
  readonly onChoose: (runId: string) => void
}): ReactNode {
  const id = useId()
  return (
    <div className="field" style={{ maxWidth: '26rem' }}>
      <label htmlFor={id}>Run</label>
      <select id={id} value={chosen} onChange={event => onChoose(event.target.value)}>
        {runs.every(({ runId }) => runId !== chosen) && <option value={chosen}>{chosen}</option>}
        {runs.map(({ runId, startedAt, outcome }) => (
          <option key={runId} value={runId ?? ''}>
            {startedAt === null ? runId : formatInstant(startedAt)}, {outcome ?? 'not validated'}
          </option>
        ))}
      </select>
    </div>
  )
}

function RunQuality({
  dataset,
  runId,
  earlier,
}: {
  readonly dataset: string
  readonly runId: string
  readonly earlier: readonly string[]
}): ReactNode {
  const result = useResult(dataset, runId)
  const past = useResults(dataset, earlier)
  const [parameters, setParameters] = useSearchParams()
  const rule = parameters.get('rule') ?? undefined
  const choose = (id: string | undefined): void =>
    setParameters({ run: runId, ...(id === undefined ? {} : { rule: id }) })
  return (
    <Loaded
      query={result}
      waiting={
        <div className="stack">
          <Skeleton height="5rem" />
          <SkeletonRows rows={8} />
        </div>
      }
    >
      {view => (
        <>
          <p className="row section">
            <Pill tone={view.status === 'pass' ? 'pass' : view.status === 'warn' ? 'warn' : 'fail'}>{view.status}</Pill>
            <span>
              <b>{formatCount(view.failingDocuments.error)}</b> of {formatNoun(view.documents, 'document')} break the
              contract ({formatShare(view.failingDocuments.error, view.documents)});{' '}
              <b>{formatCount(view.violations)}</b> violations of all rules.
            </span>
            <Link href={runPage(dataset, runId)}>The run</Link>
            <FileButton path={runPath(dataset, runId, 'report.html')} name={`${dataset}-${runId}.html`} open>
              Report
            </FileButton>
          </p>
          <section className="section" aria-labelledby="rules">
            <h2 id="rules">Rules</h2>
            <RuleTable
              rules={view.rules}
              past={past}
              chosen={rule}
              onChoose={id => {
                choose(id)
                showDocuments()
              }}
            />
          </section>
          <Violations dataset={dataset} runId={runId} rules={view.rules} rule={rule} onRule={choose} />
          <Anomalies dataset={dataset} runId={runId} />
        </>
      )}
    </Loaded>
  )
}
