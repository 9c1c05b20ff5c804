import { latestRun, movePointer } from '../catalog/catalog.js'
import { type HeldClaim, takeOverClaim } from '../catalog/held-claim.js'
import { listUnfinished } from '../catalog/run-listing.js'
import { interruption, isLakeferryError, LakeferryError, reasonOf } from '../errors.js'
import { lakeKey } from '../model/lake-key.js'
import type { Manifest } from '../model/manifest.js'
import { newRunId, parseRunId, type RunId } from '../model/run-id.js'
import type { ObjectStore } from '../ports/object-store.js'
import { claimRun } from './claim.js'
import { ClaimHeart } from './claim-heart.js'
import { commitManifest } from './commit.js'
import { clearJournal } from './journal.js'
import { keepContract } from './keep-contract.js'
import { PartWriter } from './part-writer.js'
import { checkPartitioning } from './partitioner.js'
import { needsSize } from './plan.js'
import { readToManifest } from './read-to-manifest.js'
import type { ExportDeps, ExportOutcome, ExportRequest } from './request.js'
import { resourcesFor, settingsOf } from './run-settings.js'
import { objectsOfRun } from './unfinished-run.js'

/**
 * One committed run, or none. Parts are put first, each if absent, under a prefix that no reader looks at; then the
 * manifest, if absent, which is the commit; then the pointer. Whatever fails before the manifest, or a signal to stop,
 * takes the objects away again and leaves nothing that a reader could see.
 *
 * @throws {@link LakeferryError} of the SOURCE_, LAKE_ and RUN_ families, `COLLECTION_MISSING`, `RESUME_CHANGED`,
 * `WORKER_FAILED`, `INTERRUPTED`
 */
export async function exportDataset(deps: ExportDeps, request: ExportRequest): Promise<ExportOutcome> {
  const { lake, clock } = deps
  const { dataset } = request
  const began = clock.now()
  const warnings: string[] = []
  const notice = (text: string): void => {
    warnings.push(text)
    request.onNotice?.(text)
  }
  // Before the claim: what cannot be done at all, and a collection that is not there, is found out without a trace on the lake.
  const settings = settingsOf(deps, request)
  const resources = resourcesFor(request, settings)
  if (request.contract && request.partitionBy) checkPartitioning(request.contract.columns, request.partitionBy)
  const inspect = () => deps.source.inspect(request.collection, { sized: needsSize(resources, request.readers) })
  const facts = await inspect()
  stopIfAborted(request.signal)
  const { runId, claim, resumed } = await beginRun(deps, request, began)
  request.onBegun?.(runId)
  const heart = new ClaimHeart(claim, clock)
  const signal = request.signal === undefined ? heart.lost : AbortSignal.any([request.signal, heart.lost])
  const writer = new PartWriter(lake, dataset, runId)
  let manifest: Manifest
  let documentsBefore = 0
  try {
    const read = await readToManifest(deps, request, {
      ...{ runId, claim, resumed, facts, inspect, settings, resources, writer, signal, notice },
    })
    manifest = read.manifest
    documentsBefore = read.resumed
    await heart.stop()
    if (read.attempts > 1 || resumed) await removeStrangers(lake, manifest)
    if (request.contract) await keepContract(lake, request.contract)
    stopIfAborted(signal)
    // Whoever took the run over meanwhile did so by this claim: then it is his to commit.
    await claim.renew(clock.now())
    await commitManifest(lake, manifest)
  } catch (error) {
    await heart.stop()
    // With the commit's answer lost, the manifest may still appear: then its parts have to be there, and nobody may be told
    // that nothing was committed, whatever else happened. And what another has taken over is no longer ours to remove.
    if (isLakeferryError(error, 'COMMIT_UNKNOWN') || isLakeferryError(error, 'RUN_LOST')) throw error
    if (request.resume && mayHelpLater(error)) await claim.leave().catch(() => undefined)
    else {
      await takeBack(lake, dataset, runId, writer)
      await claim.release().catch(() => undefined)
    }
    throw request.signal?.aborted ? interruption(request.signal, error) : error
  }
  warnings.push(...warningsOf(manifest))
  try {
    if ((await movePointer(lake, manifest)) === 'newer') warnings.push(await notNewest(lake, manifest))
    await clearJournal(lake, dataset, runId)
    await claim.release()
  } catch (error) {
    warnings.push(
      `The run is committed, but tidying up after it failed (${reasonOf(error)}); readers find it all the same.`,
    )
  }
  const seconds = (clock.now().getTime() - began.getTime()) / 1000
  return { runId, manifest, manifestKey: lakeKey.manifest(dataset, runId), seconds, resumed: documentsBefore, warnings }
}

interface BegunRun {
  readonly runId: RunId
  readonly claim: HeldClaim
  /** Whether somebody else began it. */
  readonly resumed: boolean
}

/** Claims a new run, or with `resume` takes over the one that was left. */
async function beginRun({ lake }: ExportDeps, request: ExportRequest, now: Date): Promise<BegunRun> {
  const { dataset, resume = false } = request
  const asked = request.runId === undefined ? undefined : parseRunId(request.runId)
  const unfinished = resume ? await listUnfinished(lake, dataset, now) : []
  const left =
    asked === undefined ? unfinished.findLast(run => run.state === 'gone') : unfinished.find(run => run.runId === asked)
  if (left !== undefined) {
    return { runId: left.runId, claim: await takeOverClaim(lake, dataset, left.runId, { now }), resumed: true }
  }
  const alive = unfinished.at(-1)
  if (asked === undefined && alive !== undefined) {
    const { runId, since = 'an unknown time', by = 'somebody' } = alive
    throw new LakeferryError('RUN_CLAIMED', { dataset, runId, since, by })
  }
  const runId = asked ?? newRunId(now)
  return { runId, claim: await claimRun(lake, dataset, runId, now), resumed: false }
}

/**
 * Objects in the run's folder that the manifest will not name: of an attempt that died, or a put that came late. A reader
 * that takes the whole folder, as Spark does, would take them for documents.
 */
async function removeStrangers(lake: ObjectStore, manifest: Manifest): Promise<void> {
  const { dataset, runId, parts, rejects } = manifest
  const named = new Set([...parts.map(part => part.key), ...rejects.keys])
  const there = await objectsOfRun(lake, dataset, runId)
  await lake.delete([...there.keys()].filter(key => !named.has(key)))
}

/** Not after a mistake of the caller's, which another attempt would make again: but for that of asking otherwise now. */
function mayHelpLater(error: unknown): boolean {
  return error instanceof LakeferryError && (error.family !== 'usage' || error.code === 'RESUME_CHANGED')
}

async function takeBack(lake: ObjectStore, dataset: string, runId: RunId, writer: PartWriter): Promise<void> {
  // Without the manifest nothing of it can be seen; so a lake that fails here as well must not hide why the run failed.
  await clearJournal(lake, dataset, runId).catch(() => undefined)
  await writer.removeAll().catch(() => undefined)
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interruption(signal)
}

/** Runs sort by the clock of who began them: one that was dated ahead hides every later one, for as long as it is ahead. */
async function notNewest(lake: ObjectStore, { dataset }: Manifest): Promise<string> {
  const newest = (await latestRun(lake, dataset)) ?? 'a later run'
  return `${newest} counts as newer, so that readers keep getting that one. Where a clock was wrong: lakeferry quarantine ${dataset} --run ${newest} --reason "dated in the future"`
}

function warningsOf(manifest: Manifest): string[] {
  const warnings: string[] = []
  const { collection } = manifest.source
  if (manifest.documents === 0)
    warnings.push(
      `${collection} has no documents${manifest.source.filter ? ' that match the filter' : ''}: the run is valid, and empty.`,
    )
  if (manifest.rejects.documents > 0)
    warnings.push(
      `${manifest.rejects.documents} documents could not be carried faithfully; they are in ${manifest.rejects.keys[0]}, with the reasons.`,
    )
  return warnings
}
