import { type ReactNode, useEffect } from 'react'
import { Link, useLocation } from 'wouter'
import type { RunDetail } from '../../../src/http/pipeline-run.js'
import { qualityPage, runPage, runPath, runsPage } from '../data/paths.js'
import { useCertificate, useRun } from '../data/pipeline.js'
import { isUnderWay } from '../data/progress.js'
import { useRunWork, useStartRun } from '../data/run-work.js'
import { FailureBox } from '../parts/failure-box.js'
import { FileButton } from '../parts/file-button.js'
import { Loaded, Skeleton, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { OutcomePill } from '../parts/pill.js'
import { ProblemBox } from '../parts/problem-box.js'
import { Time } from '../parts/time.js'
import { Certificate } from './certificate.js'
import { RunAttempts } from './run-attempts.js'
import { RunFacts } from './run-facts.js'
import { RunParts } from './run-parts.js'
import { RunWay, stepsOf } from './run-way.js'

export interface RunProps {
  readonly dataset: string
  /** The run id; of an attempt that never came to have one, when it began. */
  readonly runKey: string
}

export function Run({ dataset, runKey }: RunProps): ReactNode {
  const run = useRun(dataset, runKey)
  const { current } = useRunWork()
  const [, navigate] = useLocation()
  const key = run.data?.run.key
  useEffect(() => {
    // What was an attempt has a run id by now.
    if (key !== undefined && key !== runKey) navigate(runPage(dataset, key), { replace: true })
  }, [dataset, key, runKey, navigate])
  const progress = current?.progress.find(({ runId }) => runId === runKey)
  return (
    <Page
      title={dataset}
      name={`${dataset}, run ${runKey}`}
      crumbs={<Link href={runsPage(dataset)}>Runs of {dataset}</Link>}
      lead={run.data?.run.runId === null ? <Attempted detail={run.data} /> : <span className="mono">run {runKey}</span>}
      actions={
        run.data?.result != null && (
          <>
            <Link href={qualityPage(dataset, { run: runKey })} className="button">
              Quality
            </Link>
            <FileButton path={runPath(dataset, runKey, 'report.html')} name={`${dataset}-${runKey}.html`} open>
              Report
            </FileButton>
          </>
        )
      }
    >
      <Loaded
        query={run}
        waiting={
          <div className="stack">
            <Skeleton height="6rem" />
            <SkeletonRows rows={6} />
          </div>
        }
      >
        {detail => (
          <>
            <section aria-label="The way of the run">
              <RunWay steps={stepsOf(detail, progress)} />
            </section>
            <Reasons detail={detail} />
            {detail.manifest !== null && detail.run.runId !== null && (
              <>
                <RunFacts detail={detail} manifest={detail.manifest} />
                <CertificateOf dataset={dataset} runId={detail.run.runId} />
                <RunParts dataset={dataset} runId={detail.run.runId} />
              </>
            )}
            <RunAttempts detail={detail} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Attempted({ detail: { run } }: { readonly detail: RunDetail }): ReactNode {
  return (
    <>
      An attempt that never came to be a run
      {run.startedAt !== null && (
        <>
          , begun <Time at={run.startedAt} exact />
        </>
      )}
    </>
  )
}

function Reasons({ detail: { gate, run } }: { readonly detail: RunDetail }): ReactNode {
  if (run.error !== null)
    return (
      <FailureBox failure={run.error}>{run.state !== 'committed' && <TryAgain dataset={run.dataset} />}</FailureBox>
    )
  if (gate === null || gate.reasons.length === 0) return null
  return (
    <ul className="stack section">
      {gate.reasons.map(({ outcome, reason, next }) => (
        <li key={reason} className="note">
          <OutcomePill outcome={outcome} /> {reason}.<div className="mono quiet">Next: {next}</div>
        </li>
      ))}
    </ul>
  )
}

/** A new run of the dataset, to be watched among the runs. */
function TryAgain({ dataset }: { readonly dataset: string }): ReactNode {
  const { current } = useRunWork()
  const [, navigate] = useLocation()
  const start = useStartRun()
  const busy = start.isPending || (current !== null && isUnderWay(current))
  return (
    <>
      <button
        type="button"
        className="button"
        aria-disabled={busy}
        onClick={() => {
          if (!busy) start.mutate([dataset], { onSuccess: () => navigate(runsPage(dataset)) })
        }}
      >
        {busy ? 'A run is under way' : 'Run it again'}
      </button>
      {start.isError && <ProblemBox error={start.error} />}
    </>
  )
}

function CertificateOf({ dataset, runId }: { readonly dataset: string; readonly runId: string }): ReactNode {
  const certificate = useCertificate(dataset, runId)
  return (
    <section className="section" aria-labelledby="certificate">
      <h2 id="certificate">Certificate</h2>
      <Loaded query={certificate} waiting={<Skeleton height="18rem" />}>
        {text => <Certificate text={text} />}
      </Loaded>
    </section>
  )
}
