import type { CurrentRunView, ProgressView } from '../../../src/http/pipeline-current.js'

/** The run with a dataset's newer progress in the place of the older. One that came late changes nothing. */
export function withProgress(current: CurrentRunView | null, progress: ProgressView): CurrentRunView | null {
  if (current === null) return null
  const at = current.progress.findIndex(({ dataset }) => dataset === progress.dataset)
  const before = current.progress[at]
  if (before === undefined) return { ...current, progress: [...current.progress, progress] }
  return before.at > progress.at ? current : { ...current, progress: current.progress.with(at, progress) }
}

export function isUnderWay({ state }: Pick<CurrentRunView, 'state'>): boolean {
  return state === 'under way' || state === 'stopping'
}

/** 0 to 1; undefined where nobody knows how many there will be. The estimate of what is expected may be too low. */
export function shareDone({ step, documents, expected }: ProgressView): number | undefined {
  if (step === 'finished') return 1
  if (step === 'validation') return undefined
  return expected <= 0 ? undefined : Math.min(1, documents / expected)
}
