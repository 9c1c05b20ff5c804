import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { RunDetail } from '../../../src/http/pipeline-run.js'
import { qualityPage, runPath } from '../data/paths.js'
import { useCertificate, useRun } from '../data/pipeline.js'
import { useRunWork } from '../data/run-work.js'
import { FileButton } from '../parts/file-button.js'
import { Loaded, Skeleton, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { OutcomePill } from '../parts/pill.js'
import { Certificate } from './certificate.js'
import { RunAttempts } from './run-attempts.js'
import { RunFacts } from './run-facts.js'
import { RunParts } from './run-parts.js'
import { RunWay, stepsOf } from './run-way.js'

export function Run({ dataset, runId }: { readonly dataset: string; readonly runId: string }): ReactNode {
  const run = useRun(dataset, runId)
  const { current } = useRunWork()
  const progress = current?.progress.find(one => one.runId === runId)
  return (
    <Page
      title={dataset}
      name={`${dataset}, run ${runId}`}
      crumbs={<Link href={`/runs?dataset=${encodeURIComponent(dataset)}`}>Runs of {dataset}</Link>}
      lead={<span className="mono">run {runId}</span>}
      actions={
        run.data?.result != null && (
          <>
            <Link href={qualityPage(dataset, { run: runId })} className="button">
              Quality
            </Link>
            <FileButton path={runPath(dataset, runId, 'report.html')} name={`${dataset}-${runId}.html`} open>
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
            {detail.manifest !== null && (
              <>
                <RunFacts detail={detail} manifest={detail.manifest} />
                <CertificateOf dataset={dataset} runId={runId} />
                <RunParts dataset={dataset} runId={runId} />
              </>
            )}
            <RunAttempts detail={detail} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Reasons({ detail: { gate, run } }: { readonly detail: RunDetail }): ReactNode {
  if (run.error !== null)
    return (
      <p className="note">
        <span className="mono">{run.error.code}</span> {run.error.message}
      </p>
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
