/**
 * The one table of errors that Lakeferry raises on purpose. Each row gives the family (whose move it is and which exit
 * code follows), whether the same call may succeed when repeated, the message (what was wanted, what arrived) and the
 * hint (the next thing to try). `docs/errors.md` has the same rows; a test holds the two together, both ways.
 */

/**
 * `usage`: the caller's to mend (arguments, configuration, contract): exit 2. `service`: the world's (MongoDB, lake,
 * engine, disk): exit 3. `interrupted`: somebody asked us to stop: exit 130.
 */
export type ErrorFamily = 'usage' | 'service' | 'interrupted'

export const EXIT_CODES: Readonly<Record<ErrorFamily, number>> = { usage: 2, service: 3, interrupted: 130 }

interface ErrorRow<D> {
  readonly family: ErrorFamily
  /** Whether repeating the same call, unchanged, can succeed. */
  readonly retryable: boolean
  /** Where repeating can succeed in general: whether it cannot in the case that the details tell of. */
  readonly final?: (details: D) => boolean
  readonly message: (details: D) => string
  readonly hint: (details: D) => string
}

/** What has to be told when raising each error. */
export interface ErrorDetails {
  USAGE: { problem: string; next?: string }
  CONFIG_MISSING: { tried: readonly string[] }
  CONFIG_SYNTAX: { file: string; line: number; column: number; problem: string }
  CONFIG_INVALID: { file: string; line?: number; key: string; wanted: string; got: string }
  CONFIG_UNKNOWN_KEY: { file: string; line?: number; key: string; nearest?: string }
  CONFIG_ENVIRONMENT: { file: string; name: string; key: string }
  DATASET_UNKNOWN: { dataset: string; known: readonly string[] }
  DATASET_NO_CONTRACT: { dataset: string }
  CONTRACT_MISSING: { file: string }
  CONTRACT_INVALID: { file: string; line: number; column: number; problem: string; next?: string }
  CONTRACT_SCHEMA_CHANGED: { dataset: string; runId: string; difference: string }
  SOURCE_URI: { uri: string; reason: string }
  SOURCE_UNREACHABLE: { uri: string; reason: string; waitedMs: number }
  SOURCE_AUTH: { uri: string; reason: string }
  SOURCE_FORBIDDEN: { namespace: string; operation: string; reason: string }
  COLLECTION_MISSING: { namespace: string; known: readonly string[] }
  SOURCE_INTERRUPTED: { namespace: string; read: number; reason: string }
  SOURCE_ORDER: { namespace: string; read: number; reason: string }
  SOURCE_OPERATION: { namespace: string; operation: string; reason: string }
  SOURCE_SNAPSHOT_EXPIRED: { namespace: string; read: number; reason: string }
  SOURCE_FILTER: { namespace: string; filter: string; reason: string }
  SOURCE_FILE: { path: string; reason: string; next?: string }
  SOURCE_FILE_DAMAGED: { file: string; offset: number; unpacked: boolean; reason: string }
  SINK_INTERRUPTED: { namespace: string; written: number; reason: string }
  LAKE_URL: { url: string; reason: string }
  /** `retryAfterMs`: how long the lake asked to be left alone. */
  LAKE_UNREACHABLE: { lake: string; operation: string; key?: string; reason: string; retryAfterMs?: number }
  LAKE_FORBIDDEN: { lake: string; operation: string; key?: string; reason: string }
  LAKE_BUCKET_MISSING: { lake: string }
  LAKE_FULL: { lake: string; key: string; reason: string }
  LAKE_NO_CONDITIONAL_WRITE: { lake: string; operation: string }
  LAKE_CREDENTIALS_MISSING: { lake: string; tried: readonly string[] }
  LAKE_REFUSED: { lake: string; operation: string; key?: string; reason: string }
  LAKE_LOCKED: { lake: string; key: string; owner: string; lock: string; waitedMs: number }
  LAKE_OBJECT_MISSING: { lake: string; key: string }
  LAKE_OBJECT_DAMAGED: { lake: string; key: string; wanted: string; got: string }
  RUN_ID_INVALID: { runId: string }
  RUN_EXISTS: {
    dataset: string
    runId: string /** When and why, where somebody has set it aside. */
    setAside?: string
  }
  RUN_CLAIMED: { dataset: string; runId: string; since: string; by: string }
  RUN_LOST: { dataset: string; runId: string; by: string }
  RESUME_CHANGED: { dataset: string; runId: string; difference: string }
  COMMIT_UNKNOWN: { dataset: string; runId: string; key: string; reason: string }
  RUN_MISSING: { dataset: string; runId: string /** As above. */; setAside?: string }
  RUN_NONE: { dataset: string }
  RUN_NO_PARQUET: { dataset: string; runId: string; formats: readonly string[] /** `to query`. */; purpose?: string }
  RUN_NOT_LOSSLESS: { dataset: string; runId: string; formats: readonly string[] }
  RESULT_NONE: { dataset: string; runId: string }
  MANIFEST_INVALID: { key: string; problem: string }
  PARTITION_FIELD: { field: string; problem: string; known: readonly string[] }
  PARTITION_VALUE: { folder: string; problem: string }
  PARTITION_TOO_MANY: { folder: string; most: number }
  ENGINE_FAILED: { engine: string; step: string; reason: string }
  RULE_CANNOT_RUN: { dataset: string; rule: string; reason: string; next: string }
  JOB_UNAVAILABLE: { runner: string; operation: string; reason: string; next: string }
  JOB_FAILED: { runner: string; job: string; state: string; reason: string; next: string }
  QUERY_INVALID: { reason: string; next?: string }
  QUERY_TABLE_UNKNOWN: { table: string; known: readonly string[]; nearest?: string }
  QUERY_FAILED: { reason: string }
  CODEC_MISSING: { codec: string; reason: string }
  WORKER_FAILED: { reason: string }
  WORKER_MEMORY: { heapBytes: number }
  LIMITS_TOO_SMALL: { /** `parts of 64MB need`. */ what: string; memoryBytes: number; leastBytes: number }
  IMPORT_FILE: { file: string; reason: string }
  IMPORT_REJECTED: { rejected: number; first: string }
  ALERT_UNKNOWN: { what: 'alert' | 'silence'; id: string; known: readonly string[] }
  /** `newer`: a later version of this program wrote it. */
  ALERT_STATE_DAMAGED: { lake: string; key: string; problem: string; newer: boolean }
  ALERT_STATE_BUSY: { lake: string; key: string; tries: number }
  /** `final`: repeating cannot help. `retryAfterMs`: how long the service asked to be left alone. */
  CHANNEL_FAILED: { channel: string; reason: string; next: string; final: boolean; retryAfterMs?: number }
  RESTORE_TARGET: { namespace: string; documents: number }
  RESTORE_MISMATCH: { namespace: string; wanted: string; got: string }
  DEMO_NO_MONGODB: { tried: readonly string[] }
  INTERRUPTED: { signal: string }
}

export type ErrorCode = keyof ErrorDetails

const usage = { family: 'usage', retryable: false } as const
const service = { family: 'service', retryable: true } as const
const broken = { family: 'service', retryable: false } as const

export const ERRORS: { readonly [C in ErrorCode]: ErrorRow<ErrorDetails[C]> } = {
  // Command line and configuration
  USAGE: { ...usage, message: d => d.problem, hint: d => d.next ?? 'See `lakeferry --help`.' },
  CONFIG_MISSING: {
    ...usage,
    message: d => `no configuration found; looked for ${d.tried.join(', then ')}`,
    hint: () => 'Write one with `lakeferry init`, or name another with --config FILE.',
  },
  CONFIG_SYNTAX: {
    ...usage,
    message: d => `${d.file}:${d.line}:${d.column}: ${d.problem}`,
    hint: () => 'Mend the YAML at that place.',
  },
  CONFIG_INVALID: {
    ...usage,
    message: d => `${d.file}${d.line === undefined ? '' : `:${d.line}`}: ${d.key}: wanted ${d.wanted}, got ${d.got}`,
    hint: () => 'docs/configuration.md lists every key with its type and default.',
  },
  CONFIG_UNKNOWN_KEY: {
    ...usage,
    message: d => `${d.file}${d.line === undefined ? '' : `:${d.line}`}: unknown key ${d.key}`,
    hint: d => (d.nearest === undefined ? 'docs/configuration.md lists every key.' : `Did you mean ${d.nearest}?`),
  },
  CONFIG_ENVIRONMENT: {
    ...usage,
    message: d => `${d.file}: ${d.key} needs the environment variable ${d.name}, which is not set`,
    hint: d => `Set ${d.name}, or write a default: \${${d.name}:-value}.`,
  },
  DATASET_UNKNOWN: {
    ...usage,
    message: d =>
      `no dataset ${JSON.stringify(d.dataset)} in the configuration; it has ${d.known.join(', ') || 'none'}`,
    hint: () => 'Name one of those, or add it under datasets: in lakeferry.yaml.',
  },
  DATASET_NO_CONTRACT: {
    ...usage,
    message: d => `dataset ${d.dataset} has no contract to be validated against`,
    hint: d => `Set datasets.${d.dataset}.contract to an ODCS file in lakeferry.yaml.`,
  },

  // Contract
  CONTRACT_MISSING: {
    ...usage,
    message: d => `no contract at ${d.file}`,
    hint: () => 'Paths in lakeferry.yaml are relative to it. README, "Contracts", has one to start from.',
  },
  CONTRACT_INVALID: {
    ...usage,
    message: d => `${d.file}:${d.line}:${d.column}: ${d.problem}`,
    hint: d => d.next ?? 'docs/contracts.md lists what a contract may say.',
  },
  CONTRACT_SCHEMA_CHANGED: {
    ...usage,
    message: d =>
      `run ${d.runId} of ${d.dataset} was exported with other columns than the contract has now: ${d.difference}`,
    hint: d =>
      `What changed: lakeferry contract diff ${d.dataset} --run ${d.runId}. Export with today's: lakeferry run ${d.dataset}. Or hold the run to its own: lakeferry validate ${d.dataset} --run ${d.runId}`,
  },

  // Source
  SOURCE_URI: {
    ...usage,
    message: d => `source.uri (${d.uri}) cannot be used: ${d.reason}`,
    hint: () =>
      'Wanted mongodb://[user:password@]host[:port][/?options]; escape :, /, ?, @ in a password as %3A, %2F, %3F, %40.',
  },
  SOURCE_UNREACHABLE: {
    ...service,
    message: d => `no MongoDB answered at ${d.uri} within ${d.waitedMs} ms: ${d.reason}`,
    hint: () => 'Is the server running, and is source.uri right? `lakeferry doctor` tries each part.',
  },
  SOURCE_AUTH: {
    ...broken,
    message: d => `MongoDB at ${d.uri} refused the credentials: ${d.reason}`,
    hint: () => 'Check user, password and authSource in source.uri.',
  },
  SOURCE_FORBIDDEN: {
    ...broken,
    message: d => `not allowed to ${d.operation} ${d.namespace}: ${d.reason}`,
    hint: d =>
      `Give the user the ${/insert|drop/.test(d.operation) ? 'readWrite' : 'read'} role on ${d.namespace.split('.')[0]}.`,
  },
  COLLECTION_MISSING: {
    ...usage,
    message: d => `no collection ${d.namespace}; the database has ${d.known.slice(0, 10).join(', ') || 'none'}`,
    hint: () =>
      'Check source.database and the collection of the dataset. An empty collection would export 0 documents; an absent one is an error.',
  },
  SOURCE_INTERRUPTED: {
    ...service,
    message: d => `reading ${d.namespace} broke off after ${d.read} documents: ${d.reason}`,
    hint: () => 'Nothing was committed. Run the export again.',
  },
  SOURCE_ORDER: {
    ...service,
    message: d => `reading ${d.namespace} as it is stored broke off after ${d.read} documents: ${d.reason}`,
    hint: () =>
      'An export begins again by itself, in the order of _id. To begin with that order: order: id, for the dataset, in the configuration.',
  },
  SOURCE_OPERATION: {
    ...service,
    message: d => `could not ${d.operation} ${d.namespace}: ${d.reason}`,
    hint: () => 'Try again. If it repeats, the reason is the server’s: its log has more.',
  },
  SOURCE_SNAPSHOT_EXPIRED: {
    ...broken,
    message: d => `the snapshot of ${d.namespace} expired after ${d.read} documents: ${d.reason}`,
    hint: () =>
      'Nothing was committed. The server keeps history for minSnapshotHistoryWindowInSeconds, 300 by default: raise that parameter above the time that the export takes.',
  },
  SOURCE_FILTER: {
    ...usage,
    message: d => `cannot read ${d.namespace} with the filter ${d.filter}: ${d.reason}`,
    hint: () => 'Mend the filter of the dataset in lakeferry.yaml: a query document, in YAML or Extended JSON.',
  },
  SOURCE_FILE: {
    ...usage,
    message: d => `${d.path} cannot be read as a backup: ${d.reason}`,
    hint: d => d.next ?? 'source.uri takes file: and the folder or archive that mongodump wrote, or one .bson file.',
  },
  SOURCE_FILE_DAMAGED: {
    ...broken,
    message: d =>
      `${d.file} is damaged at byte ${d.offset}${d.unpacked ? ' of its unpacked content' : ''}: ${d.reason}`,
    hint: () =>
      'Nothing was committed. Copy it again from where it was made, or take another backup: what is missing cannot be told.',
  },
  SINK_INTERRUPTED: {
    ...service,
    message: d => `writing ${d.namespace} broke off after ${d.written} documents: ${d.reason}`,
    hint: () => 'What was written stays. Import again with --drop, or give each document its own _id.',
  },

  // Lake
  LAKE_URL: {
    ...usage,
    message: d => `lake.url ${JSON.stringify(d.url)} cannot be used: ${d.reason}`,
    hint: () => 'Use s3://bucket/prefix or file:directory.',
  },
  LAKE_UNREACHABLE: {
    ...service,
    message: d => `${d.operation} ${d.key ?? ''} on ${d.lake} failed: ${d.reason}`.replace('  ', ' '),
    hint: () =>
      'Nothing was committed. Check lake.endpoint and the network; `lakeferry doctor` tries each part, `lakeferry gc` removes what could not be taken back.',
  },
  LAKE_FORBIDDEN: {
    ...broken,
    message: d => `not allowed: ${d.operation} ${d.key ?? ''} on ${d.lake}: ${d.reason}`.replace('  ', ' '),
    hint: d =>
      d.lake.startsWith('s3:')
        ? 'Check the credentials and that the role may get, put, list and delete below the prefix.'
        : 'Check whose the directory is, and that the disk is not mounted read-only.',
  },
  LAKE_BUCKET_MISSING: {
    ...broken,
    message: d => `the bucket of ${d.lake} does not exist`,
    hint: () => 'Create it, or mend lake.url. Lakeferry never creates buckets.',
  },
  LAKE_FULL: {
    ...broken,
    message: d => `no room to write ${d.key} on ${d.lake}: ${d.reason}`,
    hint: () =>
      'Nothing was committed. Free some space (lakeferry gc --dry-run lists what nobody needs), then run the export again.',
  },
  LAKE_NO_CONDITIONAL_WRITE: {
    ...broken,
    message: d => `${d.lake} does not honour ${d.operation}: a second writer was not refused`,
    hint: () =>
      'Without it a run cannot be committed exactly once. Use storage with conditional writes (AWS S3, SeaweedFS, MinIO) or file:.',
  },
  LAKE_CREDENTIALS_MISSING: {
    ...usage,
    message: d => `no credentials for ${d.lake}; looked for ${d.tried.join(', then ')}`,
    hint: () => 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or sign in with `aws sso login`.',
  },
  LAKE_REFUSED: {
    ...broken,
    message: d => `${d.lake} refused ${d.operation} ${d.key ?? ''}: ${d.reason}`.replace(' :', ':'),
    hint: () => 'Repeating it will not help: mend what the reason names. `lakeferry doctor` tries each part.',
  },
  LAKE_LOCKED: {
    ...broken,
    message: d => `${d.key} on ${d.lake} stayed locked for ${d.waitedMs} ms by ${d.owner}`,
    hint: d => `Wait for that process. If it is surely gone (its machine was switched off), delete ${d.lock}.`,
  },
  LAKE_OBJECT_MISSING: {
    ...broken,
    message: d => `${d.key} is not on ${d.lake}`,
    hint: d => `It was removed from outside. ${objectHint(d.key)}`,
  },
  LAKE_OBJECT_DAMAGED: {
    ...broken,
    message: d => `${d.key} on ${d.lake} is not what was written: wanted ${d.wanted}, got ${d.got}`,
    hint: d => objectHint(d.key),
  },

  // Runs
  RUN_ID_INVALID: {
    ...usage,
    message: d => `${JSON.stringify(d.runId)} is no run id`,
    hint: () => 'A run id looks like 20261122T020000.000Z-1a2b3c. Leave --run-id out to get one.',
  },
  RUN_EXISTS: {
    ...usage,
    message: d =>
      d.setAside === undefined
        ? `run ${d.runId} of ${d.dataset} is already committed`
        : `run ${d.runId} of ${d.dataset} was committed, and set aside ${d.setAside}`,
    hint: () => 'A committed run never changes. Leave --run-id out to get a new one.',
  },
  RUN_CLAIMED: {
    ...usage,
    message: d => `run ${d.runId} of ${d.dataset} was begun at ${d.since} by ${d.by} and is not committed`,
    hint: d =>
      `Somebody is writing it, or was killed: lakeferry status ${d.dataset} tells. Killed, finish it: lakeferry export ${d.dataset} --resume (10 minutes after its last sign of life, from another machine). For a new run: lakeferry export ${d.dataset}`,
  },
  RUN_LOST: {
    ...broken,
    message: d => `run ${d.runId} of ${d.dataset} was taken over by ${d.by} while this export was silent`,
    hint: () =>
      'This export stopped without touching what the other now owns. Was this machine suspended, or its clock changed? See `lakeferry runs`.',
  },
  RESUME_CHANGED: {
    ...usage,
    message: d => `run ${d.runId} of ${d.dataset} cannot be resumed as it is asked for now: ${d.difference}`,
    hint: d =>
      `Resume with the settings it was begun with, or leave --resume out to begin a new run (lakeferry gc removes the old one of ${d.dataset}).`,
  },
  COMMIT_UNKNOWN: {
    ...service,
    message: d => `the lake did not answer whether ${d.key} was written: ${d.reason}`,
    hint: d =>
      `Run ${d.runId} is either committed whole or invisible; its parts were left in place. See which: lakeferry runs ${d.dataset}`,
  },
  RUN_MISSING: {
    ...usage,
    message: d =>
      d.setAside === undefined
        ? `no committed run ${d.runId} of ${d.dataset}`
        : `run ${d.runId} of ${d.dataset} was set aside ${d.setAside}`,
    hint: d =>
      d.setAside === undefined
        ? `lakeferry runs ${d.dataset} lists those there are.`
        : `Once its objects are whole again: lakeferry quarantine ${d.dataset} --run ${d.runId} --release`,
  },
  RUN_NONE: {
    ...usage,
    message: d => `no committed run of ${d.dataset} on the lake yet`,
    hint: d => `Start with: lakeferry export ${d.dataset}`,
  },
  RUN_NO_PARQUET: {
    ...usage,
    message: d =>
      `run ${d.runId} of ${d.dataset} has no Parquet parts ${d.purpose ?? 'to validate'}, only ${d.formats.join(', ')}`,
    hint: d => `Add parquet to datasets.${d.dataset}.formats and export again.`,
  },
  RUN_NOT_LOSSLESS: {
    ...usage,
    message: d => `run ${d.runId} of ${d.dataset} has no lossless format to restore from, only ${d.formats.join(', ')}`,
    hint: d => `Add bson.gz (or ejson.gz) to datasets.${d.dataset}.formats and export again.`,
  },
  RESULT_NONE: {
    ...usage,
    message: d => `run ${d.runId} of ${d.dataset} has not been validated`,
    hint: d => `lakeferry validate ${d.dataset} --run ${d.runId}`,
  },
  MANIFEST_INVALID: {
    ...broken,
    message: d => `${d.key} is no manifest that this version reads: ${d.problem}`,
    hint: d =>
      `If a newer Lakeferry wrote it, use that one. If it is damaged, ${setAsideHint(d.key)} sets the run aside, so that readers get the one before it.`,
  },

  // Work
  PARTITION_FIELD: {
    ...usage,
    message: d => `cannot partition by ${JSON.stringify(d.field)}: ${d.problem}`,
    hint: d =>
      `partitionBy wants a column of text, whole numbers, booleans, ObjectIds or dates: ${d.known.join(', ') || 'there is none'}.`,
  },
  PARTITION_VALUE: {
    ...usage,
    message: d => `no folder can be called ${JSON.stringify(d.folder)}: ${d.problem}`,
    hint: () => 'Nothing was committed. Partition by a field with short values: a date, a country, a kind.',
  },
  PARTITION_TOO_MANY: {
    ...usage,
    message: d => `more than ${d.most} values of ${d.folder} in one stretch of documents, each a folder of its own`,
    hint: () => 'Nothing was committed. Partition by a field with fewer values, or by the month or year of a date.',
  },
  ENGINE_FAILED: {
    ...broken,
    message: d => `${d.engine} could not ${d.step}: ${d.reason}`,
    hint: () => 'A check that could not run is an error, not a pass: no verdict was written.',
  },
  RULE_CANNOT_RUN: {
    ...usage,
    message: d => `rule ${d.rule} of ${d.dataset} cannot run: ${d.reason}`,
    hint: d => d.next,
  },
  JOB_UNAVAILABLE: {
    ...broken,
    message: d => `${d.runner} could not ${d.operation}: ${d.reason}`,
    hint: d => d.next,
  },
  JOB_FAILED: {
    ...broken,
    message: d => `the ${d.runner} job ${d.job} ended ${d.state}: ${d.reason}`,
    hint: d => d.next,
  },
  QUERY_INVALID: {
    ...usage,
    message: d => d.reason,
    hint: d =>
      d.next ??
      'Mend the SQL: one SELECT in DuckDB’s dialect, over datasets by their names; "my-data" takes double quotes.',
  },
  QUERY_TABLE_UNKNOWN: {
    ...usage,
    message: d => `no dataset ${JSON.stringify(d.table)} to query; there is ${d.known.join(', ') || 'none'}`,
    hint: d =>
      d.nearest === undefined
        ? 'Write a name with other characters than letters, digits and _ in double quotes.'
        : `Did you mean ${/^[A-Za-z_]\w*$/.test(d.nearest) ? d.nearest : `"${d.nearest}", with its double quotes`}?`,
  },
  QUERY_FAILED: {
    ...broken,
    message: d => `the query broke off: ${d.reason}`,
    hint: () =>
      'DuckDB has 512 MB of memory here, and the folder for temporary files (TMPDIR). Ask for less: fewer columns, WHERE, LIMIT.',
  },
  CODEC_MISSING: {
    ...broken,
    message: d => `no ${d.codec} compression here: ${d.reason}`,
    hint: () => 'Use Node 22.15 or newer, which has it built in, or: npm install @toondepauw/node-zstd',
  },
  WORKER_FAILED: {
    ...broken,
    message: d => `a transcoding worker died: ${d.reason}`,
    hint: () => 'Nothing was committed. Run again; if it repeats, report it with the message above.',
  },
  WORKER_MEMORY: {
    ...broken,
    message: d => `a transcoding worker had no room left in its heap of ${megabytes(d.heapBytes)}`,
    hint: () => 'Nothing was committed. Raise limits.memory, or make the partSize of the dataset smaller.',
  },
  LIMITS_TOO_SMALL: {
    ...usage,
    message: d => `${d.what} ${megabytes(d.leastBytes)} of memory, and limits.memory is ${megabytes(d.memoryBytes)}`,
    hint: d =>
      `Nothing was committed. Set limits.memory to ${megabytes(d.leastBytes)} or more, or export fewer formats or smaller parts (partSize).`,
  },
  IMPORT_FILE: {
    ...usage,
    message: d => `cannot import ${d.file}: ${d.reason}`,
    hint: () => 'Wanted JSON, JSON Lines, Extended JSON or BSON, plain or gzipped.',
  },
  IMPORT_REJECTED: {
    ...usage,
    message: d => `${d.rejected} document${d.rejected === 1 ? ' was' : 's were'} not imported; the first: ${d.first}`,
    hint: () => 'The others were imported. Mend the lines listed above and import them again.',
  },
  ALERT_UNKNOWN: {
    ...usage,
    message: d =>
      `no ${d.what === 'alert' ? 'open alert' : 'silence'} ${JSON.stringify(d.id)}; there is ${d.known.join(', ') || 'none'}`,
    hint: () => '`lakeferry alerts list` has open alerts and silences with their ids.',
  },
  ALERT_STATE_DAMAGED: {
    ...broken,
    message: d => `${d.key} on ${d.lake} is no state of alerts that this version reads: ${d.problem}`,
    hint: d =>
      d.newer
        ? 'A newer lakeferry wrote it: use that version here, too.'
        : '`lakeferry monitor` puts it aside, begins anew and tells again whatever is open; acknowledgements and silences in it are lost.',
  },
  ALERT_STATE_BUSY: {
    ...service,
    message: d => `${d.key} on ${d.lake} was changed by somebody else ${d.tries} times in a row`,
    hint: () => 'Nothing was changed. Do it again; are very many monitors at work on this lake?',
  },
  CHANNEL_FAILED: {
    ...service,
    final: d => d.final,
    message: d => `the alert channel ${d.channel} did not take a message: ${d.reason}`,
    hint: d => d.next,
  },
  RESTORE_TARGET: {
    ...usage,
    message: d => `${d.namespace} already has ${d.documents} document${d.documents === 1 ? '' : 's'}`,
    hint: () => 'Name another collection with --to, or add --drop to remove that one first.',
  },
  RESTORE_MISMATCH: {
    ...broken,
    message: d => `${d.namespace} was read back and is not what was restored: wanted ${d.wanted}, got ${d.got}`,
    hint: () =>
      'Do not use that collection as a copy. Did somebody else write to it? Restore again with --drop, into a collection that nobody uses.',
  },
  DEMO_NO_MONGODB: {
    ...broken,
    message: d => `no MongoDB for the demo. Tried: ${d.tried.join('; ')}`,
    hint: () =>
      'Start a MongoDB and set MONGODB_URI, put mongod on the PATH, npm install mongodb-memory-server, or install Python 3 with venv.',
  },
  INTERRUPTED: {
    family: 'interrupted',
    retryable: true,
    message: d => `stopped by ${d.signal}`,
    hint: () => 'Nothing was committed. Run it again when you like.',
  },
}

/** The command that sets aside the run that an object belongs to, as far as its key tells. */
function setAsideHint(key: string): string {
  const [, dataset = 'DATASET', runId = 'ID'] = /(?:^|\/)([^/]+)\/run=([^/]+)\//.exec(key) ?? []
  return `lakeferry quarantine ${dataset} --run ${runId} --reason TEXT`
}

/** What helps when an object of the lake is gone or damaged, by what it is part of. */
function objectHint(key: string): string {
  const [, dataset, runId] = /^validation-reports\/([^/]+)\/run=([^/]+)\//.exec(key) ?? []
  if (dataset !== undefined) return `Made anew by: lakeferry validate ${dataset} --run ${runId} --again`
  if (key.startsWith('_lakeferry/'))
    return 'docs/lake-format.md says what it is for; `lakeferry export` makes new runs all the same.'
  return `Do not use this run; export again. To set it aside, and keep it for an inquiry: ${setAsideHint(key)}`
}

/** As `limits.memory` wants it, rounded up. */
function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)}MB`
}

/** An error raised on purpose, with a stable code. Anything else that is thrown is a bug. */
export class LakeferryError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'LakeferryError'
  readonly code: C
  readonly details: ErrorDetails[C]
  readonly hint: string
  readonly family: ErrorFamily
  readonly retryable: boolean

  constructor(code: C, details: ErrorDetails[C], options?: { cause?: unknown }) {
    const row: ErrorRow<ErrorDetails[C]> = ERRORS[code]
    super(row.message(details), options)
    this.code = code
    this.details = details
    this.hint = row.hint(details)
    this.family = row.family
    this.retryable = row.retryable && !row.final?.(details)
  }

  get exitCode(): number {
    return EXIT_CODES[this.family]
  }
}

/** Whether the error has one of these codes. */
export function isLakeferryError<C extends ErrorCode>(error: unknown, ...codes: C[]): error is LakeferryError<C> {
  return error instanceof LakeferryError && (codes.length === 0 || (codes as ErrorCode[]).includes(error.code))
}

/** What an aborted signal means: the reason it was given when that is an error of ours, otherwise that somebody stopped us. */
export function interruption(signal: AbortSignal, cause?: unknown): LakeferryError {
  if (signal.reason instanceof LakeferryError) return signal.reason
  const text = typeof signal.reason === 'string' ? signal.reason : 'a request to stop'
  return new LakeferryError('INTERRUPTED', { signal: text }, { cause })
}

/** The text of whatever was thrown, for the `reason` of an error. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
