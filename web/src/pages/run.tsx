import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { RunDetail } from '../../../src/http/pipeline-run.js'
import { contractPage, qualityPage, runPath } from '../data/paths.js'
import { useCertificate, useParts, useRun } from '../data/pipeline.js'
import { useRunWork } from '../data/run-work.js'
import { FileButton } from '../parts/file-button.js'
import { Loaded, Skeleton, SkeletonRows } from '../parts/loaded.js'
import { Page } from '../parts/page.js'
import { OutcomePill } from '../parts/pill.js'
import { Time } from '../parts/time.js'
import { formatBytes, formatCount, formatNoun, formatSeconds } from '../text/figures.js'
import { Certificate } from './certificate.js'
import { RunWay, stepsOf } from './run-way.js'
import { RunState } from './runs.js'

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
                <Facts detail={detail} manifest={detail.manifest} />
                <CertificateOf dataset={dataset} runId={runId} />
                <Parts dataset={dataset} runId={runId} />
              </>
            )}
            <Attempts detail={detail} />
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

function Facts({
  detail,
  manifest,
}: {
  readonly detail: RunDetail
  readonly manifest: NonNullable<RunDetail['manifest']>
}): ReactNode {
  const { run } = detail
  const { source, guarantee, contract, rejects } = manifest
  return (
    <section className="section" aria-labelledby="facts">
      <h2 id="facts">The run</h2>
      <dl className="facts">
        <div>
          <dt>State</dt>
          <dd>
            <RunState state={run.state} />
          </dd>
        </div>
        {run.startedAt !== null && (
          <div>
            <dt>Begun</dt>
            <dd>
              <Time at={run.startedAt} exact />
            </dd>
          </div>
        )}
        {run.committedAt !== null && (
          <div>
            <dt>Committed</dt>
            <dd>
              <Time at={run.committedAt} exact />
            </dd>
          </div>
        )}
        <div>
          <dt>Source</dt>
          <dd>
            <span className="mono">
              {source.database}.{source.collection}
            </span>{' '}
            on <span className="mono">{source.server}</span>
            {source.filter !== null && (
              <>
                {' '}
                , only what matches <span className="mono">{source.filter}</span>
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>Guarantee</dt>
          <dd>
            {guarantee.kind}
            {guarantee.at !== null && (
              <>
                {' '}
                as of <Time at={guarantee.at} exact />
              </>
            )}
            {guarantee.reason !== null && <small> {guarantee.reason}</small>}
          </dd>
        </div>
        <div>
          <dt>Set aside</dt>
          <dd>
            {rejects.documents === 0
              ? 'nothing: every document could be carried as it is'
              : `${formatNoun(rejects.documents, 'document')}, kept byte for byte`}
          </dd>
        </div>
        {contract !== null && (
          <div>
            <dt>Contract</dt>
            <dd>
              <Link href={contractPage(run.dataset)}>
                {contract.id} {contract.version}
              </Link>
            </dd>
          </div>
        )}
        <div>
          <dt>On the lake</dt>
          <dd>
            {manifest.formats
              .map(
                ({ format, parts, documents, bytes }) =>
                  `${format}: ${formatNoun(parts, 'part')}, ${formatNoun(documents, 'document')}, ${formatBytes(bytes)}`,
              )
              .join('; ')}
          </dd>
        </div>
        <div>
          <dt>Columns</dt>
          <dd>
            {formatCount(manifest.columns.length)}:{' '}
            <span className="mono">{manifest.columns.map(({ name }) => name).join(', ')}</span>
          </dd>
        </div>
        <div>
          <dt>Exported with</dt>
          <dd>{manifest.tool}</dd>
        </div>
      </dl>
    </section>
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

function Parts({ dataset, runId }: { readonly dataset: string; readonly runId: string }): ReactNode {
  const parts = useParts(dataset, runId)
  return (
    <section className="section" aria-labelledby="parts">
      <h2 id="parts">Parts</h2>
      <Loaded query={parts} waiting={<SkeletonRows rows={3} />}>
        {({ parts: lines }) => (
          <table className="cards">
            <caption className="sr">Objects of the run</caption>
            <thead>
              <tr>
                <th scope="col">Part</th>
                <th scope="col">Format</th>
                <th scope="col" className="n">
                  Documents
                </th>
                <th scope="col" className="n">
                  Size
                </th>
                <th scope="col">
                  <span className="sr">Download</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {lines.map(({ path, format, documents, bytes, sha256 }) => (
                <tr key={path}>
                  <th scope="row" className="name">
                    <span className="mono">{path}</span>
                    <small className="mono">SHA-256 {sha256.slice(0, 16)}…</small>
                  </th>
                  <td>{format}</td>
                  <td className="n" data-label="Documents">
                    {formatCount(documents)}
                  </td>
                  <td className="n" data-label="Size">
                    {formatBytes(bytes)}
                  </td>
                  <td className="n">
                    <FileButton
                      path={runPath(dataset, runId, `parts/${path.split('/').map(encodeURIComponent).join('/')}`)}
                      name={path.split('/').at(-1) ?? path}
                    >
                      Download<span className="sr"> {path}</span>
                    </FileButton>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
    </section>
  )
}

function Attempts({ detail: { attempts } }: { readonly detail: RunDetail }): ReactNode {
  if (attempts.length === 0) return null
  return (
    <section className="section" aria-labelledby="attempts">
      <h2 id="attempts">Attempts</h2>
      <table className="cards">
        <caption className="sr">What was tried, the steps and how long they took</caption>
        <thead>
          <tr>
            <th scope="col">Begun</th>
            <th scope="col">Outcome</th>
            <th scope="col" className="n">
              Export
            </th>
            <th scope="col" className="n">
              Validation
            </th>
          </tr>
        </thead>
        <tbody>
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
                    <span className="mono">{error.code}</span> {error.message}
                  </>
                )}
              </td>
              <td className="n" data-label="Export">
                {exportSeconds === null ? '–' : formatSeconds(exportSeconds)}
              </td>
              <td className="n" data-label="Validation">
                {validationSeconds === null ? '–' : formatSeconds(validationSeconds)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
