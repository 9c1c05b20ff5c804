import { readAttempts } from '../catalog/attempts.js'
import { readManifestIfCommitted, readResult } from '../catalog/catalog.js'
import { listRunIds, listUnfinished, type UnfinishedRun } from '../catalog/run-listing.js'
import { readSetAside, setAsideText } from '../catalog/set-aside.js'
import type { Config, DatasetConfig } from '../config/config.js'
import { LakeferryError } from '../errors.js'
import type { RunPage, RunView } from '../http/pipeline-run.js'
import type { Failure } from '../http/pipeline-shapes.js'
import { atOnce } from '../model/at-once.js'
import type { Attempt } from '../model/attempt.js'
import { GATE_ORDER } from '../model/gate.js'
import { type Manifest, manifestBytes } from '../model/manifest.js'
import { parseRunId, type RunId } from '../model/run-id.js'
import { hasDied } from '../monitor/attempt-history.js'
import type { ObjectStore } from '../ports/object-store.js'
import { contractOf, gateOfRun } from './pipeline-status.js'

/** A run, or an attempt that never came to have one: what is known of it before anything of its own is read. */
export interface RunLine {
  readonly dataset: DatasetConfig
  /** Of its address: the run id; of an attempt without one, {@link attemptKey}. Sorts by time. */
  readonly key: string
  readonly runId: RunId | undefined
  /** At it, the last one last. Of older ones nothing is on record. */
  readonly attempts: readonly Attempt[]
  readonly unfinished: UnfinishedRun | undefined
}

export interface RunLineQuestion {
  readonly lake: ObjectStore
  readonly config: Config
  readonly now: Date
}

/** Runs that were begun and not finished that are looked at of a dataset: the newest. */
const UNFINISHED_MOST = 20
/** Runs whose own objects are read at the same time. */
const AT_ONCE = 8

/** When it began, as run ids write it: `20261122T020000.123Z`. No two attempts without a run id have the same. */
export function attemptKey({ began }: Attempt): string {
  return new Date(began).toISOString().replaceAll(/[-:]/g, '')
}

/** @throws {@link LakeferryError} `RUN_ID_INVALID` for what is neither a run id nor an {@link attemptKey} */
export function parseRunKey(text: string): string {
  parseRunId(text.endsWith('Z') ? `${text}-000000` : text)
  return text
}

export interface RunLines {
  /** Newest first. */
  readonly lines: readonly RunLine[]
  /** Why attempts may be missing; a sentence without its full stop. */
  readonly problem: string | undefined
}

/** All of a dataset: three requests, however many runs there are, but for the pages of the listing. */
export async function runLines({ lake, now }: RunLineQuestion, dataset: DatasetConfig): Promise<RunLines> {
  const { name } = dataset
  const [ids, { attempts, problem }, unfinished] = await Promise.all([
    listRunIds(lake, name),
    readAttempts(lake, name),
    listUnfinished(lake, name, now, UNFINISHED_MOST),
  ])
  const known = new Set([...ids, ...unfinished.map(({ runId }) => runId)])
  for (const { runId } of attempts) if (runId !== null) known.add(runId)
  const lines: RunLine[] = [...known].map(runId => ({
    ...{ dataset, key: runId, runId },
    attempts: attempts.filter(attempt => attempt.runId === runId),
    unfinished: unfinished.find(run => run.runId === runId),
  }))
  for (const attempt of attempts) {
    if (attempt.runId !== null) continue
    lines.push({ dataset, key: attemptKey(attempt), runId: undefined, attempts: [attempt], unfinished: undefined })
  }
  return { lines: lines.sort(newestFirst), problem }
}

export interface RunPageQuestion extends RunLineQuestion {
  readonly datasets: readonly DatasetConfig[]
  readonly limit: number
  readonly before?: string
}

/** A page, newest first; of the runs only those of the page are read. */
export async function runPage(question: RunPageQuestion): Promise<RunPage> {
  const { datasets, limit, before } = question
  const found = await atOnce(AT_ONCE, datasets, dataset => runLines(question, dataset))
  const all = found.flatMap(({ lines }) => lines).sort(newestFirst)
  const older = before === undefined ? all : all.filter(line => orderOf(line) < before)
  const page = older.slice(0, limit)
  const last = page.at(-1)
  return {
    runs: await atOnce(AT_ONCE, page, line => readRunLine(question, line)),
    next: last === undefined || older.length <= limit ? null : orderOf(last),
    problems: found.flatMap(({ problem }) => problem ?? []),
  }
}

function newestFirst(a: RunLine, b: RunLine): number {
  const [left, right] = [orderOf(a), orderOf(b)]
  return left < right ? 1 : left > right ? -1 : 0
}

/** No two have the same, and a run id alone comes before every dataset's run of that id. */
function orderOf({ key, dataset }: RunLine): string {
  return `${key} ${dataset.name}`
}

/** With what its own objects say. What is damaged is told in its place, so that it hides no other. */
export async function readRunLine(question: RunLineQuestion, line: RunLine): Promise<RunView> {
  const { dataset, runId } = line
  const attempt = line.attempts.at(-1)
  if (runId === undefined) return uncommitted(line, stateOf(line), attempt?.error)
  try {
    const manifest = await readManifestIfCommitted(question.lake, dataset.name, runId)
    if (manifest !== undefined) return await committed(question, line, manifest)
    const aside = line.unfinished === undefined ? await readSetAside(question.lake, dataset.name, runId) : undefined
    if (aside === undefined) return uncommitted(line, stateOf(line), attempt?.error)
    const setAside = setAsideText(aside)
    return uncommitted(line, 'set aside', new LakeferryError('RUN_MISSING', { dataset: dataset.name, runId, setAside }))
  } catch (error) {
    if (!(error instanceof LakeferryError) || error.retryable) throw error
    return uncommitted(line, 'committed', error)
  }
}

function stateOf({ unfinished, attempts }: RunLine): 'under way' | 'broken off' | 'failed' {
  const attempt = attempts.at(-1)
  if (unfinished !== undefined) return unfinished.state === 'alive' ? 'under way' : 'broken off'
  if (attempt === undefined) return 'broken off'
  if (attempt.ended !== null) return 'failed'
  return hasDied(attempt) ? 'broken off' : 'under way'
}

function uncommitted(
  { dataset, key, runId, attempts, unfinished }: RunLine,
  state: RunView['state'],
  error: FailureKnown | null | undefined,
): RunView {
  const attempt = attempts.at(-1)
  return {
    ...{ key, dataset: dataset.name, runId: runId ?? null, state },
    startedAt: attempt?.began ?? unfinished?.since ?? null,
    ...{ committedAt: null, documents: null, rejects: null, bytes: null },
    seconds: attempt === undefined ? null : lasted(attempt),
    ...{ outcome: null, violated: null },
    error: failureView(error),
  }
}

async function committed({ lake, config }: RunLineQuestion, line: RunLine, manifest: Manifest): Promise<RunView> {
  const { dataset, key } = line
  const attempt = line.attempts.at(-1)
  const { runId, startedAt, committedAt, documents, rejects } = manifest
  const view = {
    ...{ key, dataset: dataset.name, runId, startedAt, committedAt, documents },
    state: 'committed' as const,
    ...{ rejects: rejects.documents, bytes: manifestBytes(manifest) },
    seconds: (attempt && lasted(attempt)) ?? (Date.parse(committedAt) - Date.parse(startedAt)) / 1000,
    error: failureView(attempt?.error),
  }
  // What the record says costs nothing; of older runs it says nothing any more.
  if (attempt?.outcome === 'unjudged') return { ...view, outcome: null, violated: null }
  if (attempt !== undefined && isOutcome(attempt.outcome))
    return { ...view, outcome: attempt.outcome, violated: attempt.violated }
  const result = await readResult(lake, dataset.name, runId)
  if (result === undefined) return { ...view, outcome: null, violated: null }
  const gate = gateOfRun({ config, dataset, contract: await contractOf(dataset), manifest, result })
  return { ...view, outcome: gate.outcome, violated: result.violations.count }
}

interface FailureKnown {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly step?: Failure['step']
}

export function failureView(error: FailureKnown | null | undefined): Failure | null {
  if (error === null || error === undefined) return null
  const { code, message, hint = null, step = null } = error
  return { code, message, hint, step }
}

/** Of its steps; null as long as none has ended. */
function lasted({ exportSeconds, validationSeconds }: Attempt): number | null {
  return exportSeconds === null && validationSeconds === null ? null : (exportSeconds ?? 0) + (validationSeconds ?? 0)
}

function isOutcome(outcome: Attempt['outcome']): boolean {
  return outcome === 'good' || (GATE_ORDER as readonly string[]).includes(outcome)
}
