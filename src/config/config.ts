import { LakeferryError } from '../errors.js'
import type { Format } from '../model/format.js'
import type { Compression, Partitioning } from '../model/part-options.js'
import type { ReadOrder } from '../model/read-order.js'
import type { ScheduleSet } from '../model/schedule-set.js'

/** `lakeferry.yaml` after environment, flags and defaults: everything has its type and is known to make sense. */
export interface Config {
  readonly source: SourceConfig
  readonly lake: LakeConfig
  /** In the order of the file. */
  readonly datasets: readonly DatasetConfig[]
  readonly limits: {
    /** Bytes of memory that an export may take, the whole process counted. */
    readonly memoryBytes: number
  }
  readonly engine: EngineConfig
  readonly spark: SparkConfig
  readonly emr: EmrConfig
  readonly monitor: {
    /** Age in seconds at which the newest committed run of a dataset is stale, unless its contract says otherwise. */
    readonly freshnessSeconds: number
    /** Between two messages about an alert that lasts. */
    readonly reminderSeconds: number
    /** Between two passes of `monitor --watch` and of `schedule`. */
    readonly everySeconds: number
  }
  /** Undefined where nothing is scheduled. */
  readonly schedule?: ScheduleConfig
  /** Channels, in the order of the file. */
  readonly alerts: readonly AlertChannelConfig[]
  readonly retention: RetentionConfig
  readonly telemetry: TelemetryConfig
  readonly server: ServerConfig
}

/** Of `lakeferry serve`. */
export interface ServerConfig {
  readonly port: number
  /** Address that it listens on. */
  readonly host: string
  /** Bearer token for writing papers and comments. Undefined: no token needed, which is allowed on the loopback only. */
  readonly writeToken?: string
  /** Bearer token for `/api/pipeline/*` and `/metrics`; it may write, too. Undefined: as above. */
  readonly pipelineToken?: string
  /** Origins of other sites whose pages may call the API: `https://papers.example`. */
  readonly cors: readonly string[]
  /** Requests that one client may make in a minute. */
  readonly requestsPerMinute: number
  /** Whether the client's address is the one that a proxy in front tells (X-Forwarded-For). */
  readonly behindProxy: boolean
  /** Collections of `source.database`. */
  readonly papers: string
  readonly comments: string
}

export interface ScheduleConfig {
  /** At least one, none of the same name. */
  readonly sets: readonly ScheduleSet[]
  /** Of the HTTP server with `/metrics` and `/healthz` that `schedule` has. Undefined: none. */
  readonly port?: number
  /** Address that it listens on. */
  readonly host: string
}

export type AlertChannelConfig =
  | { readonly kind: 'slack'; readonly name: string; readonly url: string }
  | { readonly kind: 'webhook'; readonly name: string; readonly url: string; readonly secret?: string }
  | {
      readonly kind: 'sns'
      readonly name: string
      readonly topic: string
      readonly region?: string
      readonly endpoint?: string
    }
  | {
      readonly kind: 'smtp'
      readonly name: string
      /** `smtp://user:password@host:port` or `smtps://…`: a secret. */
      readonly url: string
      readonly from: string
      readonly to: readonly string[]
    }

export interface RetentionConfig {
  /** Newest good run of each of so many days (UTC) with runs. Undefined, with keepWeekly undefined, too: every run is kept. */
  readonly keepDaily?: number
  /** And of each of so many weeks (ISO 8601, UTC). */
  readonly keepWeekly?: number
  /** A run that was the newest so many seconds ago stays, because a reader may be at it; at least 3,600. */
  readonly graceSeconds: number
}

export interface TelemetryConfig {
  /** A line of the log for every event, whatever the flags. Undefined: as --json and --quiet say. */
  readonly log?: 'json'
  /** Base URL of an OTLP/HTTP receiver, `http://127.0.0.1:4318`. Undefined: OTEL_EXPORTER_OTLP_ENDPOINT, else no traces. */
  readonly traces?: string
  /** OpenLineage: an `http(s):` URL that takes events, or `file:` and an absolute path to append to. */
  readonly lineage?: string
  /** The namespace of the jobs in OpenLineage events. */
  readonly namespace: string
}

/** What a run can be validated with. */
export type EngineKind = 'duckdb' | 'spark' | 'emr' | 'emr-serverless'

export interface EngineConfig {
  /** `auto`: by the size of each run. */
  readonly kind: EngineKind | 'auto'
  /** With `auto`: bytes of Parquet above which a run is validated by `large`; exclusive. */
  readonly aboveBytes: number
  readonly large: Exclude<EngineKind, 'duckdb'>
}

export interface SparkConfig {
  /** Absolute path, or a name to be found on the PATH. Undefined: that of SPARK_HOME, else `spark-submit` on the PATH. */
  readonly submit?: string
  readonly master: string
  /** Absolute paths. */
  readonly jars: readonly string[]
  readonly conf: Readonly<Record<string, string>>
}

/** What `engine.kind` `emr` and `emr-serverless` go by. */
export interface EmrConfig {
  readonly region?: string
  readonly endpoint?: string
  /** `s3://bucket/prefix`. */
  readonly logs?: string
  readonly startTimeoutSeconds: number
  readonly timeoutSeconds: number
  readonly pollSeconds: number
  /** Of EMR Serverless; both are there where that is the engine. */
  readonly application?: string
  readonly role?: string
  /** US dollars. */
  readonly prices: { readonly vcpuHour: number; readonly memoryGbHour: number; readonly storageGbHour: number }
  /** Id of a running cluster. Undefined: each job makes one of `newCluster`. */
  readonly cluster?: string
  readonly newCluster: {
    readonly release: string
    readonly instanceType: string
    readonly instances: number
    readonly serviceRole: string
    readonly instanceProfile: string
    readonly subnet?: string
  }
}

export interface SourceConfig {
  /** Connection string with its secrets: print it through `redactUri` only. Or `file:` and the absolute path of a backup. */
  readonly uri: string
  readonly database: string
  /** Undefined when the connection string has a readPreference of its own and the configuration has none. */
  readonly readPreference?: ReadPreferenceMode
  /** Cursors that read one collection at once, at most. Undefined: half as many as there are transcoding threads. */
  readonly concurrency?: number
  /** Documents read in a second, at most, by all cursors together. Undefined: as fast as the server gives them. */
  readonly maxDocumentsPerSecond?: number
  /** Put before our own comment on every operation. */
  readonly comment?: string
}

export type ReadPreferenceMode = 'primary' | 'primaryPreferred' | 'secondary' | 'secondaryPreferred' | 'nearest'

export interface LakeConfig {
  /** `s3://bucket/prefix`, or `file:` and an absolute path. */
  readonly url: string
  /** The AWS SDK's own chain decides what is left out, here and below. */
  readonly region?: string
  readonly endpoint?: string
  readonly pathStyle?: boolean
  readonly credentials?: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  }
}

export interface DatasetConfig {
  /** Safe in keys: letters, digits, `.`, `_`, `-`; begins with a letter or digit. */
  readonly name: string
  readonly collection: string
  /** Absolute path of the ODCS file. */
  readonly contract?: string
  /** At least one, none twice. */
  readonly formats: readonly Format[]
  /** Canonical Extended JSON v2 text of a query document. */
  readonly filter?: string
  readonly compression: Compression
  /** Bytes of BSON that make one part. */
  readonly partBytes: number
  /** @defaultValue `any` */
  readonly order?: ReadOrder
  readonly partitionBy?: Partitioning
  /** Documents that an export may reject before its run counts as partial. @defaultValue 0 */
  readonly allowedRejects?: number
}

/** Whether a `source.uri` is that of a backup on disk. */
export function isBackup(uri: string): boolean {
  return uri.startsWith('file:')
}

/**
 * The dataset of that name.
 *
 * @throws {@link LakeferryError} `DATASET_UNKNOWN`
 */
export function findDataset(config: Config, name: string): DatasetConfig {
  const dataset = config.datasets.find(candidate => candidate.name === name)
  if (dataset) return dataset
  throw new LakeferryError('DATASET_UNKNOWN', { dataset: name, known: config.datasets.map(known => known.name) })
}

/**
 * The datasets of those names, each once, in the order given; all of them in the order of the file when no name is.
 *
 * @throws {@link LakeferryError} `DATASET_UNKNOWN`, or `USAGE` when there is none to choose from
 */
export function selectDatasets(config: Config, names: readonly string[]): readonly DatasetConfig[] {
  if (names.length > 0) return [...new Set(names)].map(name => findDataset(config, name))
  if (config.datasets.length > 0) return config.datasets
  throw new LakeferryError('USAGE', {
    problem: 'the configuration has no datasets',
    next: 'Add one to lakeferry.yaml: datasets: {papers: {collection: papers}}.',
  })
}
