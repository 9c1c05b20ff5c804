import type { ReactNode } from 'react'
import type { RunView } from '../../../src/http/pipeline-run.js'

export type Tone = 'pass' | 'warn' | 'fail' | 'info' | 'none'

export function Pill({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }): ReactNode {
  return <span className={`pill ${tone}`}>{children}</span>
}

/** Of what a run is good for. */
export function outcomeTone(outcome: string | null): Tone {
  if (outcome === null) return 'none'
  if (outcome === 'good') return 'pass'
  return outcome === 'bad' ? 'fail' : 'warn'
}

export function OutcomePill({ outcome }: { readonly outcome: string | null }): ReactNode {
  return <Pill tone={outcomeTone(outcome)}>{outcome ?? 'not validated'}</Pill>
}

export function SeverityPill({ severity }: { readonly severity: string }): ReactNode {
  const tone = severity === 'critical' || severity === 'error' ? 'fail' : severity === 'warning' ? 'warn' : 'info'
  return <Pill tone={tone}>{severity}</Pill>
}

const STATES: Readonly<Record<RunView['state'], Tone>> = {
  committed: 'pass',
  'under way': 'info',
  'broken off': 'warn',
  failed: 'fail',
  'set aside': 'none',
}

export function RunState({ state }: Pick<RunView, 'state'>): ReactNode {
  return <Pill tone={STATES[state]}>{state}</Pill>
}
