import type { UnfinishedRun } from '../../catalog/run-listing.js'
import { type Config, type DatasetConfig, selectDatasets } from '../../config/config.js'
import { atOnce } from '../../model/at-once.js'
import type { Attempt } from '../../model/attempt.js'
import type { Contract } from '../../model/contract.js'
import { durationText } from '../../model/duration.js'
import type { Gate } from '../../model/gate.js'
import type { ResultStatus, ValidationResult } from '../../model/result.js'
import { hasDied, lastAttempt } from '../../monitor/attempt-history.js'
import { type DatasetFacts, readDatasetFacts } from '../../monitor/dataset-facts.js'
import { type Freshness, type FreshnessState, freshnessOf, freshnessPromise } from '../../monitor/freshness.js'
import { formatNoun, formatSeconds } from '../../report/figures.js'
import { openLake } from '../../wire.js'
import type { CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { datasetArguments } from '../options.js'
import type { Output } from '../output.js'
import { loadContracts } from '../steps/contracts.js'
import { eachDataset } from '../steps/each-dataset.js'
import { gateOf } from '../steps/gate-step.js'
import { alertFacts, alertRows, readAlerts } from '../steps/open-alerts.js'
import { withOpen } from '../steps/resource.js'
import { type TableCell, tableLines } from '../table.js'

/** Datasets that are read at the same time. */
const AT_ONCE = 6

/** One dataset as it stands. */
interface Standing {
  readonly freshness: Freshness
  /** Of the newest committed run's last validation. */
  readonly status: ResultStatus | undefined
  /** Undefined as long as it was not validated. */
  readonly gate: Gate | undefined
  readonly unfinished: readonly UnfinishedRun[]
  /** The last attempt, when it came to nothing. */
  readonly failed: Attempt | undefined
}

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description(
      'Tells of each dataset whether its newest committed run is as fresh as promised (by the contract, else by ' +
        'monitor.freshness), whether its data keep their contract, whether the last attempt failed, and what was begun and not ' +
        'finished; and which alerts are open, and which of their channels fail. Exit code 4: ' +
        'something is stale or was never exported; 3: it cannot be told; 1: all is fresh, but some data break their contract.',
    )
    .addHelpText('after', examples('lakeferry status', 'lakeferry status papers', 'lakeferry status --json'))
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, io } = context
  const { config } = await context.loadConfig()
  const datasets = selectDatasets(config, parsed.args)
  const contracts = await loadContracts(datasets)
  const now = io.clock.now()
  const standings: Standing[] = []
  const rows: TableCell[][] = []
  await withOpen(openLake(config), context.signal, async lake => {
    const [facts, alerts] = await Promise.all([
      atOnce(AT_ONCE, datasets, ({ name }) => readDatasetFacts(lake, name, now)),
      readAlerts(context, lake),
    ])
    await eachDataset(context, datasets, async (dataset, tell) => {
      const contract = contracts.get(dataset.name)
      const standing = standingOf(dataset, facts[datasets.indexOf(dataset)]!, { config, contract, now })
      standings.push(standing)
      tell(standingFacts(standing))
      rows.push(...standingRows(dataset.name, standing, out))
    })
    Object.assign(context.told.body, alertFacts(alerts))
    rows.push(...alertRows(alerts, out))
  })
  for (const line of tableLines(rows)) out.line(line)
  return statusExit(standings)
}

/** What cannot be told comes before what is late, and that before what is wrong in it. */
export function statusExit(standings: readonly Standing[]): number {
  const has = (...states: FreshnessState[]): boolean =>
    standings.some(({ freshness }) => states.includes(freshness.state))
  if (has('unknown')) return EXIT.service
  if (has('stale', 'none')) return EXIT.stale
  return standings.some(({ gate }) => gate !== undefined && gate.outcome !== 'good') ? EXIT.data : EXIT.fine
}

function standingOf(
  dataset: DatasetConfig,
  { newest, result, unfinished, attempts }: DatasetFacts,
  { config, contract, now }: { config: Config; contract: Contract | undefined; now: Date },
): Standing {
  const promise = freshnessPromise(contract?.freshnessSeconds, config.monitor.freshnessSeconds)
  const freshness = freshnessOf(newest, promise, now)
  const { manifest } = freshness
  for (const found of [result, unfinished]) {
    if (found.known) continue
    const unknown: Freshness = { ...freshness, state: 'unknown', problem: freshness.problem ?? found.why }
    return { freshness: unknown, status: undefined, gate: undefined, unfinished: [], failed: undefined }
  }
  const judged = result.known ? result.value : undefined
  // Its age is told by its freshness.
  const gate = manifest && judged && gateOf({ dataset, manifest, result: judged, contract: heldTo(judged, contract) })
  const last = attempts.known ? lastAttempt(attempts.value.attempts, manifest) : undefined
  const failed = last !== undefined && (last.error !== null || hasDied(last)) ? last : undefined
  return { freshness, status: judged?.status, gate, unfinished: unfinished.known ? unfinished.value : [], failed }
}

function heldTo(result: ValidationResult, contract: Contract | undefined): Contract | undefined {
  return contract?.fingerprint === result.contract.fingerprint ? contract : undefined
}

/** As `--json` tells it; docs/cli.md. */
function standingFacts({ freshness, status, gate, unfinished, failed }: Standing): Record<string, unknown> {
  const { state, manifest, ageSeconds, promise, problem } = freshness
  return {
    state,
    runId: manifest?.runId ?? null,
    asOf: manifest?.startedAt ?? null,
    ageSeconds: ageSeconds ?? null,
    promiseSeconds: promise.seconds,
    promiseFrom: promise.from,
    documents: manifest?.documents ?? null,
    status: status ?? null,
    gate: gate ?? null,
    unfinished: unfinished.map(({ runId, since, by, renewedAt, state }) => ({
      runId,
      since: since ?? null,
      by: by ?? null,
      renewedAt: renewedAt ?? null,
      state,
    })),
    failed: failed === undefined ? null : attemptFacts(failed),
    problem: problem ?? null,
  }
}

function attemptFacts({ runId, began, ended, outcome, error }: Attempt): Record<string, unknown> {
  return {
    runId,
    began,
    ended,
    outcome,
    step: error?.step ?? null,
    code: error?.code ?? null,
    message: error?.message ?? null,
  }
}

const VERDICTS: Readonly<Record<ResultStatus, string>> = {
  pass: 'keeps its contract',
  warn: 'passes with warnings',
  fail: 'breaks its contract',
}

function standingRows(
  dataset: string,
  { freshness, status, gate, unfinished, failed }: Standing,
  out: Output,
): TableCell[][] {
  const { paint } = out
  const { state, manifest, ageSeconds, promise, problem } = freshness
  const colours = { fresh: paint.green, stale: paint.red, none: paint.red, unknown: paint.red } as const
  const head: TableCell[] = [dataset, { text: state === 'none' ? 'no export yet' : state, paint: colours[state] }]
  const allowed = `${durationText(promise.seconds)} promised by ${promise.from === 'contract' ? 'the contract' : promise.from}`
  if (problem !== undefined) head.push(problem)
  else if (manifest === undefined) head.push(allowed)
  else {
    head.push(
      `${formatSeconds(ageSeconds ?? 0)} old, ${allowed}`,
      formatNoun(manifest.documents, 'document'),
      status === undefined
        ? { text: 'not validated', paint: paint.dim }
        : {
            text: VERDICTS[status],
            paint: status === 'fail' ? paint.red : status === 'warn' ? paint.yellow : paint.green,
          },
      { text: manifest.runId, paint: paint.dim },
    )
  }
  const wrong = gate?.reasons.filter(reason => reason.outcome !== 'bad') ?? []
  return [
    head,
    ...wrong.map(({ outcome, reason }): TableCell[] => ['', { text: outcome, paint: paint.red }, reason]),
    ...(failed === undefined ? [] : [failedRow(failed, out)]),
    ...unfinished.map(({ runId, since, by, state }): TableCell[] => [
      '',
      { text: 'unfinished', paint: paint.yellow },
      `run ${runId}, begun ${since ?? 'at an unknown time'} by ${by ?? 'somebody'}: ${state === 'alive' ? 'under way' : `broken off; lakeferry export ${dataset} --resume finishes it, lakeferry gc removes it`}`,
    ]),
  ]
}

function failedRow({ outcome, began, ended, error }: Attempt, { paint }: Output): TableCell[] {
  const stopped = outcome === 'interrupted'
  const text = stopped ? 'interrupted' : 'failed'
  const what =
    error === null
      ? `the last attempt, begun ${began}, died`
      : `the last attempt, at ${ended ?? began}, at the ${error.step}: ${error.code}: ${error.message}`
  return ['', { text, paint: stopped ? paint.yellow : paint.red }, what]
}
