import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { latestRun } from '../../src/catalog/catalog.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { keysOf } from '../ports/object-store-suite.js'
import { type DyingGc, dyingGc } from '../support/dying-gc.js'
import { freshPrefix, type S3Service, s3 } from '../support/services.js'
import { goodRuns, NOON, retention, runBefore, store, wholeRuns } from './retained-lake.js'

let work: string
let bucket: S3Service
beforeAll(async () => {
  bucket = await s3()
  work = await mkdtemp(join(tmpdir(), 'lakeferry-expire-'))
})
afterAll(() => rm(work, { recursive: true, force: true }))

/** A lake of its own for each case: what one leaves is not the next one's. */
async function freshLake(kind: string): Promise<{ lake: DyingGc['lake']; objects: ObjectStore }> {
  const prefix = freshPrefix()
  if (kind === 'file') {
    const root = join(work, prefix)
    return { lake: { root }, objects: openFsStore({ root }) }
  }
  const { endpoint, region, accessKeyId, secretAccessKey } = bucket
  const credentials = { accessKeyId, secretAccessKey }
  const lake = { bucket: bucket.bucket, prefix, endpoint, region, pathStyle: true, credentials }
  return { lake, objects: await openS3Store(lake) }
}

const [old, good, newest] = [runBefore(26), runBefore(25), runBefore(2)]

async function filled(kind: string) {
  const { lake, objects } = await freshLake(kind)
  await store(objects, old, { status: 'pass' })
  await store(objects, good, { status: 'pass' })
  await store(objects, newest, { status: 'fail' })
  return { lake, objects }
}

const job = (lake: DyingGc['lake'], kill?: number): DyingGc => ({
  ...{ lake, now: NOON.toISOString(), keepDaily: 1 },
  ...(kill === undefined ? {} : { kill }),
})

// Claim, its renewal, manifest, renewal, two parts, two reports, the claim's end: a bucket is asked at a few of them.
describe.each([
  ['file', [1, 2, 3, 4, 5, 7, 9]],
  ['s3', [1, 3, 5]],
] as const)('gc on a lake of %s', (kind, kills) => {
  it('removes with a dry run’s exact list, in as many writes as there are objects, and four for the claim', async () => {
    const { lake, objects } = await filled(kind)
    try {
      const before = await keysOf(objects, '')
      const dry = await retention(objects, { keepDaily: 1, dryRun: true })
      expect(await keysOf(objects, '')).toEqual(before)
      expect(dry.gone).toEqual([old])
      expect(await dyingGc(job(lake))).toBe(dry.removed.length + 4)
      const gone = new Set(dry.removed.map(({ key }) => key))
      expect(await keysOf(objects, '')).toEqual(before.filter(key => !gone.has(key)))
    } finally {
      await objects.close()
    }
  })

  it.each(kills)(
    'killed after write %d it leaves whole runs, the newest good one, and a rest that the next gc removes',
    async kill => {
      const { lake, objects } = await filled(kind)
      try {
        expect(await dyingGc(job(lake, kill))).toBeUndefined()
        const seen = await wholeRuns(objects)
        // The manifest is the third write: until then the run is there, and whole.
        expect(seen).toEqual(kill < 3 ? [old, good, newest] : [good, newest])
        expect(await latestRun(objects, 'papers')).toBe(newest)
        expect(await goodRuns(objects)).toContain(good)
        // Its last write may still be under way for a minute; a day need not pass.
        const now = new Date(NOON.getTime() + 61_000)
        const dry = await retention(objects, { keepDaily: 1, now, dryRun: true })
        const swept = await retention(objects, { keepDaily: 1, now })
        expect(swept).toEqual(dry)
        const left = (await keysOf(objects, '')).filter(key => key.includes(old))
        expect(left).toEqual(
          ['profile.json', 'report.html', 'result.json'].map(name => lakeKey.report('papers', old, name)),
        )
        expect(await wholeRuns(objects)).toEqual([good, newest])
        expect((await retention(objects, { keepDaily: 1, now })).removed).toEqual([])
      } finally {
        await objects.close()
      }
    },
  )
})
