import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { CurrentRunView, ProgressView } from '../../../src/http/pipeline-current.js'
import { runPage } from '../data/paths.js'
import { isUnderWay, shareDone } from '../data/progress.js'
import { useStopRun } from '../data/run-work.js'
import { FailureLine } from '../parts/failure-box.js'
import { OutcomePill, Pill } from '../parts/pill.js'
import { ProblemBox } from '../parts/problem-box.js'
import { Time } from '../parts/time.js'
import { formatBytes, formatCount, formatNoun } from '../text/figures.js'

/** After so long, a run that has ended is a line in the list of runs and no news any more, in milliseconds. */
const NEWS_MS = 3_600_000

/** The run that was started here, as it goes on. */
export function RunProgress({ current }: { readonly current: CurrentRunView }): ReactNode {
  const stop = useStopRun()
  const { state, datasets, startedAt, endedAt, error, progress } = current
  if (endedAt !== null && Date.now() - Date.parse(endedAt) > NEWS_MS) return null
  const busy = isUnderWay(current)
  return (
    <section className="card stack" aria-labelledby="progress" data-run-state={state}>
      <div className="row">
        <h2 id="progress">
          {busy ? 'A run is under way' : `The run has ${state === 'stopped' ? 'been stopped' : state}`}
        </h2>
        {!busy && state === 'finished' && <Pill tone="pass">finished</Pill>}
        {state === 'failed' && <Pill tone="fail">failed</Pill>}
        <small>
          begun <Time at={startedAt} />
          {endedAt !== null && (
            <>
              , ended <Time at={endedAt} />
            </>
          )}
        </small>
        {busy && (
          <button type="button" className="button" aria-disabled={state === 'stopping'} onClick={() => stop.mutate()}>
            {state === 'stopping' ? 'Stopping…' : 'Stop'}
          </button>
        )}
      </div>
      {stop.isError && <ProblemBox error={stop.error} />}
      {error !== null && (
        <p>
          <FailureLine failure={error} />
          {error.hint !== null && <small> {error.hint}</small>}
        </p>
      )}
      <ul className="stack">
        {datasets
          .filter(dataset => progress.every(known => known.dataset !== dataset) && busy)
          .map(dataset => (
            <li key={dataset} className="quiet">
              {dataset}: waiting
            </li>
          ))}
        {progress.map(one => (
          <li key={one.dataset}>
            <DatasetProgress progress={one} />
          </li>
        ))}
      </ul>
    </section>
  )
}

const STEPS = { export: 'exporting', validation: 'validating', finished: 'finished', failed: 'failed' } as const

function DatasetProgress({ progress }: { readonly progress: ProgressView }): ReactNode {
  const { dataset, runId, step, documents, expected, bytes, outcome, error } = progress
  const share = shareDone(progress)
  const label = `${dataset}: ${STEPS[step]}`
  return (
    <>
      <div className="row">
        <b>{dataset}</b>
        <span>{STEPS[step]}</span>
        <span className="quiet">
          {formatNoun(documents, 'document')}
          {step === 'export' && expected > documents && ` of about ${formatCount(expected)}`}, {formatBytes(bytes)}
        </span>
        {outcome !== null && <OutcomePill outcome={outcome} />}
        {runId !== null && <Link href={runPage(dataset, runId)}>the run</Link>}
      </div>
      {step !== 'failed' && (
        <div
          className="progress"
          role="progressbar"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={100}
          {...(share === undefined ? {} : { 'aria-valuenow': Math.round(share * 100) })}
        >
          <div style={{ width: `${(share ?? (step === 'validation' ? 0.9 : 0.05)) * 100}%` }} />
        </div>
      )}
      {error !== null && (
        <p>
          <FailureLine failure={error} />
          {error.hint !== null && <small> {error.hint}</small>}
        </p>
      )}
    </>
  )
}
