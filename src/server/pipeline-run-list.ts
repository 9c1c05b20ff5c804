import { readAttempts } from '../catalog/attempts.js'
import { readManifestIfCommitted, readResult } from '../catalog/catalog.js'
import { listRunIds, listUnfinished, type UnfinishedRun } from '../catalog/run-listing.js'
import { readSetAside, setAsideText } from '../catalog/set-aside.js'
import type { Config, DatasetConfig } from '../config/config.js'
import { LakeferryError } from '../errors.js'
import type { RunView } from '../http/pipeline.js'
import { atOnce } from '../model/at-once.js'
import type { Attempt } from '../model/attempt.js'
import { GATE_ORDER } from '../model/gate.js'
import { type Manifest, manifestBytes } from '../model/manifest.js'
import type { RunId } from '../model/run-id.js'
import { hasDied } from '../monitor/attempt-history.js'
import type { ObjectStore } from '../ports/object-store.js'
import { contractOf, gateOfRun } from './pipeline-status.js'

/** A run, or an attempt that never came to have one: what is known of it before anything of its own is read. */
export interface RunLine {
  readonly dataset: DatasetConfig
  /** The run id; of an attempt without one, what it would begin with. Sorts by time. */
  readonly key: string
  readonly runId: RunId | undefined
  /** The last one at it. */
  readonly attempt: Attempt | undefined
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

/** All of a dataset, newest first: three requests, however many runs there are, but for the pages of the listing. */
export async function runLines({ lake, now }: RunLineQuestion, dataset: DatasetConfig): Promise<readonly RunLine[]> {
  const { name } = dataset
  const [ids, { attempts }, unfinished] = await Promise.all([
    listRunIds(lake, name),
    readAttempts(lake, name),
    listUnfinished(lake, name, now, UNFINISHED_MOST),
  ])
  const known = new Set([...ids, ...unfinished.map(({ runId }) => runId)])
  for (const { runId } of attempts) if (runId !== null) known.add(runId)
  const lines: RunLine[] = [...known].map(runId => ({
    ...{ dataset, key: runId, runId },
    attempt: attempts.findLast(attempt => attempt.runId === runId),
    unfinished: unfinished.find(run => run.runId === runId),
  }))
  for (const attempt of attempts) {
    if (attempt.runId !== null) continue
    const key = `${attempt.began.replaceAll(/[-:]/g, '')}-`
    lines.push({ dataset, key, runId: undefined, attempt, unfinished: undefined })
  }
  return lines.sort(newestFirst)
}

export interface RunPageQuestion extends RunLineQuestion {
  readonly datasets: readonly DatasetConfig[]
  readonly limit: number
  readonly before?: string
}

/** A page, newest first; of the runs only those of the page are read. */
export async function runPage(
  question: RunPageQuestion,
): Promise<{ readonly runs: readonly RunView[]; readonly next: string | null }> {
  const { datasets, limit, before } = question
  const all = (await atOnce(AT_ONCE, datasets, dataset => runLines(question, dataset))).flat().sort(newestFirst)
  const older = before === undefined ? all : all.filter(line => orderOf(line) < before)
  const page = older.slice(0, limit)
  const last = page.at(-1)
  return {
    runs: await atOnce(AT_ONCE, page, line => readRunLine(question, line)),
    next: last === undefined || older.length <= limit ? null : orderOf(last),
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
  const { dataset, runId, attempt } = line
  if (runId === undefined) return uncommitted(line, 'failed', attempt?.error ?? null)
  try {
    const manifest = await readManifestIfCommitted(question.lake, dataset.name, runId)
    if (manifest !== undefined) return await committed(question, line, manifest)
    const aside = line.unfinished === undefined ? await readSetAside(question.lake, dataset.name, runId) : undefined
    if (aside === undefined) return uncommitted(line, stateOf(line), attempt?.error ?? null)
    return uncommitted(line, 'set aside', { code: 'RUN_MISSING', message: `set aside ${setAsideText(aside)}` })
  } catch (error) {
    if (!(error instanceof LakeferryError) || error.retryable) throw error
    return uncommitted(line, 'committed', error)
  }
}

function stateOf({ unfinished, attempt }: RunLine): 'under way' | 'broken off' | 'failed' {
  if (unfinished !== undefined) return unfinished.state === 'alive' ? 'under way' : 'broken off'
  if (attempt === undefined) return 'broken off'
  if (attempt.ended !== null) return 'failed'
  return hasDied(attempt) ? 'broken off' : 'under way'
}

function uncommitted(
  { dataset, runId, attempt, unfinished }: RunLine,
  state: RunView['state'],
  error: { readonly code: string; readonly message: string } | null,
): RunView {
  return {
    ...{ dataset: dataset.name, runId: runId ?? null, state },
    startedAt: attempt?.began ?? unfinished?.since ?? null,
    ...{ committedAt: null, documents: null, rejects: null, bytes: null },
    seconds: attempt === undefined ? null : lasted(attempt),
    ...{ outcome: null, violated: null },
    error: error === null ? null : { code: error.code, message: error.message },
  }
}

async function committed({ lake, config }: RunLineQuestion, line: RunLine, manifest: Manifest): Promise<RunView> {
  const { dataset, attempt } = line
  const { runId, startedAt, committedAt, documents, rejects } = manifest
  const view = {
    ...{ dataset: dataset.name, runId, startedAt, committedAt, documents },
    state: 'committed' as const,
    ...{ rejects: rejects.documents, bytes: manifestBytes(manifest) },
    seconds: (attempt && lasted(attempt)) ?? (Date.parse(committedAt) - Date.parse(startedAt)) / 1000,
    error: attempt?.error ? { code: attempt.error.code, message: attempt.error.message } : null,
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

/** Of its steps; null as long as none has ended. */
function lasted({ exportSeconds, validationSeconds }: Attempt): number | null {
  return exportSeconds === null && validationSeconds === null ? null : (exportSeconds ?? 0) + (validationSeconds ?? 0)
}

function isOutcome(outcome: Attempt['outcome']): boolean {
  return outcome === 'good' || (GATE_ORDER as readonly string[]).includes(outcome)
}
