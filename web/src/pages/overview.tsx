import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { StatusView } from '../../../src/http/pipeline-status.js'
import { useStatus } from '../data/pipeline.js'
import { isUnderWay } from '../data/progress.js'
import { useRunWork, useStartRun } from '../data/run-work.js'
import { Empty, Loaded, Skeleton } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { SeverityPill } from '../parts/pill.js'
import { ProblemBox } from '../parts/problem-box.js'
import { Time } from '../parts/time.js'
import { formatNoun } from '../text/figures.js'
import { RunProgress } from './run-progress.js'
import { Trends } from './trends.js'
import { VerdictCard, verdictOf } from './verdict-card.js'

/** One glance: is the newest export good? */
export function Overview(): ReactNode {
  const status = useStatus()
  const { current } = useRunWork()
  const start = useStartRun()
  const busy = start.isPending || (current !== null && isUnderWay(current))
  return (
    <Page
      title="Is the last export good?"
      name="Overview"
      lead={
        status.data !== undefined ? answer(status.data) : status.isError ? 'It cannot be told now.' : 'Asking the lake…'
      }
      actions={
        <button
          type="button"
          className="button main"
          aria-disabled={busy}
          onClick={() => {
            if (!busy) start.mutate([])
          }}
        >
          {busy ? 'Running…' : 'Run now'}
        </button>
      }
    >
      {start.isError && <ProblemBox error={start.error} />}
      {current !== null && <RunProgress current={current} />}
      <section aria-label="Verdicts">
        <Loaded
          query={status}
          waiting={
            <div className="grid two">
              {[0, 1].map(at => (
                <Skeleton key={at} height="13.5rem" />
              ))}
            </div>
          }
        >
          {({ datasets }) =>
            datasets.length === 0 ? (
              <Empty title="No dataset is configured">Name one under datasets in lakeferry.yaml.</Empty>
            ) : (
              <div className="grid two">
                {datasets.map(dataset => (
                  <VerdictCard key={dataset.dataset} dataset={dataset} />
                ))}
              </div>
            )
          }
        </Loaded>
      </section>
      <Attention status={status.data} />
      {status.isPending && <WaitingForTrends />}
      {status.data?.datasets
        .filter(({ state }) => state !== 'none')
        .map(({ dataset }) => (
          <Trends key={dataset} dataset={dataset} />
        ))}
    </Page>
  )
}

function WaitingForTrends(): ReactNode {
  return (
    <>
      <div className="section">
        <Skeleton height="9rem" />
      </div>
      <div className="section grid three">
        {[0, 1, 2].map(at => (
          <Skeleton key={at} height="15.2rem" />
        ))}
      </div>
    </>
  )
}

/** All of it in a sentence. */
export function answer({ datasets }: StatusView): string {
  const bad = datasets.filter(dataset => verdictOf(dataset).tone !== 'pass')
  if (datasets.length === 0) return 'There is nothing to export yet.'
  if (bad.length === 0) return datasets.length === 1 ? 'Yes.' : `Yes, all ${datasets.length} datasets.`
  const told = bad.map(dataset => `${dataset.dataset}: ${verdictOf(dataset).word.toLowerCase()}`).join('; ')
  return bad.length === datasets.length ? `No. ${told}.` : `Not all of it. ${told}.`
}

function Attention({ status }: { readonly status: StatusView | undefined }): ReactNode {
  if (status === undefined) return null
  const checks = status.checks.filter(({ state }) => state !== 'fine')
  const open = status.openAlerts ?? 0
  return (
    <section className="section" aria-labelledby="attention">
      <header>
        <h2 id="attention">What needs attention</h2>
        {open > 0 && <Link href="/alerts">{formatNoun(open, 'open alert')}</Link>}
      </header>
      {checks.length === 0 ? (
        <p className="quiet">
          Nothing: {formatNoun(status.checks.length, 'check')}, all fine, <Time at={status.at} />.
        </p>
      ) : (
        <ul className="attention">
          {checks.map(({ kind, subject, state, severity, promised, seen, since, look }) => (
            <li key={`${kind} ${subject}`}>
              <span>
                <SeverityPill severity={state === 'unknown' ? 'unknown' : severity} />
              </span>
              <div>
                <b>
                  {kind}
                  {subject !== '' && `, ${subject}`}
                </b>
                <p>{seen}</p>
                <p className="quiet">Promised: {promised}</p>
                <p className="mono quiet">{look}</p>
              </div>
              <small>
                {since !== null && (
                  <>
                    seen first <Time at={since} />
                  </>
                )}
              </small>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
