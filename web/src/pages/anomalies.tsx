import type { ReactNode } from 'react'
import type { AnomaliesView } from '../../../src/http/pipeline-result.js'
import { Trend } from '../charts/trend.js'
import { useAnomalies } from '../data/pipeline.js'
import { RequestFailed } from '../data/problem.js'
import { Empty, Loaded, Skeleton } from '../parts/loaded.js'
import { formatMeasure, formatNoun } from '../text/figures.js'
import { axisLabels, formatInstant, instantOfRun } from '../text/times.js'

type Anomaly = AnomaliesView['anomalies'][number]

/** What stands out against the runs before, each drawn against the band in which nothing would have been told. */
export function Anomalies({ dataset, runId }: { readonly dataset: string; readonly runId: string }): ReactNode {
  const anomalies = useAnomalies(dataset, runId)
  const missing = anomalies.error instanceof RequestFailed && anomalies.error.problem.status === 404
  return (
    <section className="section" aria-labelledby="unusual">
      <h2 id="unusual">Unusual</h2>
      {missing ? (
        <p className="quiet">This run was not compared with earlier ones.</p>
      ) : (
        <Loaded query={anomalies} waiting={<Skeleton height="14rem" />}>
          {view => (
            <>
              <p className="quiet">{lead(view)}</p>
              {view.anomalies.length > 0 && (
                <ul className="grid two" style={{ marginTop: '0.75rem' }}>
                  {view.anomalies.map(anomaly => (
                    <li key={`${anomaly.column} ${anomaly.measure}`} className="card anomaly">
                      <AnomalyChart anomaly={anomaly} runId={runId} />
                    </li>
                  ))}
                </ul>
              )}
              {view.status === 'calm' && <Empty title="Nothing stands out" />}
            </>
          )}
        </Loaded>
      )}
    </section>
  )
}

function lead({ status, runs, runsNeeded, anomalies }: AnomaliesView): string {
  if (status === 'quiet')
    return `Too few earlier runs to say anything: ${formatNoun(runs, 'run')}, and it takes ${runsNeeded}.`
  const told = `Compared with ${formatNoun(runs, 'earlier run')}. It is told and is no part of the verdict: what is unusual may be right.`
  return anomalies.length === 0 ? told : `${formatNoun(anomalies.length, 'measure')} outside the band. ${told}`
}

function AnomalyChart({ anomaly, runId }: { readonly anomaly: Anomaly; readonly runId: string }): ReactNode {
  const { column, measure, value, expected, low, high, z, history } = anomaly
  const title = column === '' ? measure : `${column}: ${measure}`
  const band = `${formatMeasure(low)} to ${formatMeasure(high)}`
  const shown = [...history, { runId, value }]
  const labels = axisLabels(shown.map(point => instantOfRun(point.runId) ?? ''))
  const points = shown.map((point, at) => {
    const began = instantOfRun(point.runId)
    return {
      key: point.runId,
      label: labels[at] ?? '',
      title: began === undefined ? point.runId : formatInstant(began),
      value: point.value,
      ...(at === history.length ? { tone: 'fail' as const } : {}),
    }
  })
  return (
    <>
      <Trend
        low
        kind="line"
        colour="var(--series-0)"
        title={title}
        now={formatMeasure(value)}
        points={points}
        band={{ low, high }}
        format={formatMeasure}
        said={`${title}: ${formatMeasure(value)} in this run, where ${band} was to be expected by ${formatNoun(history.length, 'earlier run')}`}
      />
      <small>
        To be expected: {formatMeasure(expected)}, from {band}; z {formatMeasure(z)}.
      </small>
    </>
  )
}
