import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { temporaryLake } from '../catalog/lake-fixture.js'
import { keysOf, text } from '../ports/object-store-suite.js'
import { commitWithOrphan } from '../retain/lake-with-garbage.js'
import { NOON, runBefore, store, wholeRuns } from '../retain/retained-lake.js'
import { freshPrefix, s3 } from '../support/services.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'
import { JudgedLake, REQUIRED_TITLE } from './judged-lake.js'

let local: ObjectStore
let cwd: string
let root: string
let remove: () => Promise<void>
beforeEach(async () => {
  const temporary = await temporaryLake()
  ;({ lake: local, root, remove } = temporary)
  cwd = join(root, '.lakeferry', 'work')
  await mkdir(cwd, { recursive: true })
  await configure()
})
afterEach(() => remove())

async function configure(lake = `{url: "file:${root}"}`, retention = '{keepDaily: 2, keepWeekly: 2}'): Promise<void> {
  const datasets = '{papers: {collection: papers, allowedRejects: 1}, comments: {collection: comments}}'
  const source = '{uri: "mongodb://h", database: d}'
  const file = `source: ${source}\nlake: ${lake}\ndatasets: ${datasets}\nretention: ${retention}\n`
  await writeFile(join(cwd, 'lakeferry.yaml'), file)
}

const call = (...argv: string[]): Promise<Invocation> => invoke(['gc', ...argv], { cwd, now: NOON })

/** Runs of three weeks, one of them bad, one with a reject, one with an orphan that the pointer missed; and one of comments. */
async function fill(lake: ObjectStore): Promise<void> {
  const rejects = { documents: 1, keys: [lakeKey.rejects('papers', runBefore(34), 0)] }
  await lake.put(rejects.keys[0] ?? '', text('reject'))
  await store(lake, runBefore(24 * 20), { status: 'pass' })
  await store(lake, runBefore(24 * 7), { status: 'pass' })
  await store(lake, runBefore(24 * 6), { status: 'warn' })
  await store(lake, runBefore(34), { status: 'pass', manifest: { rejects } })
  await store(lake, runBefore(33), { status: 'fail' })
  await store(lake, runBefore(10))
  await commitWithOrphan(lake, runBefore(8))
  await store(lake, runBefore(24 * 7), { dataset: 'comments' })
}

interface Told {
  readonly datasets: {
    readonly dataset: string
    readonly runs: { runId: string; kept: boolean; verdict: string | null; reasons: string[] }[]
    readonly removed: { kind: string; key: string; bytes: number }[]
    readonly bytes: number
  }[]
}

const told = (invocation: Invocation): Told => jsonOf(invocation) as unknown as Told

describe.each(['file', 's3'])('gc with a retention, on a lake of %s', kind => {
  it('says with --dry-run exactly what it then removes, and why the others stay', async () => {
    const { lake, close } = kind === 'file' ? { lake: local, close: async () => undefined } : await bucket()
    try {
      await fill(lake)
      const before = await keysOf(lake, '')
      const dry = await call('--dry-run', '--json')
      expect([dry.exitCode, dry.stderr]).toEqual([0, ''])
      expect(differences(jsonOf(dry), documentedShape('gc'))).toEqual([])
      expect(await keysOf(lake, '')).toEqual(before)

      const swept = await call('--json')
      expect(differences(jsonOf(swept), documentedShape('gc'))).toEqual([])
      expect(JSON.parse(swept.stdout.replaceAll('"dryRun":false', '"dryRun":true'))).toEqual(jsonOf(dry))
      const removed = told(swept).datasets.flatMap(dataset => dataset.removed)
      expect([...removed.map(({ key }) => key), ...(await keysOf(lake, ''))].sort()).toEqual(before)

      const [papers, comments] = told(swept).datasets
      expect(papers?.runs.map(({ runId, kept, verdict, reasons }) => [runId, kept, verdict, reasons])).toEqual([
        [runBefore(24 * 20), false, 'good', ['older than the last 2 days and 2 weeks with runs']],
        [runBefore(24 * 7), true, 'good', ['comments keeps its run of the same id']],
        [runBefore(24 * 6), false, 'good', [`${runBefore(34)} stands for 2026-W47`]],
        [runBefore(34), true, 'good', ['the newest good run', 'stands for 2026-11-22', 'stands for 2026-W47']],
        [runBefore(33), false, 'bad', [`${runBefore(34)} stands for 2026-11-22`]],
        [runBefore(10), true, null, ['papers/_latest.json names it']],
        [runBefore(8), true, null, ['the newest run', 'stands for 2026-11-23', 'stands for 2026-W48']],
      ])
      expect(comments?.runs).toMatchObject([{ runId: runBefore(24 * 7), kept: true }])
      expect(papers?.bytes).toBe(papers?.removed.reduce((sum, { bytes }) => sum + bytes, 0))
      expect(await wholeRuns(lake)).toEqual([24 * 7, 34, 10, 8].map(runBefore))

      const again = told(await call('--json'))
      expect(again.datasets.flatMap(({ removed: objects }) => objects)).toEqual([])
      expect(again.datasets.flatMap(({ runs }) => runs.filter(({ kept }) => !kept))).toEqual([])
    } finally {
      await close()
    }
  })
})

describe('gc with a retention', () => {
  it('says it for people: a line for each run, and its objects with --verbose only', async () => {
    await fill(local)
    const { stdout } = await call('--dry-run')
    expect(
      stdout.replace(/(?<=objects, )[\d.]+ k?B/, 'SIZE').replace(/(?<=aaaaaa +)[\d.]+ k?B/g, 'SIZE'),
    ).toMatchInlineSnapshot(`
      "papers: would remove 16 objects, SIZE; of 7 runs 3 go
        orphan  7 B  2026-11-23T04:00:10.000Z  papers/run=20261123T040000.000Z-aaaaaa/parquet/part-00001.parquet
        remove  20261103T120000.000Z-aaaaaa  SIZE  good  older than the last 2 days and 2 weeks with runs
        keep    20261116T120000.000Z-aaaaaa  SIZE  good  comments keeps its run of the same id
        remove  20261117T120000.000Z-aaaaaa  SIZE  good  20261122T020000.000Z-aaaaaa stands for 2026-W47
        keep    20261122T020000.000Z-aaaaaa  SIZE  good  the newest good run, stands for 2026-11-22, stands for 2026-W47
        remove  20261122T030000.000Z-aaaaaa  SIZE  bad   20261122T020000.000Z-aaaaaa stands for 2026-11-22
        keep    20261123T020000.000Z-aaaaaa  SIZE  -     papers/_latest.json names it
        keep    20261123T040000.000Z-aaaaaa  SIZE  -     the newest run, stands for 2026-11-23, stands for 2026-W48
      comments: nothing to remove; of 1 run none goes
        keep  20261116T120000.000Z-aaaaaa  SIZE  -  the newest run, stands for 2026-11-16, stands for 2026-W47, comments/_latest.json names it
      "
    `)
    const verbose = (await call('--dry-run', '--verbose')).stdout
    expect(verbose.match(/^ {2}expired /gm)).toHaveLength(3 * 3)
    expect(verbose.match(/^ {2}report /gm)).toHaveLength(2 * 3)
    expect((await call()).stdout).toBe(stdout.replaceAll('would remove', 'removed'))
  })

  it('goes by all datasets, whichever is named, and sweeps that one alone', async () => {
    await fill(local)
    const { datasets } = told(await call('papers', '--json'))
    expect(datasets.map(({ dataset }) => dataset)).toEqual(['papers'])
    expect(await wholeRuns(local)).toContain(runBefore(24 * 7))
  })

  it('calls good what the gate calls good: with a contract that allows it, a run without documents as well', async () => {
    const judged = await JudgedLake.make([])
    try {
      await judged.configure('}\nretention: {keepDaily: 1')
      for (const [rest, verdict] of [
        ['', 'bad'],
        ['    quality:\n      - {metric: rowCount, mustBeGreaterOrEqualTo: 0}\n', 'good'],
      ] as const) {
        await judged.contract(REQUIRED_TITLE, rest)
        await judged.invoke(['validate'])
        expect(await judged.told(['gc'], 99)).toMatchObject({ exitCode: 0, entry: { runs: [{ kept: true, verdict }] } })
      }
    } finally {
      await judged.remove()
    }
  })

  it('keeps every run where nothing is configured, and tells none', async () => {
    await fill(local)
    await configure(undefined, '{}')
    const { datasets } = told(await call('--json'))
    expect(datasets.flatMap(({ runs }) => runs)).toEqual([])
    expect(datasets.flatMap(({ removed }) => removed.map(({ kind }) => kind))).toEqual(['orphan'])
    expect(await wholeRuns(local)).toHaveLength(7)
  })
})

async function bucket(): Promise<{ lake: ObjectStore; close: () => Promise<void> }> {
  const { endpoint, region, accessKeyId, secretAccessKey, bucket: name } = await s3()
  const prefix = freshPrefix()
  const credentials = `{accessKeyId: "${accessKeyId}", secretAccessKey: "${secretAccessKey}"}`
  await configure(
    `{url: "s3://${name}/${prefix}", endpoint: "${endpoint}", region: ${region}, pathStyle: true, credentials: ${credentials}}`,
  )
  const connection = { endpoint, region, pathStyle: true, credentials: { accessKeyId, secretAccessKey } }
  const lake = await openS3Store({ bucket: name, prefix, ...connection })
  return { lake, close: () => lake.close() }
}
