import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import type { CurrentRunView, CurrentView, ProgressView } from '../../../src/http/pipeline-current.js'
import { announce } from '../parts/announcer.js'
import { formatNoun } from '../text/figures.js'
import { pipelinePath } from './paths.js'
import { useCurrentRun } from './pipeline.js'
import { withProgress } from './progress.js'
import { ask } from './request.js'
import { useEvents } from './use-events.js'

const CURRENT = ['pipeline', 'current']

export interface RunWork {
  /** The run that was started here: under way, or the last one. */
  readonly current: CurrentRunView | null
  readonly live: 'live' | 'waiting' | 'refused'
}

/** The run under way, kept up to date by the server's events. */
export function useRunWork(): RunWork {
  const client = useQueryClient()
  const { data } = useCurrentRun()
  const change = (to: (current: CurrentRunView | null) => CurrentRunView | null): void => {
    client.setQueryData<CurrentView>(CURRENT, view => ({ run: to(view?.run ?? null) }))
    // An answer on its way may be of before, and would take this back: it is asked for anew.
    if (client.isFetching({ queryKey: CURRENT }) > 0) void client.invalidateQueries({ queryKey: CURRENT })
  }
  // What a run made is on the lake now, or as far as it came.
  const fetchAgain = (): void =>
    void client.invalidateQueries({ queryKey: ['pipeline'], predicate: ({ queryKey }) => queryKey[1] !== 'current' })
  const live = useEvents(pipelinePath('events'), {
    onEvent: ({ event, data: text }) => {
      if (event === 'run') {
        const run = JSON.parse(text) as CurrentRunView
        const before = client.getQueryData<CurrentView>(CURRENT)?.run
        change(() => run)
        // The first event after a connection tells how things are, which mostly is no news.
        if (before?.runId === run.runId && before.state === run.state) return
        if (before?.runId === run.runId && run.endedAt !== null) announce(`The run has ${run.state}.`)
        fetchAgain()
      } else if (event === 'progress') {
        const progress = JSON.parse(text) as ProgressView
        change(current => withProgress(current, progress))
        if (progress.step === 'finished' || progress.step === 'failed') {
          announce(`${progress.dataset}: ${progress.step}, ${formatNoun(progress.documents, 'document')}.`)
          fetchAgain()
        }
      }
    },
    onBack: () => void client.invalidateQueries({ queryKey: ['pipeline'] }),
  })
  return { current: data?.run ?? null, live }
}

export function useStartRun(): UseMutationResult<CurrentRunView, Error, readonly string[]> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: datasets =>
      ask<CurrentRunView>(pipelinePath('runs'), { method: 'POST', body: datasets.length === 0 ? {} : { datasets } }),
    onSuccess: run => {
      announce('The run has begun.')
      client.setQueryData<CurrentView>(CURRENT, view => (view?.run?.runId === run.runId ? view : { run }))
      if (client.isFetching({ queryKey: CURRENT }) > 0) void client.invalidateQueries({ queryKey: CURRENT })
    },
  })
}

export function useStopRun(): UseMutationResult<unknown, Error, void> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => ask(pipelinePath('runs/current'), { method: 'DELETE' }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['pipeline'] }),
  })
}
