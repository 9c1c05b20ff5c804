import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import { runIdInstant } from '../../src/model/run-id.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { keysOf, text } from '../ports/object-store-suite.js'
import { breakOffDead, claim, commitWithOrphan } from '../retain/lake-with-garbage.js'
import { type Invocation, invoke, jsonOf } from './cli-fixture.js'
import { differences, documentedShape } from './documented-json.js'

let lake: ObjectStore
let cwd: string
let remove: () => Promise<void>
beforeEach(async () => {
  const temporary = await temporaryLake()
  ;({ lake, remove } = temporary)
  cwd = join(temporary.root, '.lakeferry', 'work')
  await mkdir(cwd, { recursive: true })
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: "mongodb://h", database: d}\nlake: {url: "file:${temporary.root}"}\n` +
      'datasets:\n  papers: {collection: papers}\n  comments: {collection: comments}\n',
  )
})
afterEach(() => remove())

const begun = runIdInstant(runAt(1))
const call = (...argv: string[]): Promise<Invocation> =>
  invoke(['gc', ...argv], { cwd, now: new Date(begun.getTime() + 26 * 3_600_000) })

/** A broken-off run, a committed one with an orphan, one of a living writer, a probe and a temporary file. */
async function litter(): Promise<string[]> {
  await breakOffDead(lake, runAt(1), { renewedAt: begun, resumable: true })
  const { named } = await commitWithOrphan(lake, runAt(2))
  await claim(lake, runAt(3), { owner: 'alive', renewedAt: begun })
  await lake.put(lakeKey.probe(runAt(1)), text('probe'))
  await mkdir(join(cwd, '../unfinished'), { recursive: true })
  await writeFile(join(cwd, '../unfinished/4711-00ff'), 'half an object')
  return [...named, lakeKey.claim('papers', runAt(3))].sort()
}

describe('gc', () => {
  it('says with --dry-run what it then removes, and removes nothing else', async () => {
    const staying = await litter()
    const before = await keysOf(lake, '')
    const dry = await call('--dry-run', '--json')
    expect(dry.exitCode).toBe(0)
    expect(differences(jsonOf(dry), documentedShape('gc'))).toEqual([])
    expect(await keysOf(lake, '')).toEqual(before)

    const swept = await call('--json')
    expect(differences(jsonOf(swept), documentedShape('gc'))).toEqual([])
    const asIfDry = JSON.parse(swept.stdout.replaceAll('"dryRun":false', '"dryRun":true'))
    // The file was written a moment ago, by the disk's clock, and so is too young for this one.
    expect(jsonOf(dry)).toEqual(asIfDry)
    expect(jsonOf(dry)['leftovers']).toHaveLength(1)
    expect(await keysOf(lake, '')).toEqual(staying)

    const datasets = jsonOf(swept)['datasets'] as { removed: { key: string; bytes: number }[]; bytes: number }[]
    const removed = datasets.flatMap(dataset => dataset.removed)
    expect([...removed.map(({ key }) => key), lakeKey.probe(runAt(1)), ...staying].sort()).toEqual(before)
    expect(datasets[0]?.bytes).toBe(removed.reduce((sum, { bytes }) => sum + bytes, 0))
    expect(jsonOf(await call('--json'))).toMatchObject({ datasets: [{ removed: [] }, { removed: [] }], leftovers: [] })
  })

  it('says it for people', async () => {
    await litter()
    const told = (await call('--dry-run')).stdout
    // A claim says whose it is, so its size is not everywhere the same.
    expect(told.replace(/\d+ B$/m, 'SIZE').replace(/\d+ B(?=.*claims)/, 'SIZE ')).toMatchInlineSnapshot(`
      "papers: would remove 5 objects, SIZE
        plan        14 B   2026-01-01T00:01:00.000Z  _lakeferry/plans/papers/20260101T000100.000Z-aaaaaa/plan.json
        plan        14 B   2026-01-01T00:01:00.000Z  _lakeferry/plans/papers/20260101T000100.000Z-aaaaaa/range-000/segment-000000.json
        unfinished  1 B    2026-01-01T00:01:00.000Z  papers/run=20260101T000100.000Z-aaaaaa/parquet/part-00000.parquet
        claim       SIZE   2026-01-01T00:01:00.000Z  _lakeferry/claims/papers/20260101T000100.000Z-aaaaaa.json
        orphan      7 B    2026-01-01T00:02:10.000Z  papers/run=20260101T000200.000Z-aaaaaa/parquet/part-00001.parquet
        kept        run 20260101T000300.000Z-aaaaaa: in the hands of a test, last sign of life 2026-01-01T00:01:00.000Z
      comments: nothing to remove
      the lake: would remove 1 object, 5 B
        probe  5 B  2026-01-01T00:01:00.000Z  _lakeferry/doctor/20260101T000100.000Z-aaaaaa
      "
    `)
    expect((await call()).stdout).toBe(told.replaceAll('would remove', 'removed'))
    expect((await call('comments')).stdout).toBe('comments: nothing to remove\n')
  })

  it('takes a duration and nothing else, and does what it says', async () => {
    await litter()
    expect(jsonOf(await call('papers', '--older-than', '2d', '--json'))).toMatchObject({
      datasets: [{ removed: [{ kind: 'orphan' }], kept: [{ runId: runAt(1) }, { runId: runAt(3) }] }],
      leftovers: [],
    })
    for (const value of ['0s', 'soon', '1.5h', '-1h']) {
      const { exitCode, stderr } = await call('--older-than', value)
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('Wanted a duration such as 90s, 45m, 26h or 7d.')])
    }
    expect((await call('--older-than')).exitCode).toBe(2)
    expect((await call('posts')).stderr).toContain('DATASET_UNKNOWN')
  })
})
