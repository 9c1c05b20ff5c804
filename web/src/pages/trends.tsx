import type { ReactNode } from 'react'
import type { HistoryView } from '../../../src/http/pipeline-attempt.js'
import { Trend } from '../charts/trend.js'
import type { TrendPoint } from '../charts/trend-plot.js'
import { useHistory } from '../data/pipeline.js'
import { Empty, Loaded, Skeleton } from '../parts/loaded.js'
import { formatCount, formatNoun, formatSeconds } from '../text/figures.js'
import { axisLabels, formatInstant } from '../text/times.js'

type Attempt = HistoryView['attempts'][number]

/** Documents, duration and violations of the last runs of a dataset. */
export function Trends({ dataset }: { readonly dataset: string }): ReactNode {
  const history = useHistory(dataset)
  return (
    <section className="section" aria-labelledby={`trends-${dataset}`}>
      <h2 id={`trends-${dataset}`}>The last runs of {dataset}</h2>
      <Loaded
        query={history}
        waiting={
          <div className="grid three">
            {[0, 1, 2].map(at => (
              <Skeleton key={at} height="15.2rem" />
            ))}
          </div>
        }
      >
        {({ attempts }) =>
          attempts.length < 2 ? (
            <Empty title={attempts.length === 0 ? 'No run yet' : 'One run so far'}>A trend takes two.</Empty>
          ) : (
            <div className="grid three">
              <Series
                title="Documents"
                kind="line"
                colour="var(--series-0)"
                attempts={attempts}
                of={({ documents }) => documents}
                format={formatCount}
              />
              <Series
                title="Duration"
                kind="line"
                colour="var(--series-2)"
                attempts={attempts}
                of={duration}
                format={formatSeconds}
              />
              <Series
                title="Violations"
                kind="bars"
                colour="var(--series-1)"
                attempts={attempts}
                of={({ violated }) => violated}
                format={formatCount}
              />
            </div>
          )
        }
      </Loaded>
    </section>
  )
}

function duration({ exportSeconds, validationSeconds }: Attempt): number | null {
  return exportSeconds === null ? null : exportSeconds + (validationSeconds ?? 0)
}

interface SeriesProps {
  readonly title: string
  readonly kind: 'line' | 'bars'
  readonly colour: string
  readonly attempts: readonly Attempt[]
  readonly of: (attempt: Attempt) => number | null
  readonly format: (value: number) => string
}

function Series({ attempts, of, title, format, ...plot }: SeriesProps): ReactNode {
  const labels = axisLabels(attempts.map(({ began }) => began))
  const points = attempts.map(
    (attempt, at): TrendPoint => ({
      key: attempt.key,
      label: labels[at] ?? '',
      title: `${formatInstant(attempt.began)}${attempt.error === null ? '' : `, failed: ${attempt.error.code}`}`,
      value: of(attempt),
    }),
  )
  const known = points.flatMap(({ value }) => value ?? [])
  const now = known.at(-1)
  const said =
    now === undefined
      ? `${title}: nothing known`
      : `${title} of ${formatNoun(known.length, 'run')}: now ${format(now)}, lowest ${format(Math.min(...known))}, highest ${format(Math.max(...known))}`
  return (
    <div className="card">
      <Trend
        {...plot}
        title={title}
        points={points}
        format={format}
        now={now === undefined ? '' : format(now)}
        said={said}
      />
    </div>
  )
}
