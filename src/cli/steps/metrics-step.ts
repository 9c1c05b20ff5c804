import type { AlertState } from '../../alert/alert-state.js'
import { readAttempts } from '../../catalog/attempts.js'
import { latestManifest } from '../../catalog/catalog.js'
import { readResult } from '../../catalog/read-result.js'
import { lastEnded, readLedger } from '../../catalog/schedule-ledger.js'
import type { Config, DatasetConfig } from '../../config/config.js'
import { isLakeferryError, LakeferryError } from '../../errors.js'
import type { Observation } from '../../model/check.js'
import { judge } from '../../model/gate.js'
import type { Manifest } from '../../model/manifest.js'
import type { MetricSample } from '../../model/metric.js'
import type { ValidationResult } from '../../model/result.js'
import { freshnessPromise } from '../../monitor/freshness.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { AlertFigures, DatasetFigures, Figures, SetFigures, Verdict } from '../../telemetry/measure.js'
import { loadDatasetContract } from '../../wire.js'
import type { CommandContext } from '../command.js'
import { VERSION } from '../version.js'

export interface MetricsSource {
  readonly config: Config
  readonly lake: ObjectStore
  /** The last pass of the monitor, where there was one. */
  readonly observation: () => Observation | undefined
}

/**
 * Reads from the lake what the metrics are made of: about five requests a dataset and one a set, however many runs and
 * objects there are. What cannot be read is counted, and has no samples.
 */
export async function collectMetrics(
  { io }: Pick<CommandContext, 'io'>,
  { config, lake, observation }: MetricsSource,
): Promise<readonly MetricSample[]> {
  const { measure } = await import('../../telemetry/measure.js')
  const now = io.clock.now()
  const errors = { dataset: 0, schedule: 0, alerts: 0 }
  const orCounted = async <T>(of: keyof typeof errors, fallback: T, read: () => Promise<T>): Promise<T> => {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof LakeferryError)) throw error
      errors[of]++
      return fallback
    }
  }
  const [datasets, sets, alerts] = await Promise.all([
    Promise.all(config.datasets.map(dataset => datasetFigures(config, lake, dataset, orCounted))),
    Promise.all(
      (config.schedule?.sets ?? []).map(({ name }) =>
        orCounted('schedule', noSlots(name), () => setFigures(lake, name)),
      ),
    ),
    orCounted('alerts', NO_FIGURES, () => alertFigures(lake, config)),
  ])
  const figures: Figures = {
    ...{ now, version: VERSION, datasets, sets, alerts },
    ...{ observation: observation(), readErrors: errors },
  }
  return measure(figures)
}

type OrCounted = <T>(of: 'dataset', fallback: T, read: () => Promise<T>) => Promise<T>

async function datasetFigures(
  config: Config,
  lake: ObjectStore,
  dataset: DatasetConfig,
  orCounted: OrCounted,
): Promise<DatasetFigures> {
  const { name } = dataset
  const [contract, newest, attempts] = await Promise.all([
    orCounted('dataset', undefined, () => loadDatasetContract(dataset)),
    orCounted('dataset', undefined, () => newestRun(lake, name)),
    orCounted('dataset', [], async () => (await readAttempts(lake, name)).attempts),
  ])
  const { seconds } = freshnessPromise(contract?.freshnessSeconds, config.monitor.freshnessSeconds)
  const figures = { name, promiseSeconds: seconds, attempts }
  if (newest === undefined) return figures
  const { manifest, result } = newest
  const { allowedRejects } = dataset
  const question = { manifest, contract, ...(allowedRejects === undefined ? {} : { allowedRejects }) }
  const verdict = (): Verdict => {
    if (result === undefined) return dataset.contract === undefined ? 'unjudged' : 'unknown'
    // Without an age it never says that it is stale.
    return judge({ ...question, result }).outcome as Verdict
  }
  return { ...figures, newest: { manifest, result, verdict: verdict() } }
}

async function newestRun(
  lake: ObjectStore,
  dataset: string,
): Promise<{ readonly manifest: Manifest; readonly result: ValidationResult | undefined } | undefined> {
  let manifest: Manifest
  try {
    manifest = await latestManifest(lake, dataset)
  } catch (error) {
    if (isLakeferryError(error, 'RUN_NONE')) return undefined
    throw error
  }
  return { manifest, result: await readResult(lake, dataset, manifest.runId) }
}

function noSlots(name: string): SetFigures {
  return { name, slots: {} }
}

async function setFigures(lake: ObjectStore, name: string): Promise<SetFigures> {
  const { ledger } = await readLedger(lake, name)
  if (ledger === undefined) return noSlots(name)
  const slots: Partial<Record<(typeof ledger.slots)[number]['state'], number>> = {}
  for (const record of ledger.slots) {
    // Of those that nobody counted there is one at least.
    const count = record.state === 'missed' ? (record.count ?? 1) : 1
    slots[record.state] = (slots[record.state] ?? 0) + count
  }
  const last = lastEnded(ledger)
  return {
    name,
    slots,
    ...(last === undefined ? {} : { last: { slot: last.slot, exitCode: last.exitCode } }),
    ...(ledger.next === null ? {} : { next: ledger.next.slot }),
  }
}

const NO_FIGURES: AlertFigures = { open: [], channels: [] }

async function alertFigures(lake: ObjectStore, config: Config): Promise<AlertFigures> {
  const { storeLedger } = await import('../../alert/alert-ledger.js')
  const { alerts, pending, channels }: AlertState = (await storeLedger(lake).read()).state
  return {
    open: alerts
      .filter(({ phase }) => phase === 'open')
      .map(({ kind, severity, ack }) => ({ kind, severity, acknowledged: ack !== null })),
    // Those of the configuration: what was once configured must not stay a series for ever.
    channels: config.alerts.map(({ name }) => {
      const record = channels.find(channel => channel.name === name)
      return {
        name,
        pending: pending.filter(({ channel }) => channel === name).length,
        failures: record?.failures ?? 0,
        givenUp: record?.givenUp ?? 0,
      }
    }),
  }
}
