import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { StatusView } from '../../../src/http/pipeline-status.js'
import { qualityPage, runPage } from '../data/paths.js'
import { Time } from '../parts/time.js'
import { formatNoun, formatSeconds } from '../text/figures.js'
import { capital } from '../text/sentence.js'

type Dataset = StatusView['datasets'][number]
type Tone = 'pass' | 'warn' | 'fail' | 'none'

export interface Verdict {
  readonly tone: Tone
  /** The answer. */
  readonly word: string
  readonly sentence: string
}

/** Whether the newest export of a dataset can be used: what is broken comes before what is late. */
export function verdictOf({ state, outcome, problem, ageSeconds, promiseSeconds }: Dataset): Verdict {
  const promise = `promised within ${unbroken(promiseSeconds)}`
  const age = ageSeconds === null ? '' : `${unbroken(ageSeconds)} old, ${promise}`
  if (state === 'unknown')
    return { tone: 'none', word: 'Cannot tell', sentence: problem ?? 'Its state could not be read.' }
  if (state === 'none')
    return { tone: 'none', word: 'No export yet', sentence: `None was committed so far; ${promise}.` }
  if (outcome === 'bad')
    return { tone: 'fail', word: 'Bad', sentence: `Documents break the contract. ${capital(age)}.` }
  if (outcome === 'empty')
    return { tone: 'fail', word: 'Empty', sentence: `There are no documents in it. ${capital(age)}.` }
  if (state === 'stale' || outcome === 'stale') return { tone: 'warn', word: 'Stale', sentence: `${capital(age)}.` }
  if (outcome === 'partial')
    return { tone: 'warn', word: 'Partial', sentence: `Some documents were set aside. ${capital(age)}.` }
  if (outcome === null)
    return {
      tone: 'none',
      word: 'Not validated',
      sentence: `Exported, and not held to its contract yet. ${capital(age)}.`,
    }
  return { tone: 'pass', word: 'Good', sentence: `Fresh and keeps its contract: ${age}.` }
}

/** No line ends between a number and its unit. */
function unbroken(seconds: number): string {
  return formatSeconds(seconds).replaceAll(' ', '\u00a0')
}

const ICONS: Readonly<Record<Tone, string>> = {
  pass: 'M5 17.5 13 25 27 8',
  warn: 'M16 4v15M16 26v.5',
  fail: 'M7 7l18 18M25 7 7 25',
  none: 'M10.5 11.5a5.5 5.5 0 1 1 7.5 5.1c-1.6.7-2 1.7-2 3.4M16 26v.5',
}

export function VerdictCard({ dataset }: { readonly dataset: Dataset }): ReactNode {
  const { tone, word, sentence } = verdictOf(dataset)
  const { runId, documents, asOf, reasons, problem, underWay, outcome } = dataset
  return (
    <article className={`verdict ${tone}`}>
      <div className="eyebrow">
        <h3>{dataset.dataset}</h3>
        {asOf !== null && (
          <span>
            exported <Time at={asOf} />
          </span>
        )}
      </div>
      <p className="word">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d={ICONS[tone]} />
        </svg>
        {word}
      </p>
      <p className="sentence">{sentence}</p>
      {problem !== null && dataset.state !== 'unknown' && dataset.state !== 'none' && <p>{problem}</p>}
      {reasons.length > 0 && (
        <ul>
          {reasons.map(({ reason, next }) => (
            <li key={reason}>
              {capital(reason)}.<span className="next">Next: {next}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="row">
        {documents !== null && <span>{formatNoun(documents, 'document')}</span>}
        {runId !== null && <Link href={runPage(dataset.dataset, runId)}>The run</Link>}
        {runId !== null && outcome !== null && <Link href={qualityPage(dataset.dataset)}>Its quality</Link>}
        {underWay !== null && <Link href={runPage(dataset.dataset, underWay)}>An export is under way</Link>}
      </div>
    </article>
  )
}
