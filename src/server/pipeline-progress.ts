import type { ProgressView } from '../http/pipeline-current.js'
import type { Failure } from '../http/pipeline-shapes.js'
import { jsonLine } from '../model/json-line.js'

export interface ProgressBefore {
  readonly runId: string
  /** RFC 3339, UTC; of a line that has no time of its own. */
  readonly at: string
  /** What was known of a dataset. */
  readonly before: (dataset: string) => ProgressView | undefined
}

/** As `run --json` says it on standard error: docs/cli.md has `progress`, docs/observability.md the lines of the log. */
interface Said {
  readonly event?: unknown
  readonly dataset?: unknown
  readonly time?: unknown
  readonly documents?: unknown
  readonly expected?: unknown
  readonly bytes?: unknown
  readonly gate?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly hint?: unknown
  readonly step?: unknown
}

/** How far a dataset is after a line that its run said; undefined for a line that says nothing of that. */
export function progressAfter(line: string, { runId, at: now, before }: ProgressBefore): ProgressView | undefined {
  const said: Said | undefined = jsonLine(line)
  if (said === undefined || typeof said.dataset !== 'string') return undefined
  const { dataset } = said
  const known = before(dataset)
  const last: ProgressView = known ?? {
    ...{ dataset, runId, step: 'export', documents: 0, expected: 0, bytes: 0 },
    ...{ at: now, outcome: null, error: null },
  }
  const at = typeof said.time === 'string' ? said.time : now
  const documents = whole(said.documents) ?? last.documents
  const bytes = whole(said.bytes) ?? last.bytes
  switch (said.event) {
    case 'progress':
      // Of the export only: what comes later has no number of documents that grows.
      return last.step === 'export'
        ? { ...last, at, documents, bytes, expected: whole(said.expected) ?? last.expected }
        : undefined
    case 'export.started':
      return { ...last, at }
    case 'export.committed':
      return { ...last, at, documents, bytes, expected: documents }
    case 'validation.started':
      return { ...last, at, step: 'validation' }
    case 'run.finished':
      return { ...last, at, step: 'finished', documents, outcome: typeof said.gate === 'string' ? said.gate : null }
    case 'run.failed':
      return { ...last, at, step: 'failed', error: failureIn(said) }
    default:
      return undefined
  }
}

function failureIn({ code, message, hint, step }: Said): Failure {
  return {
    ...{ code: String(code), message: String(message) },
    hint: typeof hint === 'string' ? hint : null,
    step: step === 'export' || step === 'validation' ? step : null,
  }
}

function whole(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}
