import {
  type InfiniteData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQueries,
  useQuery,
} from '@tanstack/react-query'
import type { AlertList } from '../../../src/http/pipeline-alert.js'
import type { HistoryView } from '../../../src/http/pipeline-attempt.js'
import type { CertificateView, PartsView } from '../../../src/http/pipeline-certificate.js'
import type { ContractView } from '../../../src/http/pipeline-contract.js'
import type { CurrentView } from '../../../src/http/pipeline-current.js'
import type { AnomaliesView, ResultView, ViolationPage } from '../../../src/http/pipeline-result.js'
import type { RunDetail, RunPage, RunView } from '../../../src/http/pipeline-run.js'
import type { StatusView } from '../../../src/http/pipeline-status.js'
import { pipelinePath, runPath } from './paths.js'
import { ask } from './request.js'

/** How often what may change by itself is asked for, in milliseconds. */
const STATUS_EVERY_MS = 30_000
const UNDER_WAY_EVERY_MS = 3_000
/** Of how many earlier runs a rule's history is drawn. */
export const HISTORY_RUNS = 12

export function useStatus(): UseQueryResult<StatusView> {
  return useQuery({
    queryKey: ['pipeline', 'status'],
    queryFn: ({ signal }) => ask<StatusView>(pipelinePath('status'), { signal }),
    refetchInterval: STATUS_EVERY_MS,
  })
}

export function useHistory(dataset: string): UseQueryResult<HistoryView> {
  return useQuery({
    queryKey: ['pipeline', 'history', dataset],
    queryFn: ({ signal }) => ask<HistoryView>(pipelinePath('history', { dataset, limit: '30' }), { signal }),
  })
}

export function useRuns(dataset: string | undefined): UseInfiniteQueryResult<InfiniteData<RunPage>> {
  return useInfiniteQuery({
    queryKey: ['pipeline', 'runs', dataset ?? ''],
    queryFn: ({ pageParam, signal }) =>
      ask<RunPage>(pipelinePath('runs', { dataset, limit: '25', before: pageParam }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next ?? undefined,
  })
}

/** The newest committed runs, of which there are results. */
export function useNewestRuns(dataset: string): UseQueryResult<readonly RunView[]> {
  return useQuery({
    queryKey: ['pipeline', 'newest', dataset],
    queryFn: async ({ signal }) => {
      const { runs } = await ask<RunPage>(pipelinePath('runs', { dataset, limit: '50' }), { signal })
      return runs.filter(run => run.state === 'committed' && run.runId !== null)
    },
  })
}

/** A run, or an attempt that never came to be one, by its key. */
export function useRun(dataset: string, key: string): UseQueryResult<RunDetail> {
  return useQuery({
    queryKey: ['pipeline', 'run', dataset, key],
    queryFn: ({ signal }) => ask<RunDetail>(runPath(dataset, key), { signal }),
    // One of a schedule's is told by no event.
    refetchInterval: ({ state }) => (state.data?.run.state === 'under way' ? UNDER_WAY_EVERY_MS : false),
  })
}

export function useResult(dataset: string, runId: string | undefined): UseQueryResult<ResultView> {
  return useQuery({ ...resultQuery(dataset, runId ?? ''), enabled: runId !== undefined })
}

/** Results of runs, in their order; undefined for those that have none or are on their way. */
export function useResults(dataset: string, runIds: readonly string[]): readonly (ResultView | undefined)[] {
  return useQueries({
    queries: runIds.map(runId => ({ ...resultQuery(dataset, runId), retry: false })),
    combine: results => results.map(({ data }) => data),
  })
}

function resultQuery(
  dataset: string,
  runId: string,
): {
  queryKey: string[]
  queryFn: (context: { signal: AbortSignal }) => Promise<ResultView>
  staleTime: number
} {
  return {
    queryKey: ['pipeline', 'result', dataset, runId],
    queryFn: ({ signal }) => ask<ResultView>(runPath(dataset, runId, 'result'), { signal }),
    // It changes only when somebody validates an old run again.
    staleTime: 300_000,
  }
}

export function useViolations(
  dataset: string,
  runId: string,
  rule: string | undefined,
): UseInfiniteQueryResult<InfiniteData<ViolationPage>> {
  return useInfiniteQuery({
    queryKey: ['pipeline', 'violations', dataset, runId, rule ?? ''],
    queryFn: ({ pageParam, signal }) =>
      ask<ViolationPage>(runPath(dataset, runId, 'violations', { rule, limit: '50', cursor: pageParam }), { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: page => page.next ?? undefined,
    staleTime: 300_000,
  })
}

export function useAnomalies(dataset: string, runId: string): UseQueryResult<AnomaliesView> {
  return useQuery({
    queryKey: ['pipeline', 'anomalies', dataset, runId],
    queryFn: ({ signal }) => ask<AnomaliesView>(runPath(dataset, runId, 'anomalies'), { signal }),
    staleTime: 300_000,
  })
}

export function useCertificate(dataset: string, runId: string): UseQueryResult<CertificateView> {
  return useQuery({
    queryKey: ['pipeline', 'certificate', dataset, runId],
    queryFn: ({ signal }) => ask<CertificateView>(runPath(dataset, runId, 'certificate'), { signal }),
    staleTime: 300_000,
  })
}

export function useParts(dataset: string, runId: string): UseQueryResult<PartsView> {
  return useQuery({
    queryKey: ['pipeline', 'parts', dataset, runId],
    queryFn: ({ signal }) => ask<PartsView>(runPath(dataset, runId, 'parts'), { signal }),
    staleTime: 300_000,
  })
}

export function useContract(dataset: string): UseQueryResult<ContractView> {
  return useQuery({
    queryKey: ['pipeline', 'contract', dataset],
    queryFn: ({ signal }) => ask<ContractView>(pipelinePath(`contracts/${encodeURIComponent(dataset)}`), { signal }),
  })
}

export function useCurrentRun(): UseQueryResult<CurrentView> {
  return useQuery({
    queryKey: ['pipeline', 'current'],
    queryFn: ({ signal }) => ask<CurrentView>(pipelinePath('runs/current'), { signal }),
  })
}

export function useAlerts(all: boolean): UseQueryResult<AlertList> {
  return useQuery({
    queryKey: ['pipeline', 'alerts', all],
    queryFn: ({ signal }) => ask<AlertList>(pipelinePath('alerts', { all: all ? 'true' : undefined }), { signal }),
    refetchInterval: STATUS_EVERY_MS,
  })
}
