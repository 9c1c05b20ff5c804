import { dirname, resolve } from 'node:path'
import { LakeferryError, reasonOf } from '../errors.js'
import type { Format } from '../model/format.js'
import { type Compression, DEFAULT_COMPRESSION, PART_BYTES, type Partitioning } from '../model/part-options.js'
import type { ReadOrder } from '../model/read-order.js'
import { refuseServerKeys } from './backup-source.js'
import { byteSize } from './byte-size.js'
import { whereIn } from './check-tree.js'
import { type Config, type DatasetConfig, isBackup, type LakeConfig, type ReadPreferenceMode } from './config.js'
import { durationSeconds } from './duration-setting.js'
import { absoluteFileUrl } from './file-address.js'
import type { Laid } from './overlay.js'
import { schemaAt } from './settings.js'
import { type CheckedChannel, shapeAlerts } from './shape-alerts.js'
import { type CheckedEmr, shapeEmr } from './shape-emr.js'
import { type CheckedEngine, type CheckedSpark, shapeEngine, shapeSpark } from './shape-engine.js'
import { type CheckedRetention, shapeRetention } from './shape-retention.js'
import { type CheckedSchedule, shapeSchedule } from './shape-schedule.js'
import { type CheckedServer, shapeServer } from './shape-server.js'
import { type CheckedTelemetry, shapeTelemetry } from './shape-telemetry.js'

/** What the schema has made sure of. */
interface Checked {
  readonly source: {
    readonly uri: string
    readonly database: string
    readonly readPreference?: ReadPreferenceMode
    readonly concurrency?: number
    readonly maxDocumentsPerSecond?: number
    readonly comment?: string
  }
  readonly lake: LakeConfig
  readonly datasets?: Readonly<Record<string, CheckedDataset>>
  readonly limits?: { readonly memory?: string }
  readonly engine?: CheckedEngine
  readonly spark?: CheckedSpark
  readonly alerts?: readonly CheckedChannel[]
  readonly emr?: CheckedEmr
  readonly schedule?: CheckedSchedule
  readonly retention?: CheckedRetention
  readonly telemetry?: CheckedTelemetry
  readonly monitor?: { readonly freshness?: string; readonly reminderEvery?: string; readonly every?: string }
  readonly server?: CheckedServer
}

interface CheckedDataset {
  readonly collection: string
  readonly contract?: string
  readonly formats?: readonly Format[]
  readonly filter?: unknown
  readonly compression?: Partial<Compression>
  readonly partSize?: string
  readonly order?: ReadOrder
  readonly partitionBy?: Partitioning
  readonly allowedRejects?: number
}

/** Checked values as a {@link Config}: defaults filled in, paths absolute, the filter as text. */
export async function shapeConfig(laid: Laid, { cwd, file }: { cwd: string; file: string }): Promise<Config> {
  const { source, lake, datasets = {}, limits, engine, spark, emr, monitor, telemetry, server } = laid.value as Checked
  const schedule = await shapeSchedule((laid.value as Checked).schedule, laid, Object.keys(datasets))
  const backup = isBackup(source.uri)
  if (backup) refuseServerKeys(laid)
  const readPreference = source.readPreference ?? (backup ? undefined : readPreferenceBeside(source.uri))
  // A path in the file is relative to the file; one from outside to where the person is.
  const base = laid.outside.has('/lake/url') ? cwd : dirname(file)
  const names = [...laid.places.keys()].flatMap(pointer => /^\/datasets\/([^/]+)$/.exec(pointer)?.[1] ?? [])
  const shaped: DatasetConfig[] = []
  for (const name of names) shaped.push(await shapeDataset(name, datasets[name] as CheckedDataset, laid, dirname(file)))
  return {
    source: {
      ...source,
      uri: absoluteFileUrl(source.uri, laid.outside.has('/source/uri') ? cwd : dirname(file)),
      ...(readPreference === undefined ? {} : { readPreference }),
    },
    lake: { ...lake, url: absoluteFileUrl(lake.url, base) },
    datasets: shaped,
    limits: { memoryBytes: byteSize(laid, ['limits', 'memory'], limits?.memory, MEMORY_BYTES) },
    engine: shapeEngine(engine, laid),
    spark: shapeSpark(spark, laid, { cwd, base: dirname(file) }),
    emr: shapeEmr(emr, laid),
    server: shapeServer(server),
    monitor: {
      freshnessSeconds: durationSeconds(laid, ['monitor', 'freshness'], monitor?.freshness),
      reminderSeconds: durationSeconds(laid, ['monitor', 'reminderEvery'], monitor?.reminderEvery),
      everySeconds: durationSeconds(laid, ['monitor', 'every'], monitor?.every),
    },
    ...(schedule === undefined ? {} : { schedule }),
    alerts: shapeAlerts((laid.value as Checked).alerts, laid),
    retention: shapeRetention((laid.value as Checked).retention, laid),
    telemetry: shapeTelemetry(telemetry, laid, { cwd, base: dirname(file) }),
  }
}

async function shapeDataset(name: string, dataset: CheckedDataset, laid: Laid, base: string): Promise<DatasetConfig> {
  const { collection, contract, formats = schemaAt(['datasets', name, 'formats'])?.default as Format[] } = dataset
  return {
    name,
    collection,
    formats,
    ...(contract === undefined ? {} : { contract: resolve(base, contract) }),
    ...(dataset.filter === undefined ? {} : { filter: await shapeFilter(name, dataset.filter, laid) }),
    compression: shapeCompression(name, dataset.compression, laid),
    partBytes: byteSize(laid, ['datasets', name, 'partSize'], dataset.partSize, PART_BYTES),
    ...(dataset.order === undefined ? {} : { order: dataset.order }),
    ...(dataset.partitionBy === undefined ? {} : { partitionBy: dataset.partitionBy }),
    ...(dataset.allowedRejects === undefined ? {} : { allowedRejects: dataset.allowedRejects }),
  }
}

/** A level of a codec that is not chosen would be read and ignored. */
function shapeCompression(name: string, given: Partial<Compression> = {}, laid: Laid): Compression {
  const compression = { ...DEFAULT_COMPRESSION, ...given }
  if (given.zstdLevel !== undefined && compression.parquet !== 'zstd') {
    const path = ['datasets', name, 'compression', 'zstdLevel']
    throw new LakeferryError('CONFIG_INVALID', {
      ...whereIn(laid)(path),
      key: path.join('.'),
      wanted: `it left out where compression.parquet is ${compression.parquet}`,
      got: String(given.zstdLevel),
    })
  }
  return compression
}

/** Bounds of `limits.memory`, inclusive: below the least, one thread with one part has no room. */
const MEMORY_BYTES = { least: 256 * 1024 ** 2, most: Number.MAX_SAFE_INTEGER }

async function shapeFilter(name: string, filter: unknown, laid: Laid): Promise<string> {
  const path = ['datasets', name, 'filter']
  // It needs BSON's library, which most configurations do not.
  const { filterText } = await import('./filter-text.js')
  try {
    return filterText(filter, path, laid.places)
  } catch (error) {
    const details = { ...whereIn(laid)(path), key: path.join('.'), wanted: 'Extended JSON', got: reasonOf(error) }
    throw new LakeferryError('CONFIG_INVALID', details, { cause: error })
  }
}

/** Exports are long reads that can wait for a secondary: that is the default, unless the connection string has its own. */
function readPreferenceBeside(uri: string): ReadPreferenceMode | undefined {
  return /[?&]readPreference=/i.test(uri) ? undefined : 'secondaryPreferred'
}
