import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query'
import type { SilenceView } from '../../../src/http/pipeline-alert.js'
import { announce } from '../parts/announcer.js'
import { pipelinePath } from './paths.js'
import { RequestFailed } from './problem.js'
import { ask } from './request.js'

export interface WantedSilence {
  readonly datasets: readonly string[]
  /** Of alerts; every kind where it is empty. */
  readonly kind: string
  /** `2h`, or an instant. */
  readonly length: { readonly for: string } | { readonly until: string }
  readonly reason: string
  readonly by: string
}

export function useAddSilence(): UseMutationResult<SilenceView, Error, WantedSilence> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ datasets, kind, length, reason, by }) =>
      ask<SilenceView>(pipelinePath('silences'), {
        method: 'POST',
        body: {
          reason: reason.trim(),
          ...length,
          ...(datasets.length === 0 ? {} : { datasets }),
          ...(kind === '' ? {} : { kind }),
          ...(by.trim() === '' ? {} : { by: by.trim() }),
        },
      }),
    onSuccess: () => {
      announce('The silence is added.')
      void client.invalidateQueries({ queryKey: ['pipeline', 'alerts'] })
    },
  })
}

export function useEndSilence(): UseMutationResult<void, Error, string> {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async id => {
      try {
        await ask(pipelinePath(`silences/${encodeURIComponent(id)}`), { method: 'DELETE' })
      } catch (error) {
        // It has ended by itself, or somebody else has ended it.
        if (!(error instanceof RequestFailed) || error.problem.status !== 404) throw error
      }
    },
    onSuccess: () => {
      announce('The silence is ended.')
      void client.invalidateQueries({ queryKey: ['pipeline', 'alerts'] })
    },
  })
}
