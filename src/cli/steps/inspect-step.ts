import type { Config, DatasetConfig } from '../../config/config.js'
import type { Anomalies } from '../../model/anomalies.js'
import type { Contract } from '../../model/contract.js'
import type { Gate } from '../../model/gate.js'
import type { Manifest } from '../../model/manifest.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { formatInstant } from '../../report/figures.js'
import type { ReportInput } from '../../report/report-input.js'
import type { WrittenReports } from '../../report/write-report.js'
import type { CommandContext } from '../command.js'
import type { Tell } from './each-dataset.js'
import type { Engines } from './engines.js'
import { gateOf } from './gate-step.js'
import { placeOf, printVerdict, reportInput } from './report-step.js'
import type { RunStory } from './run-story.js'
import { type Validated, validateFacts, validateStep } from './validate-step.js'

export interface InspectDeps {
  readonly context: CommandContext
  readonly config: Config
  readonly lake: ObjectStore
  readonly engines: Engines
  readonly story: RunStory
}

export interface InspectRequest {
  readonly dataset: DatasetConfig
  readonly manifest: Manifest
  /** Today's. */
  readonly contract: Contract
  readonly rows: boolean
  readonly profile: boolean
  readonly again: boolean
  /** Whether it is judged as the dataset's newest run. One that was named may take the contract that it was exported with. */
  readonly newest: boolean
  /** Write `report.html` and the others, with the history in them. @defaultValue false */
  readonly reports?: boolean
}

export interface Inspected {
  readonly validation: Validated
  readonly gate: Gate
}

/** Validates a run, compares it with its history where that is wanted, judges it, and says all of it. */
export async function inspectRun(
  { context, config, lake, engines, story }: InspectDeps,
  tell: Tell,
  request: InspectRequest,
): Promise<Inspected> {
  const { out, signal, io } = context
  const { dataset, manifest, rows, profile, again, newest, reports = false } = request
  const { contract, kept } = await contractOf(lake, request)
  story.validating(dataset, manifest, engines.kindFor(manifest))
  const validation = await validateStep(
    { lake, clock: io.clock, engineFor: engines.forRun },
    { manifest, contract, rows, again, profile, signal },
  )
  const { result } = validation
  const { id, version, fingerprint } = result.contract
  tell({ ...validateFacts(validation), contract: { id, version, fingerprint, kept } })
  const anomalies = validation.profile && (await compared(lake, validation.profile))
  tell({ anomalies: anomalies === undefined ? null : anomalyFacts(anomalies) })

  const gate = gateOf({
    dataset,
    manifest,
    result,
    contract,
    ...(newest ? { newest: { config, clock: io.clock } } : {}),
  })
  tell({ gate })
  const { name } = dataset
  const input = {
    ...(await reportInput(lake, {
      dataset: name,
      runId: manifest.runId,
      contract,
      ...(reports ? {} : { historyRuns: 0 }),
    })),
    gate,
  }
  await printVerdict(out, input)
  const dim = (text: string): void => out.line(`  ${out.paint.dim(text)}`)
  if (validation.reused) dim(`validated before, ${formatInstant(validation.execution.startedAt)}; --again does it anew`)
  if (kept)
    dim(`held to the contract that the run was exported with (${id} ${version}): it has other columns than today's`)
  const written = reports ? await writtenReports(lake, input) : undefined
  story.validated(dataset, manifest, { validation, gate, reports: Object.values(written ?? {}) })
  if (written !== undefined) {
    tell({ reports: written })
    dim(`report ${placeOf(lake, written.html)}`)
  }
  return { validation, gate }
}

async function writtenReports(lake: ObjectStore, input: ReportInput): Promise<WrittenReports> {
  const { writeReports } = await import('../../report/write-report.js')
  return writeReports({ lake }, input)
}

async function contractOf(
  lake: ObjectStore,
  { manifest, contract, newest }: InspectRequest,
): Promise<{ readonly contract: Contract; readonly kept: boolean }> {
  // Of the newest run, a contract that has changed since is an error with a next step, and no reason to look at the old one.
  if (newest) return { contract, kept: false }
  const { contractFor } = await import('../../validate/kept-contract.js')
  return contractFor(lake, manifest, contract)
}

async function compared(lake: ObjectStore, profile: NonNullable<Validated['profile']>): Promise<Anomalies> {
  const { compareWithHistory } = await import('../../anomaly/profile-run.js')
  return compareWithHistory(lake, profile)
}

/** As `--json` tells it: without what the dataset's own entry has. */
function anomalyFacts({ status, runs, runsNeeded, anomalies }: Anomalies): Record<string, unknown> {
  return { status, runs, runsNeeded, found: anomalies }
}
