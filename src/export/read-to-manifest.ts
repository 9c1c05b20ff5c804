import { setTimeout as sleep } from 'node:timers/promises'
import type { HeldClaim } from '../catalog/held-claim.js'
import { isLakeferryError, LakeferryError, reasonOf } from '../errors.js'
import type { Manifest } from '../model/manifest.js'
import type { ReadOrder } from '../model/read-order.js'
import type { RunId } from '../model/run-id.js'
import type { CollectionFacts, SourceSnapshot } from '../ports/document-source.js'
import { carry } from './carry.js'
import { clearJournal } from './journal.js'
import type { PartWriter } from './part-writer.js'
import { type Resources, readersFor } from './plan.js'
import type { ExportDeps, ExportRequest } from './request.js'
import { type RunPlan, type RunSettings, settingsDifference } from './run-plan.js'
import { objectsOfRun, readUnfinished, type UnfinishedWork } from './unfinished-run.js'

export interface RunToRead {
  readonly runId: RunId
  readonly claim: HeldClaim
  /** Whether an earlier attempt may have left something. */
  readonly resumed: boolean
  readonly facts: CollectionFacts
  /** Looks at the collection again. */
  readonly inspect: () => Promise<CollectionFacts>
  readonly settings: RunSettings
  readonly resources: Resources
  readonly writer: PartWriter
  readonly signal: AbortSignal
  readonly notice: (text: string) => void
}

export interface ReadRun {
  readonly manifest: Manifest
  /** Points in time that were begun, the last one included. */
  readonly attempts: number
  /** Documents that an earlier attempt had finished. */
  readonly resumed: number
}

/** Points in time that one export begins, at most. A server that loses each of them has a trouble that needs a person. */
export const MAX_ATTEMPTS = 3
/** Before another one, in milliseconds, times the number of those before it. */
const ATTEMPT_WAIT_MS = 500

/**
 * Reads the collection at one point in time, whole. When that point in time is lost, by a snapshot that the server no
 * longer keeps or a read that cannot be gone on with, everything is thrown away and the run begins at another: never are
 * documents of two points in time joined.
 */
export async function readToManifest(deps: ExportDeps, request: ExportRequest, run: RunToRead): Promise<ReadRun> {
  const { lake } = deps
  const { dataset, collection } = request
  const { runId, writer, notice, signal } = run
  let { facts } = run
  /** Whether a reading in another order than that of `_id` has broken off. */
  let wary = false
  let unfinished = run.resumed ? await takeUpWork(deps, request, run) : undefined
  for (let attempts = 1; ; attempts++) {
    let tenacious = false
    const onOpen = (snapshot: SourceSnapshot): void => {
      tenacious = snapshot.resumable || snapshot.order === 'stored'
    }
    const order = wary ? 'id' : orderFor(request, { ...run, facts, unfinished })
    const context = { ...run, startedAt: run.claim.begun, facts, unfinished, order, onNotice: notice, onOpen }
    try {
      const manifest = await carry(deps, request, context)
      return { manifest, attempts, resumed: resumedDocuments(unfinished) }
    } catch (error) {
      // What can be gone on with has been: a server that is gone for good is not there for a new beginning either.
      const spent = tenacious && unfinished === undefined
      if (!isAnotherTimeWorth(error, spent) || attempts === MAX_ATTEMPTS || signal.aborted) throw error
      notice(`${reasonOf(error)}. Reading ${collection} again from the beginning, at a new point in time.`)
      await clearJournal(lake, dataset, runId)
      await writer.startOver()
      unfinished = undefined
      wary ||= isLakeferryError(error, 'SOURCE_ORDER')
      await sleep(ATTEMPT_WAIT_MS * (attempts - 1))
      facts = await run.inspect()
    }
  }
}

/** Damage, refusals and mistakes stay what they are however often one begins. */
function isAnotherTimeWorth(error: unknown, spent: boolean): boolean {
  if (isLakeferryError(error, 'SOURCE_SNAPSHOT_EXPIRED') || isLakeferryError(error, 'SOURCE_ORDER')) return true
  return isLakeferryError(error, 'SOURCE_INTERRUPTED') && error.retryable && !spent
}

/**
 * In the order of `_id` where others may go on from what is finished, and where several cursors read. Otherwise the source may
 * choose: one cursor means that the collection is small, or that its size is not known, which the source then looks at.
 */
function orderFor(
  { order = 'any', resume = false, readers }: ExportRequest,
  { facts, unfinished, resources }: Pick<RunToRead, 'facts' | 'resources'> & { unfinished: UnfinishedWork | undefined },
): ReadOrder {
  if (resume || unfinished !== undefined || readersFor(facts, resources, readers) > 1) return 'id'
  return order
}

/** What the earlier attempt finished, where this one may go on from it; says so when it may not. */
async function takeUpWork(
  { lake }: ExportDeps,
  { dataset }: ExportRequest,
  { runId, writer, notice, settings, facts }: RunToRead,
): Promise<UnfinishedWork | undefined> {
  const sizes = await objectsOfRun(lake, dataset, runId)
  writer.numberAfter(sizes.keys())
  const work = await readUnfinished(lake, dataset, runId, sizes)
  if (work === undefined || work.segments.every(segments => segments.length === 0)) {
    notice(`Run ${runId} had finished nothing yet: it is read from the beginning.`)
    return undefined
  }
  const difference = settingsDifference(work.plan.settings, settings)
  if (difference !== undefined) throw new LakeferryError('RESUME_CHANGED', { dataset, runId, difference })
  if (isAnotherCollection(work.plan, facts)) {
    notice(`The collection of run ${runId} was replaced since it was begun: it is read from the beginning.`)
    await clearJournal(lake, dataset, runId)
    return undefined
  }
  return work
}

function isAnotherCollection({ identity }: RunPlan, facts: CollectionFacts): boolean {
  return identity !== null && facts.identity !== undefined && identity !== facts.identity
}

function resumedDocuments(work: UnfinishedWork | undefined): number {
  return work?.segments.flat().reduce((sum, { totals }) => sum + totals.documents, 0) ?? 0
}
