import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findDataset, selectDatasets } from '../../src/config/config.js'
import { type LoadedConfig, type LoadOptions, loadConfig } from '../../src/config/load-config.js'
import { originLines } from '../../src/config/origin.js'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-config-'))
})
afterEach(() => rm(cwd, { recursive: true }))

async function load(text: string, options: Partial<LoadOptions> = {}): Promise<LoadedConfig> {
  await writeFile(join(cwd, 'lakeferry.yaml'), text)
  return loadConfig({ env: {}, cwd, ...options })
}

const SMALL = `source: {uri: "mongodb://127.0.0.1:27017", database: iclr}
lake: {url: file:./lake}
datasets:
  papers: {collection: papers}
`

/** What a dataset has that says nothing of it: as documented. */
const PART_DEFAULTS = { compression: { parquet: 'zstd', zstdLevel: 1, gzipLevel: 1 }, partBytes: 16 * 1024 * 1024 }

const EMR_DEFAULTS = {
  newCluster: {
    release: 'emr-7.13.0',
    instanceType: 'm5.xlarge',
    instances: 3,
    serviceRole: 'EMR_DefaultRole',
    instanceProfile: 'EMR_EC2_DefaultRole',
  },
  prices: { vcpuHour: 0.052624, memoryGbHour: 0.0057785, storageGbHour: 0.000111 },
  startTimeoutSeconds: 1800,
  timeoutSeconds: 14_400,
  pollSeconds: 15,
}

const WHOLE = `# yaml-language-server: $schema=./node_modules/lakeferry/schema/lakeferry.schema.json
source:
  uri: \${MONGODB_URI:-mongodb://127.0.0.1:27017}
  database: iclr_2024
  readPreference: primary
  concurrency: 4
  maxDocumentsPerSecond: 20000
  comment: nightly
lake:
  url: s3://\${BUCKET}/prod
  region: us-east-1
  endpoint: http://127.0.0.1:9000
  pathStyle: true
  credentials:
    accessKeyId: me
    secretAccessKey: \${SECRET}
datasets:
  2013:
    collection: papers_2013
    contract: contracts/papers.odcs.yaml
    formats: [parquet, json]
    filter: {status: Active, year: {$gte: 2013}}
    compression: {parquet: gzip, gzipLevel: 6}
    partSize: 64MB
    partitionBy: {field: created, date: day}
  comments: {collection: comments}
limits: {memory: 2GB}
engine: {kind: auto, above: 2GB, large: spark}
spark:
  submit: spark/bin/spark-submit
  master: spark://host:7077
  jars: [jars/a.jar, /opt/b.jar]
  conf: {spark.driver.memory: 4g, spark.executor.instances: 3, spark.eventLog.enabled: true}
monitor: {freshness: 90m, reminderEvery: 12h, every: 1m}
alerts: [{kind: slack, url: "\${SLACK}"}]
retention: {keepDaily: 14, keepWeekly: 8, grace: 6h}
`

describe('a configuration', () => {
  it('is read with types, defaults and absolute paths', async () => {
    const { config, file, warnings } = await load(SMALL)
    expect(file).toBe(join(cwd, 'lakeferry.yaml'))
    expect(warnings).toEqual([])
    expect(config).toEqual({
      source: { uri: 'mongodb://127.0.0.1:27017', database: 'iclr', readPreference: 'secondaryPreferred' },
      lake: { url: `file:${join(cwd, 'lake')}` },
      datasets: [{ name: 'papers', collection: 'papers', formats: ['parquet'], ...PART_DEFAULTS }],
      limits: { memoryBytes: 512 * 1024 * 1024 },
      engine: { kind: 'duckdb', aboveBytes: 20 * 1024 ** 3, large: 'spark' },
      spark: { master: 'local[*]', jars: [], conf: {} },
      emr: EMR_DEFAULTS,
      monitor: { freshnessSeconds: 26 * 3600, reminderSeconds: 86_400, everySeconds: 300 },
      alerts: [],
      retention: { graceSeconds: 3600 },
      telemetry: { namespace: 'lakeferry' },
      server: {
        port: 3000,
        host: '127.0.0.1',
        cors: [],
        requestsPerMinute: 1_200,
        behindProxy: false,
        papers: 'papers',
        comments: 'comments',
      },
    })
  })

  it('may say everything there is', async () => {
    const { config } = await load(WHOLE, {
      env: { BUCKET: 'lake', SECRET: 's3cr3t', SLACK: 'https://hooks.example/t0k3n' },
    })
    expect(config).toEqual({
      source: {
        uri: 'mongodb://127.0.0.1:27017',
        database: 'iclr_2024',
        readPreference: 'primary',
        concurrency: 4,
        maxDocumentsPerSecond: 20_000,
        comment: 'nightly',
      },
      lake: {
        url: 's3://lake/prod',
        region: 'us-east-1',
        endpoint: 'http://127.0.0.1:9000',
        pathStyle: true,
        credentials: { accessKeyId: 'me', secretAccessKey: 's3cr3t' },
      },
      datasets: [
        {
          name: '2013',
          collection: 'papers_2013',
          contract: join(cwd, 'contracts/papers.odcs.yaml'),
          formats: ['parquet', 'json'],
          filter: '{"status":"Active","year":{"$gte":{"$numberInt":"2013"}}}',
          compression: { parquet: 'gzip', zstdLevel: 1, gzipLevel: 6 },
          partBytes: 64 * 1024 * 1024,
          partitionBy: { field: 'created', date: 'day' },
        },
        { name: 'comments', collection: 'comments', formats: ['parquet'], ...PART_DEFAULTS },
      ],
      limits: { memoryBytes: 2 * 1024 ** 3 },
      engine: { kind: 'auto', aboveBytes: 2 * 1024 ** 3, large: 'spark' },
      spark: {
        submit: join(cwd, 'spark/bin/spark-submit'),
        master: 'spark://host:7077',
        jars: [join(cwd, 'jars/a.jar'), '/opt/b.jar'],
        conf: {
          'spark.driver.memory': '4g',
          'spark.executor.instances': '3',
          'spark.eventLog.enabled': 'true',
        },
      },
      emr: EMR_DEFAULTS,
      monitor: { freshnessSeconds: 5400, reminderSeconds: 43_200, everySeconds: 60 },
      alerts: [{ kind: 'slack', name: 'slack', url: 'https://hooks.example/t0k3n' }],
      retention: { keepDaily: 14, keepWeekly: 8, graceSeconds: 21_600 },
      telemetry: { namespace: 'lakeferry' },
      server: {
        port: 3000,
        host: '127.0.0.1',
        cors: [],
        requestsPerMinute: 1_200,
        behindProxy: false,
        papers: 'papers',
        comments: 'comments',
      },
    })
  })

  it('keeps the datasets in the order of the file, even where names look like numbers', async () => {
    const { config } = await load(`${SMALL}  b: {collection: b}\n  2013: {collection: y}\n  a: {collection: a}\n`)
    expect(config.datasets.map(dataset => dataset.name)).toEqual(['papers', 'b', '2013', 'a'])
  })

  it('has its paths relative to its own place, and those from outside relative to the person', async () => {
    await mkdir(join(cwd, 'conf'))
    const text = SMALL.replace('collection: papers', 'collection: papers, contract: papers.yaml')
    await writeFile(join(cwd, 'conf/lakeferry.yaml'), text)
    const file = 'conf/lakeferry.yaml'
    const { config } = await load(SMALL, { file })
    expect(config.lake.url).toBe(`file:${join(cwd, 'conf/lake')}`)
    expect(config.datasets[0]?.contract).toBe(join(cwd, 'conf/papers.yaml'))
    const { config: outside } = await load(SMALL, { file, env: { LAKEFERRY_LAKE_URL: 'file:other' } })
    expect(outside.lake.url).toBe(`file:${join(cwd, 'other')}`)
    const { config: absolute } = await load(SMALL.replace('file:./lake', 'file:///a%20b/lake'))
    expect(absolute.lake.url).toBe('file:/a%20b/lake')
  })

  it('takes jars from the environment, relative to the person, and a plain name of spark-submit as it is', async () => {
    await mkdir(join(cwd, 'conf'))
    await writeFile(join(cwd, 'conf/lakeferry.yaml'), `${SMALL}spark: {submit: spark3-submit, jars: [x.jar]}\n`)
    const file = 'conf/lakeferry.yaml'
    const options = { file, env: { LAKEFERRY_SPARK_JARS: 'a.jar,/opt/b.jar' } }
    const { config } = await loadConfig({ cwd, ...options })
    expect(config.spark).toMatchObject({ submit: 'spark3-submit', jars: [join(cwd, 'a.jar'), '/opt/b.jar'] })
  })

  it('may name the size for auto where a flag names another engine for once', async () => {
    const text = `${SMALL}engine: {kind: auto, above: 2GB}\n`
    const { config } = await load(text, { flags: [{ key: 'engine.kind', flag: '--engine', value: 'duckdb' }] })
    expect(config.engine.kind).toBe('duckdb')
  })

  it('may name a backup as its source, relative to its own place or, from outside, to the person', async () => {
    await mkdir(join(cwd, 'conf'))
    const text = SMALL.replace('"mongodb://127.0.0.1:27017"', 'file:./dump')
    await writeFile(join(cwd, 'conf/lakeferry.yaml'), text)
    const file = 'conf/lakeferry.yaml'
    // No read preference: there is no server to prefer.
    const here = { uri: `file:${join(cwd, 'conf/dump')}`, database: 'iclr' }
    expect((await load(SMALL, { file })).config.source).toEqual(here)
    const { config } = await load(SMALL, { file, env: { LAKEFERRY_SOURCE_URI: 'file:dump %20/x.archive' } })
    expect(config.source.uri).toBe(`file:${join(cwd, 'dump %20/x.archive')}`)
    const { config: absolute } = await load(SMALL.replace('mongodb://127.0.0.1:27017', 'file:///dump'))
    expect(absolute.source.uri).toBe('file:/dump')
  })

  it('is looked for at --config, then LAKEFERRY_CONFIG, then here', async () => {
    await writeFile(join(cwd, 'flag.yaml'), SMALL.replace('iclr', 'flag'))
    await writeFile(join(cwd, 'env.yaml'), SMALL.replace('iclr', 'env'))
    const env = { LAKEFERRY_CONFIG: 'env.yaml' }
    expect((await load(SMALL, { env, file: 'flag.yaml' })).config.source.database).toBe('flag')
    expect((await load(SMALL, { env })).config.source.database).toBe('env')
    expect((await load(SMALL)).config.source.database).toBe('iclr')
  })

  it('that is nowhere is an error that lists every place tried', async () => {
    await expect(loadConfig({ env: {}, cwd })).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      message: `no configuration found; looked for --config (not given), then LAKEFERRY_CONFIG (not set), then ${join(cwd, 'lakeferry.yaml')}`,
    })
    await expect(loadConfig({ env: {}, cwd, file: 'x.yaml' })).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      details: { tried: [`${join(cwd, 'x.yaml')} (--config)`] },
    })
  })

  it('that cannot be read says so', async () => {
    await expect(loadConfig({ env: {}, cwd, file: '.' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/EISDIR/),
    })
  })
})

describe('precedence', () => {
  const file = `${SMALL}monitor: {freshness: 1h}\n`

  it('is flag, environment, file, default, and each value tells where it came from', async () => {
    const env = { LAKEFERRY_MONITOR_FRESHNESS: '2h', LAKEFERRY_LAKE_PATH_STYLE: 'true', LAKEFERRY_LAKE_REGION: '' }
    const flags = [
      { key: 'monitor.freshness', flag: '--freshness', value: '3h' },
      { key: 'datasets.*.formats', flag: '--format', value: 'json, parquet' },
    ]
    const plain = await load(file)
    expect(plain.config.monitor.freshnessSeconds).toBe(3600)
    const laid = await load(file, { env })
    expect(laid.config.monitor.freshnessSeconds).toBe(7200)
    expect(laid.config.lake.pathStyle).toBe(true)
    // Empty is what a compose file makes of a variable that nobody set.
    expect(laid.config.lake.region).toBeUndefined()
    const all = await load(file, { env, flags })
    expect(all.config.monitor.freshnessSeconds).toBe(10800)
    expect(all.config.datasets[0]?.formats).toEqual(['json', 'parquet'])

    expect(all.origin.get('monitor.freshness')).toEqual({ from: 'flag', detail: '--freshness', shown: '3h' })
    expect(laid.origin.get('monitor.freshness')).toMatchObject({
      from: 'environment',
      detail: 'LAKEFERRY_MONITOR_FRESHNESS',
    })
    expect(plain.origin.get('monitor.freshness')).toMatchObject({ from: 'file', detail: 'lakeferry.yaml:5' })
    expect((await load(SMALL)).origin.get('monitor.freshness')).toEqual({ from: 'default', detail: '', shown: '26h' })
  })

  it('lets the environment give what the file leaves out, sections included', async () => {
    const env = { LAKEFERRY_SOURCE_URI: 'mongodb://h', LAKEFERRY_SOURCE_DATABASE: 'd', LAKEFERRY_LAKE_URL: 'file:lake' }
    const { config } = await load('datasets: {papers: {collection: papers}}\n', { env })
    expect(config.source).toMatchObject({ uri: 'mongodb://h', database: 'd' })
    expect(config.lake.url).toBe(`file:${join(cwd, 'lake')}`)
  })

  it('warns of a variable that is no setting, naming the nearest', async () => {
    const { warnings } = await load(SMALL, {
      env: { LAKEFERRY_LAKE_REGOIN: 'x', LAKEFERRY_TEST_MONGODB_URI: 'y', HOME: '/' },
    })
    expect(warnings).toEqual([
      'the environment variable LAKEFERRY_LAKE_REGOIN is no setting and has no effect; did you mean LAKEFERRY_LAKE_REGION?',
    ])
  })

  it('leaves the read preference to a connection string that has one', async () => {
    const { config } = await load(SMALL.replace('27017', '27017/?readPreference=nearest'))
    expect(config.source.readPreference).toBeUndefined()
  })
})

describe('the trace', () => {
  it('masks secrets and names the variables that a value was made of', async () => {
    const env = {
      MONGODB_URI: 'mongodb://user:pa55@host/db',
      BUCKET: 'lake',
      SECRET: 's3cr3t',
      SLACK: 'https://hooks.example/t0k3n',
    }
    const lines = originLines((await load(WHOLE, { env })).origin).join('\n')
    expect(lines).toContain(`source.uri = mongodb://***@host/db  (lakeferry.yaml:3 from \${MONGODB_URI})`)
    expect(lines).toContain(`lake.credentials.secretAccessKey = ***  (lakeferry.yaml:16 from \${SECRET})`)
    expect(lines).toContain('datasets.2013.filter = {"status":"Active","year":{"$gte":2013}}  (lakeferry.yaml:22)')
    expect(lines).toMatch(/^alerts\.0\.url = \*\*\* {2}\(lakeferry\.yaml:\d+ from \$\{SLACK\}\)$/m)
    expect(lines).toContain('datasets.comments.formats = ["parquet"]  (default)')
    expect(lines).not.toMatch(/pa55|s3cr3t|t0k3n/)
  })
})

describe('choosing datasets', () => {
  it('takes all when none is named, each once, and knows the others', async () => {
    const { config } = await load(`${SMALL}  comments: {collection: c}\n`)
    expect(selectDatasets(config, []).map(dataset => dataset.name)).toEqual(['papers', 'comments'])
    expect(selectDatasets(config, ['comments', 'comments']).map(dataset => dataset.name)).toEqual(['comments'])
    expect(() => findDataset(config, 'paper')).toThrow(
      'no dataset "paper" in the configuration; it has papers, comments',
    )
    expect(() => selectDatasets({ ...config, datasets: [] }, [])).toThrow('has no datasets')
  })

  it('takes a whole number from the file, from a variable in it and from the environment', async () => {
    const concurrency = async (line: string, env: Record<string, string> = {}) =>
      (await load(SMALL.replace('database: iclr', `database: iclr, concurrency: ${line}`), { env })).config.source
        .concurrency
    expect(await concurrency('4')).toBe(4)
    expect(await concurrency(`"\${READERS}"`, { READERS: '3' })).toBe(3)
    expect(await concurrency('4', { LAKEFERRY_SOURCE_CONCURRENCY: '2' })).toBe(2)
    await expect(concurrency('9')).rejects.toThrow('source.concurrency: wanted a whole number from 1 to 8, got 9')
    await expect(concurrency('many')).rejects.toThrow('got "many"')
  })
})
