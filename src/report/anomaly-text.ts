import type { Anomalies, Anomaly } from '../model/anomalies.js'
import type { Measure } from '../model/profile.js'
import { formatCount, formatNoun } from './figures.js'

const MEASURES: Readonly<Record<Measure, string>> = {
  documents: 'documents',
  nullRate: 'without a value',
  distinct: 'distinct values',
  mean: 'mean',
}

/** `rating_avg, mean`; the data set's own number of documents is `documents`. */
export function anomalySubject({ column, measure }: Anomaly): string {
  return column === '' ? MEASURES[measure] : `${column}, ${MEASURES[measure]}`
}

/** `5.6 to 5.8`: within it nothing would have been told. Rounded inwards, so that no number in it is outside. */
export function bandText({ measure, low, high }: Anomaly): string {
  const counts = measure === 'documents' || measure === 'distinct'
  const [from, to] = counts ? [Math.ceil(low), Math.floor(high)] : [low, high]
  return `${measureText(measure, from)} to ${measureText(measure, to)}`
}

/** A value of the measure as people read it. */
export function measureText(measure: Measure, value: number): string {
  if (measure === 'nullRate') return `${Number((value * 100).toPrecision(3))}%`
  // Means are of any size: five digits are enough to see that one is off.
  return measure === 'mean' ? formatCount(Number(value.toPrecision(5))) : formatCount(Math.round(value * 10) / 10)
}

/** `rating_avg, mean: 4.2, where 5.6 to 5.8 was to be expected from 12 earlier runs (z −14.3)` */
export function anomalySentence(anomaly: Anomaly): string {
  const { measure, value, z, history } = anomaly
  return `${anomalySubject(anomaly)}: ${measureText(measure, value)}, where ${bandText(anomaly)} was to be expected from ${formatNoun(history.length, 'earlier run')} (z ${formatCount(z)})`
}

/** What a report says before it shows them, or in their place. */
export function anomaliesLead({ status, runs, runsNeeded, anomalies }: Anomalies): string {
  if (status === 'quiet')
    return `Too early to tell what is unusual: ${formatNoun(runs, 'earlier run')} with a profile, and it takes ${runsNeeded}.`
  if (status === 'calm') return `Nothing stands out against ${formatNoun(runs, 'earlier run')}.`
  const count = anomalies.length
  return `${formatNoun(count, 'measure')} ${count === 1 ? 'stands' : 'stand'} out against ${formatNoun(runs, 'earlier run')}. That is told and decides nothing: what is unusual may be right.`
}
