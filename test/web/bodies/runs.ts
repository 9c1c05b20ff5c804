import type { HistoryView } from '../../../src/http/pipeline-attempt.js'
import type { RunDetail, RunView } from '../../../src/http/pipeline-run.js'
import { CONTRACT_OF } from './contract.js'
import { documentsOf, nights, runIdOf } from './nights.js'
import { REASON } from './status.js'

const VIOLATED = [2, 2, 2, 2, 2, 0, 0, 3, 3, 3, 3, 0, 0, 46]

export function runs(now: number, dataset: string): readonly RunView[] {
  return nights(now)
    .map((began, at): RunView => {
      const failed = at === 9
      return {
        key: failed ? began.toISOString().replaceAll(/[-:]/g, '') : runIdOf(began),
        dataset,
        runId: failed ? null : runIdOf(began),
        state: failed ? 'failed' : 'committed',
        startedAt: began.toISOString(),
        committedAt: failed ? null : new Date(began.getTime() + 7_000 + at * 300).toISOString(),
        documents: failed ? null : documentsOf(dataset, at),
        rejects: failed ? null : 0,
        bytes: failed ? null : 9_300_000 + at * 31_000,
        seconds: failed ? null : 6.2 + at * 0.3,
        outcome: failed ? null : at === 13 && dataset === 'papers' ? 'bad' : 'good',
        violated: failed ? null : dataset === 'papers' ? (VIOLATED[at] ?? 0) : 0,
        error: failed
          ? {
              code: 'SOURCE_UNREACHABLE',
              message: 'No server of the replica set answered within 30 s.',
              hint: 'Check the address and that the server runs.',
              step: 'export',
            }
          : null,
      }
    })
    .toReversed()
}

export function detail(run: RunView): RunDetail {
  const committed = run.state === 'committed'
  const bad = run.outcome === 'bad'
  return {
    run,
    manifest: committed
      ? {
          source: { server: 'mongo-0.db:27017', database: 'iclr', collection: run.dataset, filter: null },
          guarantee: { kind: 'snapshot', at: run.startedAt, reason: null },
          digest: '3b7e'.repeat(16),
          formats: [
            { format: 'parquet', parts: 2, documents: run.documents ?? 0, bytes: 4_100_000 },
            { format: 'ndjson.gz', parts: 2, documents: run.documents ?? 0, bytes: 5_200_000 },
          ],
          rejects: { documents: 0, objects: 0 },
          columns: ['id', 'title', 'abstract', 'authors', 'keywords', 'status', 'rating_avg'].map(name => ({
            name,
            type: 'string',
          })),
          contract: CONTRACT_OF,
          tool: 'lakeferry 0.1.0',
        }
      : null,
    result: committed
      ? {
          status: bad ? 'fail' : 'pass',
          documents: run.documents ?? 0,
          failingDocuments: { error: bad ? 43 : 0, any: bad ? 46 : 0 },
          violations: run.violated ?? 0,
          contract: CONTRACT_OF,
        }
      : null,
    execution: committed
      ? {
          engine: 'duckdb',
          engineVersion: '1.5.6',
          tool: 'lakeferry 0.1.0',
          startedAt: run.committedAt ?? '',
          seconds: 0.6,
        }
      : null,
    gate: committed ? { outcome: run.outcome ?? 'good', reasons: bad ? [REASON] : [] } : null,
    attempts:
      run.startedAt === null
        ? []
        : [
            {
              began: run.startedAt,
              ended: run.committedAt,
              outcome: committed ? 'succeeded' : 'failed',
              documents: run.documents,
              bytes: run.bytes,
              exportSeconds: run.seconds,
              validationSeconds: committed ? 0.6 : null,
              violated: run.violated,
              error: run.error,
            },
          ],
  }
}

export function history(now: number, dataset: string): HistoryView {
  const attempts = runs(now, dataset)
    .toReversed()
    .map(run => ({
      ...{
        key: run.key,
        runId: run.runId,
        began: run.startedAt ?? '',
        outcome: run.state === 'failed' ? 'failed' : 'succeeded',
        documents: run.documents,
        bytes: run.bytes,
      },
      ...{
        exportSeconds: run.seconds,
        validationSeconds: run.seconds === null ? null : 0.6,
        violated: run.violated,
        error: run.error,
      },
    }))
  return { dataset, attempts }
}
