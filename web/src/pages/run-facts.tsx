import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { RunDetail } from '../../../src/http/pipeline-run.js'
import { contractPage } from '../data/paths.js'
import { Fact, Facts } from '../parts/facts.js'
import { RunState } from '../parts/pill.js'
import { Time } from '../parts/time.js'
import { formatBytes, formatCount, formatNoun } from '../text/figures.js'

/** What was exported, from where, and how it lies on the lake. */
export function RunFacts({
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
      <Facts>
        <Fact name="State">
          <RunState state={run.state} />
        </Fact>
        {run.startedAt !== null && (
          <Fact name="Begun">
            <Time at={run.startedAt} exact />
          </Fact>
        )}
        {run.committedAt !== null && (
          <Fact name="Committed">
            <Time at={run.committedAt} exact />
          </Fact>
        )}
        <Fact name="Source">
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
        </Fact>
        <Fact name="Guarantee">
          {guarantee.kind}
          {guarantee.at !== null && (
            <>
              {' '}
              as of <Time at={guarantee.at} exact />
            </>
          )}
          {guarantee.reason !== null && <small> {guarantee.reason}</small>}
        </Fact>
        <Fact name="Set aside">
          {rejects.documents === 0
            ? 'nothing: every document could be carried as it is'
            : `${formatNoun(rejects.documents, 'document')}, kept byte for byte`}
        </Fact>
        {contract !== null && (
          <Fact name="Contract">
            <Link href={contractPage(run.dataset)}>
              {contract.id} {contract.version}
            </Link>
          </Fact>
        )}
        <Fact name="On the lake">
          {manifest.formats
            .map(
              ({ format, parts, documents, bytes }) =>
                `${format}: ${formatNoun(parts, 'part')}, ${formatNoun(documents, 'document')}, ${formatBytes(bytes)}`,
            )
            .join('; ')}
        </Fact>
        <Fact name="Columns">
          {formatCount(manifest.columns.length)}:{' '}
          <span className="mono">{manifest.columns.map(({ name }) => name).join(', ')}</span>
        </Fact>
        <Fact name="Exported with">{manifest.tool}</Fact>
      </Facts>
    </section>
  )
}
