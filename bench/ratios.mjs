import { FORMATS } from '../dist/model/format.js'
import { median } from './measure.mjs'

/** Median wall time of a contender, or undefined when it was not run. */
export function secondsOf(figures, name) {
  const runs = figures.get(name)
  return runs === undefined || runs.length === 0 ? undefined : median(runs.map(run => run.seconds))
}

/**
 * The comparisons that the page leads with: our time by theirs, so that less than 1 is faster than they are. One whose
 * peer was not there says so instead of a figure.
 */
export function ratios(figures) {
  const pair = (ours, theirs, goal) => {
    const [a, b] = [secondsOf(figures, ours), secondsOf(figures, theirs)]
    return { name: `${ours} : ${theirs}`, goal, ratio: a !== undefined && b !== undefined ? a / b : undefined }
  }
  const each = FORMATS.map(format => secondsOf(figures, format))
  const sum = each.includes(undefined) ? undefined : each.reduce((total, seconds) => total + seconds, 0)
  const together = secondsOf(figures, 'all five')
  return [
    pair('parquet', 'mongodump', 'at most 2, and 1 is what we are after'),
    pair('parquet', 'rivet', 'at most 0.40'),
    pair('ndjson.gz', 'mongoexport', 'at most 0.25'),
    pair('bson.gz', 'mongodump --gzip', ''),
    {
      name: 'all five from one read : one after the other',
      goal: 'less than 1; start-up, too, counts once instead of five times',
      ratio: sum === undefined || together === undefined ? undefined : together / sum,
    },
  ]
}
