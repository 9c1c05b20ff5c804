import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { ProgressView } from '../../../src/http/pipeline-current.js'
import type { RunDetail } from '../../../src/http/pipeline-run.js'
import { qualityPage } from '../data/paths.js'
import { Time } from '../parts/time.js'
import { formatCount, formatNoun, formatSeconds } from '../text/figures.js'

export interface Step {
  readonly name: string
  readonly state: 'done' | 'warn' | 'fail' | 'now' | 'later'
  readonly text: ReactNode
}

/** A run's way from its export to its report, as far as it has come. */
export function stepsOf(
  { run, manifest, result, execution, gate, attempts }: RunDetail,
  progress: ProgressView | undefined,
): readonly Step[] {
  const lost = run.state === 'failed' || run.state === 'broken off'
  const committed = manifest !== null
  const validating = progress?.step === 'validation'
  const brokenValidation = execution === null && attempts.at(-1)?.error?.step === 'validation'
  const rejects = manifest?.rejects.documents ?? 0
  return [
    {
      name: 'Export',
      state: committed || (validating && !lost) ? 'done' : lost ? 'fail' : 'now',
      text: committed
        ? `${formatNoun(run.documents ?? 0, 'document')}${run.seconds === null ? '' : ` in ${formatSeconds(run.seconds)}`}`
        : lost
          ? run.runId === null
            ? 'it never began'
            : 'it ended before it was committed'
          : progress === undefined
            ? 'under way'
            : `${formatCount(progress.documents)} of about ${formatNoun(progress.expected, 'document')}`,
    },
    {
      name: 'Commit',
      state: committed ? (rejects > 0 ? 'warn' : 'done') : 'later',
      text:
        committed && run.committedAt !== null ? (
          <>
            <Time at={run.committedAt} />
            {rejects > 0 && `; ${formatNoun(rejects, 'document')} set aside`}
          </>
        ) : (
          'not yet: readers see none of it'
        ),
    },
    {
      name: 'Validation',
      state: execution !== null ? 'done' : validating ? 'now' : brokenValidation ? 'fail' : 'later',
      text:
        execution !== null
          ? `${execution.engine} ${execution.engineVersion}, ${formatSeconds(execution.seconds)}`
          : validating
            ? 'under way'
            : brokenValidation
              ? 'it failed: see its attempts'
              : 'not yet',
    },
    {
      name: 'Verdict',
      state:
        gate === null
          ? 'later'
          : gate.outcome === 'good'
            ? 'done'
            : gate.outcome === 'bad' || gate.outcome === 'empty'
              ? 'fail'
              : 'warn',
      text:
        gate === null || run.runId === null ? (
          'none yet'
        ) : (
          <>
            {gate.outcome}
            {result !== null && `, ${formatNoun(result.violations, 'violation')}`}:{' '}
            <Link href={qualityPage(run.dataset, { run: run.runId })}>its quality</Link>
          </>
        ),
    },
  ]
}

const SPOKEN = {
  done: 'done',
  warn: 'done, with a warning',
  fail: 'failed',
  now: 'under way',
  later: 'to come',
} as const

export function RunWay({ steps }: { readonly steps: readonly Step[] }): ReactNode {
  return (
    <ol className="way">
      {steps.map(({ name, state, text }) => (
        <li key={name} className={state}>
          <h3>
            {name} <span className="sr">({SPOKEN[state]})</span>
          </h3>
          <p>{text}</p>
        </li>
      ))}
    </ol>
  )
}
