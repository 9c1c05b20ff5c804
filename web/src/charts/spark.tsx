import type { ReactNode } from 'react'
import { formatCount } from '../text/figures.js'

const { width, height, pad } = { width: 92, height: 24, pad: 3 }

/** How often a rule was violated, run after run, oldest first; a run that did not have it leaves a gap. */
export function Spark({
  counts,
  said,
}: {
  readonly counts: readonly (number | undefined)[]
  readonly said: string
}): ReactNode {
  const known = counts.filter(count => count !== undefined)
  if (known.length < 2) return <small>no earlier run</small>
  if (known.every(count => count === 0)) return <small>never violated in {formatCount(known.length)} runs</small>
  const most = Math.max(1, ...known)
  const step = (width - 2 * pad) / Math.max(1, counts.length - 1)
  const x = (index: number): number => pad + step * index
  const y = (count: number): number => height - pad - (count / most) * (height - 2 * pad)
  let pen = 'M'
  const path = counts.map((count, index) => {
    const move = count === undefined ? '' : `${pen}${x(index).toFixed(1)} ${y(count).toFixed(1)}`
    pen = count === undefined ? 'M' : 'L'
    return move
  })
  const last = counts.at(-1)
  return (
    <svg
      className="spark"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${said}: ${known.map(formatCount).join(', ')}`}
    >
      <path d={path.join('')} />
      {last !== undefined && <circle cx={x(counts.length - 1)} cy={y(last)} r="2.6" />}
    </svg>
  )
}
