import { readResult } from '../../catalog/catalog.js'
import { listUnfinished, type UnfinishedRun } from '../../catalog/run-listing.js'
import { type DatasetConfig, selectDatasets } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import type { Contract } from '../../model/contract.js'
import { durationText } from '../../model/duration.js'
import type { Gate } from '../../model/gate.js'
import type { ResultStatus, ValidationResult } from '../../model/result.js'
import { checkFreshness, type Freshness, type FreshnessState, freshnessPromise } from '../../monitor/freshness.js'
import type { ObjectStore } from '../../ports/object-store.js'
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
import { withOpen } from '../steps/resource.js'
import { type TableCell, tableLines } from '../table.js'

/** One dataset as it stands. */
interface Standing {
  readonly freshness: Freshness
  /** Of the newest committed run's last validation. */
  readonly status: ResultStatus | undefined
  /** Undefined as long as it was not validated. */
  readonly gate: Gate | undefined
  readonly unfinished: readonly UnfinishedRun[]
}

export const describe: CommandModule['describe'] = command => {
  datasetArguments(command)
    .description(
      'Tells of each dataset whether its newest committed run is as fresh as promised (by the contract, else by ' +
        'monitor.freshness), whether its data keep their contract, and what was begun and not finished. Exit code 4: ' +
        'something is stale or was never exported; 3: it cannot be told; 1: all is fresh, but some data break their contract.',
    )
    .addHelpText('after', examples('lakeferry status', 'lakeferry status papers', 'lakeferry status --json'))
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { out, io } = context
  const { config } = await context.loadConfig()
  const datasets = selectDatasets(config, parsed.args)
  const contracts = await loadContracts(datasets)
  const standings: Standing[] = []
  const rows: TableCell[][] = []
  await withOpen(openLake(config), context.signal, lake =>
    eachDataset(context, datasets, async (dataset, tell) => {
      const promise = freshnessPromise(contracts.get(dataset.name)?.freshnessSeconds, config.monitor.freshnessSeconds)
      const freshness = await checkFreshness({ lake, clock: io.clock }, dataset.name, promise)
      const contract = contracts.get(dataset.name)
      const standing = await completeStanding(lake, dataset, { freshness, contract, now: io.clock.now() })
      standings.push(standing)
      tell(standingFacts(standing))
      rows.push(...standingRows(dataset.name, standing, out))
    }),
  )
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

async function completeStanding(
  lake: ObjectStore,
  dataset: DatasetConfig,
  { freshness, contract, now }: { freshness: Freshness; contract: Contract | undefined; now: Date },
): Promise<Standing> {
  const { name } = dataset
  const { manifest } = freshness
  try {
    const result = manifest && (await readResult(lake, name, manifest.runId))
    // Its age is told by its freshness.
    const gate = manifest && result && gateOf({ dataset, manifest, result, contract: heldTo(result, contract) })
    return { freshness, status: result?.status, gate, unfinished: await listUnfinished(lake, name, now) }
  } catch (error) {
    if (!(error instanceof LakeferryError)) throw error
    const problem = freshness.problem ?? error.message
    const unknown: Freshness = { ...freshness, state: 'unknown', problem }
    return { freshness: unknown, status: undefined, gate: undefined, unfinished: [] }
  }
}

function heldTo(result: ValidationResult, contract: Contract | undefined): Contract | undefined {
  return contract?.fingerprint === result.contract.fingerprint ? contract : undefined
}

/** As `--json` tells it; docs/cli.md. */
function standingFacts({ freshness, status, gate, unfinished }: Standing): Record<string, unknown> {
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
    problem: problem ?? null,
  }
}

const VERDICTS: Readonly<Record<ResultStatus, string>> = {
  pass: 'keeps its contract',
  warn: 'passes with warnings',
  fail: 'breaks its contract',
}

function standingRows(dataset: string, { freshness, status, gate, unfinished }: Standing, out: Output): TableCell[][] {
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
    ...unfinished.map(({ runId, since, by, state }): TableCell[] => [
      '',
      { text: 'unfinished', paint: paint.yellow },
      `run ${runId}, begun ${since ?? 'at an unknown time'} by ${by ?? 'somebody'}: ${state === 'alive' ? 'under way' : `broken off; lakeferry export ${dataset} --resume finishes it, lakeferry gc removes it`}`,
    ]),
  ]
}
