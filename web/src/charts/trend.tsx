import { lazy, type ReactNode, Suspense } from 'react'
import { sure } from '../data/sure.js'
import { Skeleton } from '../parts/loaded.js'
import type { TrendPlotProps } from './trend-plot.js'

// Drawing is the larger half of all the code: what is to be read is there before it.
const TrendPlot = lazy(sure(() => import('./trend-plot.js')))

export interface TrendProps extends TrendPlotProps {
  readonly title: string
  /** Of the newest: `20,000`. */
  readonly now: string
  /** What is to be seen, in a sentence. */
  readonly said: string
  readonly low?: boolean
}

/** A chart, with the same numbers as a table for who cannot see it or wants them exactly. */
export function Trend({ title, now, said, low = false, ...plot }: TrendProps): ReactNode {
  return (
    <figure className="chart">
      <figcaption>
        <b>{title}</b>
        <span>{now}</span>
      </figcaption>
      <div className={low ? 'plot low' : 'plot'} role="img" aria-label={said}>
        <Suspense fallback={<Skeleton height="100%" />}>
          <TrendPlot {...plot} />
        </Suspense>
      </div>
      <details>
        <summary>As a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard */}
        <section className="scroll" tabIndex={0} aria-label={`${title}, as a table`}>
          <table>
            <caption className="sr">{title}</caption>
            <thead>
              <tr>
                <th scope="col">Run</th>
                <th scope="col" className="n">
                  {title}
                </th>
              </tr>
            </thead>
            <tbody>
              {plot.points.toReversed().map(({ key, title: run, value }) => (
                <tr key={key}>
                  <th scope="row">{run}</th>
                  <td className="n">{value === null ? 'none' : plot.format(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </figure>
  )
}
