import type { Config, DatasetConfig } from '../../config/config.js'
import { LakeferryError } from '../../errors.js'
import type { Contract } from '../../model/contract.js'
import { redactUri } from '../../model/redact-uri.js'
import { freshnessPromise } from '../../monitor/freshness.js'
import { type Observed, observe, PATIENCE } from '../../monitor/observe.js'
import { SLOT_GRACE_SECONDS } from '../../monitor/slots-check.js'
import type { WatchedDataset, WatchedSet } from '../../monitor/watched.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { SourceHealth } from '../../ports/source-health.js'
import { askSourceHealth, loadDatasetContract } from '../../wire.js'
import type { CommandContext } from '../command.js'

/**
 * One pass of the monitor over everything that the configuration has.
 *
 * @param lake - open, or the error that kept it from being opened: then that is what is found
 * @throws what stops the command, and what is a defect of ours; everything else is found
 */
export async function monitorPass(
  { io, signal }: Pick<CommandContext, 'io' | 'signal'>,
  config: Config,
  lake: ObjectStore | LakeferryError,
): Promise<Observed> {
  signal.throwIfAborted()
  const { engine, emr } = config
  const kinds = engine.kind === 'auto' ? ['duckdb', engine.large] : [engine.kind]
  const observing = Promise.all(config.datasets.map(dataset => watchedDataset(config, dataset))).then(datasets =>
    observe({
      lake,
      lakeUrl: config.lake.url,
      clock: io.clock,
      datasets,
      sets: watchedSets(config),
      source: { server: redactUri(config.source.uri), ask: () => askSource(config) },
      jobs: {
        remote: kinds.some(kind => kind === 'emr' || kind === 'emr-serverless'),
        limitSeconds: emr.startTimeoutSeconds + emr.timeoutSeconds,
      },
    }),
  )
  return await unlessStopped(observing, signal)
}

function askSource(config: Config): Promise<SourceHealth> {
  const { sourceMs } = PATIENCE
  // The driver gives up a moment before the monitor does, so that it is the driver who says why.
  return askSourceHealth(config, { connectMs: sourceMs - 1_500, hangUpMs: sourceMs + 500 })
}

async function watchedDataset(config: Config, dataset: DatasetConfig): Promise<WatchedDataset> {
  const { name, allowedRejects } = dataset
  const sets = setsOf(config).filter(({ datasets }) => datasets.includes(name))
  const limits = sets.map(({ timeLimitSeconds }) => timeLimitSeconds)
  const { contract, problem } = await findContract(dataset)
  return {
    name,
    promise: freshnessPromise(contract?.freshnessSeconds, config.monitor.freshnessSeconds),
    contract,
    sets: sets.map(set => set.name),
    ...(problem === undefined ? {} : { contractProblem: problem }),
    ...(allowedRejects === undefined ? {} : { allowedRejects }),
    ...(limits.length === 0 ? {} : { timeLimitSeconds: Math.max(...limits) }),
  }
}

/** A contract that cannot be read today must not keep the other datasets from being looked at. */
async function findContract(
  dataset: DatasetConfig,
): Promise<{ readonly contract: Contract | undefined; readonly problem?: string }> {
  try {
    return { contract: await loadDatasetContract(dataset) }
  } catch (error) {
    if (error instanceof LakeferryError) return { contract: undefined, problem: error.message }
    throw error
  }
}

type NamedSet = Omit<WatchedSet, 'graceSeconds'> & { readonly timeLimitSeconds: number }

function setsOf({ schedule, datasets: all }: Config): readonly NamedSet[] {
  return (schedule?.sets ?? []).map(({ name, datasets, timeLimitSeconds }) => ({
    name,
    datasets: datasets ?? all.map(dataset => dataset.name),
    timeLimitSeconds,
  }))
}

function watchedSets(config: Config): readonly WatchedSet[] {
  return setsOf(config).map(({ name, datasets }) => ({ name, datasets, graceSeconds: SLOT_GRACE_SECONDS }))
}

/** Whoever is asked to stop does not wait for what does not answer. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
