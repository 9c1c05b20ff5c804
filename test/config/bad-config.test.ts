// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of lakeferry.yaml
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.js'
import type { LakeferryError } from '../../src/errors.js'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-config-'))
})
afterEach(() => rm(cwd, { recursive: true }))

/** The error, as a person sees it: `CODE message | hint`. */
async function refusal(
  text: string,
  env: Record<string, string> = {},
  flag?: [key: string, value: string],
): Promise<string> {
  await writeFile(join(cwd, 'lakeferry.yaml'), text)
  const flags = flag === undefined ? [] : [{ key: flag[0], flag: '--flag', value: flag[1] }]
  const error = await loadConfig({ env, cwd, flags }).then(
    () => expect.fail('it was accepted'),
    (thrown: LakeferryError) => thrown,
  )
  return `${error.code} ${error.message} | ${error.hint}`
}

/** A good file with one line of it replaced, or one added. */
function but(change: Record<string, string>): string {
  const lines: Record<string, string> = {
    source: 'source: {uri: "mongodb://h", database: d}',
    lake: 'lake: {url: file:./lake}',
    datasets: 'datasets: {papers: {collection: papers}}',
    ...change,
  }
  return `${Object.values(lines).join('\n')}\n`
}

const COMPLAINTS: readonly [title: string, text: string, wanted: string][] = [
  [
    'a key with a typo',
    but({ monitor: 'monitor: {freshnes: 1h}' }),
    'CONFIG_UNKNOWN_KEY lakeferry.yaml:4: unknown key monitor.freshnes | Did you mean monitor.freshness?',
  ],
  [
    'a key of another section',
    but({ x: 'database: d' }),
    'CONFIG_UNKNOWN_KEY lakeferry.yaml:4: unknown key database | Did you mean source.database?',
  ],
  [
    'a key of a dataset, elsewhere',
    but({ x: 'formats: [json]' }),
    'CONFIG_UNKNOWN_KEY lakeferry.yaml:4: unknown key formats | Did you mean datasets.NAME.formats?',
  ],
  [
    'a key like no other',
    but({ x: 'zebra: 1' }),
    'CONFIG_UNKNOWN_KEY lakeferry.yaml:4: unknown key zebra | docs/configuration.md lists every key.',
  ],
  [
    'a key of a dataset with a typo',
    but({ datasets: 'datasets:\n  papers:\n    colection: papers' }),
    'CONFIG_UNKNOWN_KEY lakeferry.yaml:5: unknown key datasets.papers.colection | Did you mean datasets.papers.collection?',
  ],
  ['__proto__', but({ x: '__proto__: {a: 1}' }), 'CONFIG_UNKNOWN_KEY lakeferry.yaml:4: unknown key __proto__ | docs'],
  [
    'a token that is too short',
    but({ x: 'server: {writeToken: short}' }),
    'CONFIG_INVALID lakeferry.yaml:4: server.writeToken: wanted a token of 16 characters at least',
  ],
  [
    'a retention of no days',
    but({ x: 'retention: {keepDaily: 0}' }),
    'CONFIG_INVALID lakeferry.yaml:4: retention.keepDaily: wanted a whole number from 1 to 36500, got 0',
  ],
  [
    'a grace that is shorter than readers are promised',
    but({ x: 'retention: {keepDaily: 7, grace: 59m}' }),
    'CONFIG_INVALID lakeferry.yaml:4: retention.grace: wanted at least 1h, got "59m"',
  ],
  [
    'a grace of nothing',
    but({ x: 'retention: {grace: 2h}' }),
    'CONFIG_INVALID lakeferry.yaml:4: retention.grace: wanted keepDaily or keepWeekly beside it, without which every run is kept, got "2h"',
  ],
  [
    'an engine that never was',
    but({ x: 'engine: {kind: sprak}' }),
    'CONFIG_INVALID lakeferry.yaml:4: engine.kind: wanted one of duckdb, spark',
  ],
  [
    'a size for auto where the engine is another',
    but({ x: 'engine: {kind: spark, above: 2GB}' }),
    'CONFIG_INVALID lakeferry.yaml:4: engine.above: wanted it left out where engine.kind is spark, got "2GB"',
  ],
  [
    'a secret among the settings of Spark',
    but({ x: 'spark:\n  conf: {spark.hadoop.fs.s3a.secret.key: hunter2}' }),
    'CONFIG_INVALID lakeferry.yaml:5: spark.conf.spark.hadoop.fs.s3a.secret.key: wanted no secret here, where the list of processes shows it: spark-defaults.conf has room, got *** |',
  ],
  [
    'a setting of Spark that is none',
    but({ x: 'spark: {conf: {driver.memory: 4g}}' }),
    'CONFIG_INVALID lakeferry.yaml:4: spark.conf.driver.memory: wanted a setting of Spark, which begin with spark., got "driver.memory"',
  ],
  [
    'a setting of Spark that is a mapping',
    but({ x: 'spark: {conf: {spark.driver: {memory: 4g}}}' }),
    'CONFIG_INVALID lakeferry.yaml:4: spark.conf.spark.driver: wanted text, a number, true or false, got a mapping',
  ],
  [
    'a master that is none',
    but({ x: 'spark: {master: "host:7077"}' }),
    'CONFIG_INVALID lakeferry.yaml:4: spark.master: wanted a master such as local[*], spark://host:7077 or yarn, got "host:7077"',
  ],
  [
    'a format that never was',
    but({ datasets: 'datasets: {p: {collection: p, formats: [csv]}}' }),
    'CONFIG_INVALID lakeferry.yaml:3: datasets.p.formats.0: wanted one of parquet, ndjson.gz, json, ejson.gz, bson.gz, got "csv"',
  ],
  [
    'a format twice',
    but({ datasets: 'datasets: {p: {collection: p, formats: [json, json]}}' }),
    'wanted a list of formats: parquet, ndjson.gz, json, ejson.gz, bson.gz, got a list',
  ],
  ['no formats', but({ datasets: 'datasets: {p: {collection: p, formats: []}}' }), 'got an empty list'],
  [
    'a number for text',
    but({ source: 'source: {uri: "mongodb://h", database: 12}' }),
    'CONFIG_INVALID lakeferry.yaml:1: source.database: wanted the name of a database: 1 to 63 characters, none of / \\ . " $ or a space, got 12 (a number)',
  ],
  [
    'text for a truth value',
    but({ lake: 'lake: {url: file:x, pathStyle: "yes"}' }),
    'lake.pathStyle: wanted true or false, got "yes"',
  ],
  [
    'a list for a mapping',
    but({ datasets: 'datasets: [papers]' }),
    'CONFIG_INVALID lakeferry.yaml:3: datasets: wanted a mapping of dataset names, got a list',
  ],
  [
    'a section with nothing in it',
    but({ x: 'monitor:' }),
    'CONFIG_INVALID lakeferry.yaml:4: monitor: wanted a mapping with freshness, reminderEvery and every, got nothing',
  ],
  [
    'a duration without a unit',
    but({ x: 'monitor: {freshness: "26"}' }),
    'wanted a duration such as 26h, 90m or 7d, got "26"',
  ],
  [
    'a lake without a scheme',
    but({ lake: 'lake: {url: ./lake}' }),
    'wanted s3://bucket/prefix or file:directory, got "./lake"',
  ],
  [
    'a lake on another host',
    but({ lake: 'lake: {url: "file://host/lake"}' }),
    'wanted s3://bucket/prefix or file:directory',
  ],
  [
    'a missing key',
    but({ source: 'source: {uri: "mongodb://h"}' }),
    'CONFIG_INVALID lakeferry.yaml:1: source.database: wanted the name of a database: 1 to 63 characters, none of / \\ . " $ or a space, got nothing',
  ],
  [
    'a missing section',
    'datasets: {}\n',
    'CONFIG_INVALID lakeferry.yaml:1: source: wanted a mapping with uri and database, got nothing',
  ],
  [
    'an empty file',
    '',
    'CONFIG_INVALID lakeferry.yaml:1: the file: wanted a mapping with source, lake and datasets, got nothing',
  ],
  [
    'a dataset name that is no safe key',
    but({ datasets: 'datasets:\n  a/b: {collection: c}' }),
    'CONFIG_INVALID lakeferry.yaml:4: datasets.a/b: wanted a name of letters, digits, . _ - that begins with a letter or digit',
  ],
  [
    'a number of rejected documents that is none',
    but({ datasets: 'datasets: {p: {collection: p, allowedRejects: -1}}' }),
    'datasets.p.allowedRejects: wanted a whole number of 0 or more, got -1',
  ],
  [
    'a dataset name that begins like metadata',
    but({ datasets: 'datasets: {_x: {collection: c}}' }),
    'datasets._x: wanted a name',
  ],
  [
    'a dataset named like our own folder',
    but({ datasets: 'datasets: {validation-reports: {collection: c}}' }),
    'is not validation-reports, got "validation-reports"',
  ],
  [
    'datasets that differ in case only',
    but({ datasets: 'datasets: {a: {collection: c}, A: {collection: c}}' }),
    'datasets.A: wanted names that differ in more than case, got a and A',
  ],
  [
    'a filter that is no Extended JSON',
    but({ datasets: 'datasets: {p: {collection: p, filter: {_id: {$oid: xyz}}}}' }),
    'CONFIG_INVALID lakeferry.yaml:3: datasets.p.filter: wanted Extended JSON, got ',
  ],
  [
    'parts of nothing',
    but({ datasets: 'datasets: {p: {collection: p, partSize: 0MB}}' }),
    'CONFIG_INVALID lakeferry.yaml:3: datasets.p.partSize: wanted a size from 1MB to 256MB, such as 64MB, got "0MB"',
  ],
  [
    'parts above the bound',
    but({ datasets: 'datasets: {p: {collection: p, partSize: 300MB}}' }),
    'CONFIG_INVALID lakeferry.yaml:3: datasets.p.partSize: wanted a size from 1MB to 256MB, such as 64MB, got "300MB"',
  ],
  [
    'parts without a unit',
    but({ datasets: 'datasets: {p: {collection: p, partSize: 64}}' }),
    'datasets.p.partSize: wanted a size from 1MB to 256MB, such as 64MB, got 64 (a number)',
  ],
  [
    'less memory than one thread needs',
    but({ limits: 'limits: {memory: 64MB}' }),
    'CONFIG_INVALID lakeferry.yaml:4: limits.memory: wanted a size of at least 256MB, such as 512MB or 2GB, got "64MB"',
  ],
  ['memory in another unit', but({ limits: 'limits: {memory: 512MiB}' }), 'wanted a size of at least 256MB'],
  [
    'a level of a codec that is not chosen',
    but({ datasets: 'datasets: {p: {collection: p, compression: {parquet: snappy, zstdLevel: 3}}}' }),
    'CONFIG_INVALID lakeferry.yaml:3: datasets.p.compression.zstdLevel: wanted it left out where compression.parquet is snappy, got 3',
  ],
  [
    'a level that there is not',
    but({ datasets: 'datasets: {p: {collection: p, compression: {gzipLevel: 10}}}' }),
    'datasets.p.compression.gzipLevel: wanted a whole number from 1 to 9, got 10 (a number)',
  ],
  [
    'a codec that there is not',
    but({ datasets: 'datasets: {p: {collection: p, compression: {parquet: lz4}}}' }),
    'datasets.p.compression.parquet: wanted one of zstd, snappy, gzip, none, got "lz4"',
  ],
  [
    'partitions of nothing',
    but({ datasets: 'datasets: {p: {collection: p, partitionBy: {date: day}}}' }),
    'datasets.p.partitionBy.field: wanted the name of a top-level field, got nothing',
  ],
  [
    'a part of a date that there is not',
    but({ datasets: 'datasets: {p: {collection: p, partitionBy: {field: f, date: hour}}}' }),
    'datasets.p.partitionBy.date: wanted one of day, month, year, got "hour"',
  ],
  [
    'a key about servers beside a backup',
    but({ source: 'source:\n  uri: file:./dump\n  database: d\n  readPreference: primary' }),
    'CONFIG_INVALID lakeferry.yaml:4: source.readPreference: wanted it left out, since source.uri is a backup file and no server, got primary',
  ],
  [
    'several keys about servers beside a backup',
    but({ source: 'source: {uri: file:./dump, database: d, comment: c, maxDocumentsPerSecond: 1, concurrency: 2}' }),
    'source.concurrency: wanted it left out, since source.uri is a backup file and no server, got concurrency, maxDocumentsPerSecond, comment',
  ],
  [
    'a backup on another host',
    but({ source: 'source: {uri: "file://host/dump", database: d}' }),
    'CONFIG_INVALID lakeferry.yaml:1: source.uri: wanted a connection string such as mongodb://127.0.0.1:27017',
  ],
  ['a key twice', but({ x: 'lake: {url: file:y}' }), 'CONFIG_SYNTAX lakeferry.yaml:4:1: Map keys must be unique'],
  ['broken YAML', but({ x: 'engine: {kind: duckdb' }), 'CONFIG_SYNTAX lakeferry.yaml:5:'],
  ['a variable within braces', but({ x: 'monitor: {freshness: ${F}}' }), 'within { } or [ ], "${NAME}" needs quotes'],
  [
    'an alias',
    but({ x: 'a: &x 1\nb: *x' }),
    'CONFIG_SYNTAX lakeferry.yaml:5:4: aliases (*name) are not read here: write the value out',
  ],
  [
    'a variable that is not set',
    but({ lake: 'lake:\n  url: ${LAKE}' }),
    'CONFIG_ENVIRONMENT lakeferry.yaml: lake.url needs the environment variable LAKE, which is not set | Set LAKE, or write a default: ${LAKE:-value}.',
  ],
  [
    'half a variable',
    but({ lake: 'lake:\n  url: s3://${LAKE' }),
    'CONFIG_INVALID lakeferry.yaml: lake.url: wanted ${NAME} or ${NAME:-default}, got "${LAKE"',
  ],
]

describe('a configuration is refused, with the place and what was wanted, for', () => {
  it.each(COMPLAINTS)('%s', async (_, text, wanted) => {
    expect(await refusal(text)).toContain(wanted)
  })

  it('a key with a typo before what is missing because of it', async () => {
    expect(await refusal(but({ source: 'source: {uri: "mongodb://h", databse: d}' }))).toContain(
      'unknown key source.databse | Did you mean source.database?',
    )
  })
})

describe('a value from outside the file', () => {
  it('is refused by the name of the variable or the flag', async () => {
    expect(await refusal(but({}), { LAKEFERRY_LAKE_PATH_STYLE: 'yes' })).toContain(
      'CONFIG_INVALID environment variable LAKEFERRY_LAKE_PATH_STYLE: lake.pathStyle: wanted true or false, got "yes"',
    )
    expect(await refusal(but({}), {}, ['datasets.*.formats', 'json,csv'])).toContain(
      'CONFIG_INVALID --flag: datasets.papers.formats.1: wanted one of parquet, ndjson.gz, json, ejson.gz, bson.gz, got "csv"',
    )
    expect(await refusal(but({}), { LAKEFERRY_LIMITS_MEMORY: '255MB' })).toContain(
      'CONFIG_INVALID environment variable LAKEFERRY_LIMITS_MEMORY: limits.memory: wanted a size of at least 256MB',
    )
    const backup = but({ source: 'source: {uri: file:./dump, database: d}' })
    expect(await refusal(backup, { LAKEFERRY_SOURCE_CONCURRENCY: '2' })).toContain(
      'CONFIG_INVALID environment variable LAKEFERRY_SOURCE_CONCURRENCY: source.concurrency: wanted it left out',
    )
    expect(await refusal(but({}), {}, ['engine.kind', 'sprak'])).toContain(
      'CONFIG_INVALID --flag: engine.kind: wanted one of duckdb, spark',
    )
  })
})

describe('a secret', () => {
  it('is in no error', async () => {
    const uri = await refusal(but({ source: 'source: {uri: "mongo://u:pa55@h", database: d}' }))
    expect(uri).toContain('got "mongo://***@h"')
    const key = await refusal(
      but({ lake: 'lake: {url: "s3://b", credentials: {accessKeyId: a, secretAccessKey: 5555}}' }),
    )
    expect(key).toContain('lake.credentials.secretAccessKey: wanted a secret access key, got ***')
    const broken = await refusal(but({ source: 'source: {uri: "mongodb://u:pa55@h, database: d}' }))
    expect(`${uri} ${broken}`).not.toContain('pa55')
  })
})
