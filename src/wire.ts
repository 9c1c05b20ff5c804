import type { BsonFileSource } from './adapters/bson-file/bson-file-source.js'
import type { RenderedFile } from './adapters/emr/render-files.js'
import type { MongoSource } from './adapters/mongo/mongo-source.js'
import type { MetricsServer, MetricsServerOptions } from './adapters/prometheus/metrics-server.js'
import type { SparkProbe } from './adapters/spark/spark-probe.js'
import type { SparkOptions } from './adapters/spark/spark-submit-runner.js'
import type { Application } from './app/open-application.js'
import { type AlertChannelConfig, type Config, type DatasetConfig, type EngineKind, isBackup } from './config/config.js'
import { LakeferryError } from './errors.js'
import type { Contract } from './model/contract.js'
import type { MetricSample } from './model/metric.js'
import type { AlertChannel } from './ports/alert-channel.js'
import { type Clock, systemClock } from './ports/clock.js'
import type { DocumentSink } from './ports/document-sink.js'
import type { Job, JobRunner } from './ports/job-runner.js'
import type { LakeQuery } from './ports/lake-query.js'
import type { ObjectStore } from './ports/object-store.js'
import type { QueryEngine } from './ports/query-engine.js'
import type { RunObserver } from './ports/run-observer.js'
import type { ScratchDatabase } from './ports/scratch-database.js'
import type { SourceHealth } from './ports/source-health.js'
import type { RemoteOptions, RemoteRunner } from './remote-job/remote-service.js'

/**
 * The only place that picks adapters. Each is loaded when it is first asked for: a command that reads a `file:` lake must
 * not wait for the AWS SDK or the MongoDB driver to load.
 */

/** The lake of `lake.url`, behind retries. */
export async function openLake({ lake }: Config): Promise<ObjectStore> {
  const { withRetry } = await import('./adapters/retry.js')
  const url = /^(s3|file):(.*)$/s.exec(lake.url)
  if (url?.[1] === 'file') {
    const { openFsStore } = await import('./adapters/fs/fs-store.js')
    return withRetry(openFsStore({ root: url[2]! }))
  }
  return withRetry(await openS3(lake, lake.url))
}

/** What lies below an `s3://` address, reached as the lake is. */
async function openS3(lake: Config['lake'], url: string): Promise<ObjectStore> {
  const { openS3Store } = await import('./adapters/s3/s3-store.js')
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]*)\/?(.*?)\/*$/s.exec(url) ?? []
  return await openS3Store({ ...lake, bucket, prefix })
}

/** The collections of `source.database`, on a server or in a backup; `doctor` can also ask it about itself. */
export async function openSource({ source }: Pick<Config, 'source'>): Promise<MongoSource | BsonFileSource> {
  if (isBackup(source.uri)) {
    const { openBsonFileSource } = await import('./adapters/bson-file/bson-file-source.js')
    return await openBsonFileSource(source)
  }
  const { openMongoSource } = await import('./adapters/mongo/mongo-source.js')
  return await openMongoSource(source)
}

/** The databases that may be seen on a server, sorted, without its own. */
export async function listDatabases(uri: string): Promise<readonly string[]> {
  const { knownDatabases } = await import('./adapters/mongo/known-databases.js')
  return await knownDatabases({ uri })
}

/**
 * What the source says of itself. A connection of its own, closed again: whoever asks every few minutes keeps none open.
 *
 * @param limits - in milliseconds: how long to look for a server, and after what time to hang up, whatever it is doing
 */
export async function askSourceHealth(
  { source }: Config,
  { connectMs, hangUpMs }: { readonly connectMs: number; readonly hangUpMs: number },
): Promise<SourceHealth> {
  const begun = performance.now()
  if (isBackup(source.uri)) {
    const { openBsonFileSource } = await import('./adapters/bson-file/bson-file-source.js')
    await (await openBsonFileSource(source)).close()
    return { clock: undefined, oplog: { kind: 'none', reason: 'a backup has none' } }
  }
  const { openMongoSource } = await import('./adapters/mongo/mongo-source.js')
  const open = await openMongoSource({ ...source, serverSelectionTimeoutMs: connectMs })
  const hangUp = setTimeout(() => void open.close().catch(() => undefined), begun + hangUpMs - performance.now())
  try {
    return await open.health()
  } finally {
    clearTimeout(hangUp)
    // Nobody waits for a goodbye.
    void open.close().catch(() => undefined)
  }
}

/** @throws {@link LakeferryError} `USAGE` where the source is a backup: nothing is ever written to one */
export async function openSink({ source }: Config): Promise<DocumentSink> {
  if (isBackup(source.uri)) {
    throw new LakeferryError('USAGE', {
      problem: `source.uri is a backup (${source.uri}), and documents are written to a MongoDB`,
      next: 'Name one: LAKEFERRY_SOURCE_URI=mongodb://…, or another --config.',
    })
  }
  const { openMongoSink } = await import('./adapters/mongo/mongo-sink.js')
  return await openMongoSink(source)
}

export interface OpenEngineOptions {
  /** @defaultValue what the configuration names; DuckDB for `auto` */
  readonly kind?: EngineKind
  /** Where programs are found, and what they are given. @defaultValue this process's */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Told of each change of state of a job that runs elsewhere. */
  readonly onState?: (state: string) => void
  /** Asked when somebody stops us while a job of EMR is under way: whether to cancel it. @defaultValue it is left running */
  readonly onInterrupt?: RemoteOptions['onInterrupt']
  /** @defaultValue the system's */
  readonly clock?: Clock
}

export async function openEngine(
  config: Config,
  lake: ObjectStore,
  options: OpenEngineOptions = {},
): Promise<QueryEngine> {
  const kind = options.kind ?? (config.engine.kind === 'auto' ? 'duckdb' : config.engine.kind)
  switch (kind) {
    case 'duckdb': {
      const { openDuckDb } = await import('./adapters/duckdb/duckdb-engine.js')
      return await openDuckDb({ lake })
    }
    case 'spark': {
      const { openSparkSubmit } = await import('./adapters/spark/spark-submit-runner.js')
      const { JOB_PROGRAM, openBatchEngine } = await import('./spark-job/batch-engine.js')
      const runner = openSparkSubmit({ ...sparkOptions(config, options.env), program: JOB_PROGRAM })
      return openBatchEngine({ lake, runner, ...(options.onState ? { onState: options.onState } : {}) })
    }
    case 'emr':
    case 'emr-serverless': {
      const { openBatchEngine } = await import('./spark-job/batch-engine.js')
      const runner = await openRemoteRunner(config, lake, kind, options)
      return openBatchEngine({ lake, runner, ...(options.onState ? { onState: options.onState } : {}) })
    }
  }
}

/** What runs jobs on EMR; `openEngine` makes an engine of it. */
export async function openRemoteRunner(
  { lake: lakeConfig, emr, spark }: Config,
  lake: ObjectStore,
  kind: 'emr' | 'emr-serverless',
  { onInterrupt, clock = systemClock }: Pick<OpenEngineOptions, 'onInterrupt' | 'clock'> = {},
): Promise<RemoteRunner> {
  const region = emr.region ?? lakeConfig.region
  const options = {
    lake,
    clock,
    lakeUrl: lakeConfig.url,
    conf: spark.conf,
    startTimeoutMs: emr.startTimeoutSeconds * 1000,
    timeoutMs: emr.timeoutSeconds * 1000,
    pollMs: emr.pollSeconds * 1000,
    openStore: (url: string) => openS3(lakeConfig, url),
    ...(region === undefined ? {} : { region }),
    ...(emr.endpoint === undefined ? {} : { endpoint: emr.endpoint }),
    ...(lakeConfig.credentials === undefined ? {} : { credentials: lakeConfig.credentials }),
    ...(emr.logs === undefined ? {} : { logs: emr.logs }),
    ...(onInterrupt === undefined ? {} : { onInterrupt }),
  }
  if (kind === 'emr') {
    const { openEmrRunner } = await import('./adapters/emr/emr-runner.js')
    return await openEmrRunner({ ...options, cluster: emr.cluster ?? emr.newCluster })
  }
  const { openEmrServerlessRunner } = await import('./adapters/emr-serverless/emr-serverless-runner.js')
  const { application, role, prices } = emr
  if (application === undefined || role === undefined) throw new TypeError('emr.application and emr.role are not set')
  return await openEmrServerlessRunner({ ...options, application, role, prices })
}

/** An engine of dialect `spark` whose jobs the runner gets. */
export async function openJobEngine(lake: ObjectStore, runner: JobRunner): Promise<QueryEngine> {
  const { openBatchEngine } = await import('./spark-job/batch-engine.js')
  return openBatchEngine({ lake, runner })
}

/** The files of `emr render`. */
export async function renderEmr({ lake, emr, spark }: Config, jobs: readonly Job[]): Promise<RenderedFile[]> {
  const { renderFiles } = await import('./adapters/emr/render-files.js')
  const region = emr.region ?? lake.region
  return renderFiles(
    {
      lakeUrl: lake.url,
      conf: spark.conf,
      cluster: emr.newCluster,
      ...(emr.logs === undefined ? {} : { logs: emr.logs }),
      ...(region === undefined ? {} : { region }),
    },
    jobs,
  )
}

/** What there is of Spark on this machine, for `doctor`. Throws what is missing. */
export async function probeSpark(config: Config, env: OpenEngineOptions['env']): Promise<SparkProbe> {
  const { probeSpark: probe } = await import('./adapters/spark/spark-probe.js')
  return await probe(sparkOptions(config, env))
}

function sparkOptions({ lake, spark }: Config, env: OpenEngineOptions['env']): Omit<SparkOptions, 'program'> {
  return {
    ...spark,
    lake,
    ...(env === undefined ? {} : { env }),
    credentials: async () => {
      if (lake.credentials !== undefined) return lake.credentials
      const { findS3Credentials } = await import('./adapters/s3/s3-client.js')
      return await findS3Credentials(lake)
    },
  }
}

/** The channels of `alerts`, in the order of the file. Nothing is sent yet; close each. */
export async function openChannels({ alerts, lake }: Config): Promise<readonly AlertChannel[]> {
  return await Promise.all(alerts.map(channel => openChannel(channel, lake)))
}

async function openChannel(channel: AlertChannelConfig, lake: Config['lake']): Promise<AlertChannel> {
  switch (channel.kind) {
    case 'slack': {
      const { SlackChannel } = await import('./adapters/slack/slack-channel.js')
      return new SlackChannel(channel)
    }
    case 'webhook': {
      const { WebhookChannel } = await import('./adapters/webhook/webhook-channel.js')
      return new WebhookChannel(channel)
    }
    case 'sns': {
      const { openSnsChannel } = await import('./adapters/sns/sns-channel.js')
      // Keys of a lake that is not AWS's are nothing to AWS.
      const credentials = lake.endpoint === undefined ? lake.credentials : undefined
      return await openSnsChannel({ ...channel, ...(credentials === undefined ? {} : { credentials }) })
    }
    case 'smtp': {
      const { openSmtpChannel } = await import('./adapters/smtp/smtp-channel.js')
      return await openSmtpChannel(channel)
    }
  }
}

/** Samples of the table of metrics as Prometheus reads them, with those of this process. */
export async function openMetricsText(): Promise<
  (samples: readonly MetricSample[]) => Promise<{ readonly type: string; readonly text: string }>
> {
  const [{ METRICS_TYPE, processMetrics, renderMetrics }, { METRICS }] = await Promise.all([
    import('./adapters/prometheus/render-metrics.js'),
    import('./telemetry/metric-names.js'),
  ])
  const own = processMetrics()
  return async samples => ({ type: METRICS_TYPE, text: await renderMetrics(METRICS, samples, own) })
}

/** The application's documents: `server.papers` and `server.comments` of `source.database`. */
export async function openApplication(
  { source, server }: Config,
  report?: (problem: string) => void,
): Promise<Application> {
  const { openApplication: open } = await import('./app/open-application.js')
  const { openLiveDatabase } = await import('./adapters/mongo/live-database.js')
  return await open(await openLiveDatabase(source), {
    ...{ papers: server.papers, comments: server.comments },
    ...(report === undefined ? {} : { report }),
  })
}

/** What asks committed runs in SQL. */
export async function openLakeQuery(lake: ObjectStore): Promise<LakeQuery> {
  const { openDuckDbQuery } = await import('./adapters/duckdb/duckdb-query.js')
  return await openDuckDbQuery({ lake })
}

/** A database for what does not fit into memory. */
export async function openScratchDatabase(lake: ObjectStore): Promise<ScratchDatabase> {
  const { openDuckDbScratch } = await import('./adapters/duckdb/duckdb-scratch.js')
  return await openDuckDbScratch({ lake })
}

/** The contract of a dataset, or undefined when it has none. Of a file with several objects, the one of its name. */
export async function loadDatasetContract({ name, contract }: DatasetConfig): Promise<Contract | undefined> {
  if (contract === undefined) return undefined
  const { loadContract } = await import('./contract/load.js')
  return await loadContract(contract, { object: name })
}

export interface OpenTracesOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** 32 hex digits. */
  readonly traceId: string
  readonly command: string
  readonly version: string
}

/** Traces of a command's run, where the configuration or the variables of OpenTelemetry name a receiver. */
export async function openTraces(
  { telemetry, source }: Config,
  { env, version, ...options }: OpenTracesOptions,
): Promise<RunObserver | undefined> {
  const base = telemetry.traces ?? (env['OTEL_EXPORTER_OTLP_ENDPOINT'] || undefined)
  const own = telemetry.traces === undefined ? env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || undefined : undefined
  const url = own ?? (base === undefined ? undefined : `${base.replace(/\/+$/, '')}/v1/traces`)
  if (url === undefined || env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined
  const [{ openOtlp }, { runTrace }] = await Promise.all([
    import('./adapters/otlp/otlp-exporter.js'),
    import('./telemetry/run-trace.js'),
  ])
  return runTrace({ exporter: openOtlp({ url, version }), database: source.database, ...options })
}

export interface OpenLineageOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly datasets: readonly DatasetConfig[]
  readonly version: string
}

/** OpenLineage events of a command's runs, where the configuration says where to. */
export async function openLineage(
  { telemetry, source, lake }: Config,
  { env, datasets, version }: OpenLineageOptions,
): Promise<RunObserver | undefined> {
  const { lineage: place, namespace } = telemetry
  if (place === undefined) return undefined
  const { runLineage } = await import('./telemetry/run-lineage.js')
  const collections = new Map(datasets.map(({ name, collection }) => [name, collection]))
  const options = { namespace, version, source, lakeUrl: lake.url, collections }
  if (place.startsWith('file:')) {
    const { openFileSink } = await import('./adapters/openlineage/file-sink.js')
    return runLineage(openFileSink(place.slice('file:'.length)), options)
  }
  const { openHttpSink } = await import('./adapters/openlineage/http-sink.js')
  const apiKey = env['OPENLINEAGE_API_KEY']
  return runLineage(openHttpSink({ url: place, ...(apiKey ? { apiKey } : {}) }), options)
}

/** `/metrics` and `/healthz`. */
export async function openMetricsServer(options: Omit<MetricsServerOptions, 'definitions'>): Promise<MetricsServer> {
  const [{ openMetricsServer: open }, { METRICS }] = await Promise.all([
    import('./adapters/prometheus/metrics-server.js'),
    import('./telemetry/metric-names.js'),
  ])
  return await open({ ...options, definitions: METRICS })
}
