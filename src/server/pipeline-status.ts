import { storeLedger } from '../alert/alert-ledger.js'
import type { Config, DatasetConfig } from '../config/config.js'
import { LakeferryError } from '../errors.js'
import type { StatusView } from '../http/pipeline-status.js'
import type { Check } from '../model/check.js'
import type { Contract } from '../model/contract.js'
import { type Gate, judge } from '../model/gate.js'
import type { Manifest } from '../model/manifest.js'
import type { ValidationResult } from '../model/result.js'
import type { DatasetFacts } from '../monitor/dataset-facts.js'
import { freshnessOf, freshnessPromise, judgeFreshness } from '../monitor/freshness.js'
import type { ObjectStore } from '../ports/object-store.js'
import { loadDatasetContract } from '../wire.js'
import type { PipelineWork } from './pipeline-port.js'

type DatasetStatus = StatusView['datasets'][number]

export interface StatusQuestion {
  readonly config: Config
  /** Or what keeps it from being opened. */
  readonly lake: ObjectStore | LakeferryError
  readonly observe: PipelineWork['observe']
}

/** How every dataset stands, and all that the monitor looks at. A lake that is away is told, and fails nothing. */
export async function readStatus({ config, lake, observe }: StatusQuestion): Promise<StatusView> {
  const [{ at, checks, facts }, openAlerts] = await Promise.all([observe(lake), countOpen(lake)])
  const now = new Date(at)
  const datasets = await Promise.all(
    config.datasets.map(dataset => datasetStatus({ config, dataset, found: facts.get(dataset.name), now })),
  )
  return {
    at,
    lake: config.lake.url,
    datasets,
    checks: checks.map(checkView),
    openAlerts,
  }
}

function checkView(check: Check): StatusView['checks'][number] {
  const { kind, subject, state, severity, promised, seen, since, look } = check
  return { kind, subject, state, severity, promised, seen, since: since ?? null, look }
}

async function countOpen(lake: ObjectStore | LakeferryError): Promise<number | null> {
  if (lake instanceof LakeferryError) return null
  try {
    const { state } = await storeLedger(lake).read()
    return state.alerts.filter(({ phase, fineSince }) => phase === 'open' && fineSince === null).length
  } catch (error) {
    if (error instanceof LakeferryError) return null
    throw error
  }
}

interface DatasetQuestion {
  readonly config: Config
  readonly dataset: DatasetConfig
  /** By the monitor, whose pass has just asked the lake for all of it. */
  readonly found: DatasetFacts | undefined
  readonly now: Date
}

async function datasetStatus({ config, dataset, found, now }: DatasetQuestion): Promise<DatasetStatus> {
  const unknown = (problem: string, promiseSeconds: number): DatasetStatus => ({
    ...{ dataset: dataset.name, state: 'unknown', ageSeconds: null, promiseSeconds, runId: null, asOf: null },
    ...{ documents: null, outcome: null, reasons: [], problem, underWay: null },
  })
  let promised = config.monitor.freshnessSeconds
  try {
    const contract = await loadDatasetContract(dataset)
    promised = freshnessPromise(contract?.freshnessSeconds, promised).seconds
    if (found === undefined) return unknown('the monitor did not look at it', promised)
    return standing(found, { config, dataset, contract, now })
  } catch (error) {
    // A contract that cannot be read today must not hide the other datasets.
    if (error instanceof LakeferryError) return unknown(error.message, promised)
    throw error
  }
}

interface Standing {
  readonly config: Config
  readonly dataset: DatasetConfig
  readonly contract: Contract | undefined
  readonly now: Date
}

function standing({ newest, result, unfinished }: DatasetFacts, about: Standing): DatasetStatus {
  const { config, dataset, contract, now } = about
  const promise = freshnessPromise(contract?.freshnessSeconds, config.monitor.freshnessSeconds)
  const { state, manifest, ageSeconds, problem } = freshnessOf(newest, promise, now)
  const hidden = [result, unfinished].find(found => !found.known)
  const why = problem ?? (hidden?.known === false ? hidden.why : undefined)
  const judged = result.known ? result.value : undefined
  const gate = manifest && judged && gateOfRun({ config, dataset, contract, manifest, result: judged, newestAt: now })
  const atWork = unfinished.known ? unfinished.value.findLast(run => run.state === 'alive') : undefined
  return {
    dataset: dataset.name,
    state: why === undefined ? state : 'unknown',
    ageSeconds: ageSeconds ?? null,
    promiseSeconds: promise.seconds,
    runId: manifest?.runId ?? null,
    asOf: manifest?.startedAt ?? null,
    documents: manifest?.documents ?? null,
    outcome: gate?.outcome ?? null,
    reasons: gate?.reasons.map(({ outcome, reason, next }) => ({ outcome, reason, next })) ?? [],
    problem: why ?? null,
    underWay: atWork?.runId ?? null,
  }
}

/** Today's, where it can be read: a run on the lake is judged all the same. */
export async function contractOf(dataset: DatasetConfig): Promise<Contract | undefined> {
  try {
    return await loadDatasetContract(dataset)
  } catch (error) {
    if (error instanceof LakeferryError) return undefined
    throw error
  }
}

export interface GateOfRun {
  readonly config: Config
  readonly dataset: DatasetConfig
  /** Today's. */
  readonly contract: Contract | undefined
  readonly manifest: Manifest
  readonly result: ValidationResult
  /** Now, where it is the dataset's newest run: then it has a promise of freshness to keep. */
  readonly newestAt?: Date
}

/** What a run is good for. An age that cannot be told is told where the freshness is. */
export function gateOfRun({ config, dataset, contract, manifest, result, newestAt }: GateOfRun): Gate {
  const { allowedRejects } = dataset
  // Only the contract that it was held to may say that there need be no documents.
  const heldTo = contract?.fingerprint === result.contract.fingerprint ? contract : undefined
  const promise = freshnessPromise(contract?.freshnessSeconds, config.monitor.freshnessSeconds)
  const known = newestAt !== undefined && judgeFreshness(manifest, promise, newestAt).state !== 'unknown'
  return judge({
    ...{ manifest, result, contract: heldTo },
    ...(allowedRejects === undefined ? {} : { allowedRejects }),
    ...(newestAt === undefined || !known
      ? {}
      : {
          age: {
            seconds: (newestAt.getTime() - Date.parse(manifest.startedAt)) / 1000,
            promised: promise.seconds,
            promisedBy: promise.from === 'contract' ? 'the contract' : promise.from,
          },
        }),
  })
}
