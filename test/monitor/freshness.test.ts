import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LakeferryError } from '../../src/errors.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { readDatasetFacts } from '../../src/monitor/dataset-facts.js'
import { freshnessOf, freshnessPromise, judgeFreshness, MAX_CLOCK_SKEW_SECONDS } from '../../src/monitor/freshness.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit, manifestOf, runAt, temporaryLake, withHook } from '../catalog/lake-fixture.js'

const HOUR = { seconds: 3600, from: 'monitor.freshness' } as const
const START = Date.parse('2026-01-01T00:00:00.000Z')
const later = (seconds: number): Date => new Date(START + seconds * 1000)

describe('freshness', () => {
  it('counts from when the data were read, so that a long export does not look newer than it is', () => {
    const manifest = manifestOf(runAt(0), { committedAt: later(3500).toISOString() })
    expect(judgeFreshness(manifest, HOUR, later(3601))).toMatchObject({ state: 'stale', ageSeconds: 3601 })
  })

  it('holds up to and including the promised age, and no longer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 6 }), (seconds, age) => {
        const { state } = judgeFreshness(manifestOf(runAt(0)), { seconds, from: 'contract' }, later(age))
        expect(state).toBe(age <= seconds ? 'fresh' : 'stale')
      }),
    )
  })

  it('is none without a run', () => {
    expect(judgeFreshness(undefined, HOUR, later(0))).toEqual({ state: 'none', promise: HOUR })
  })

  it('cannot be told of a run from the future or without a date, but forgives clocks a few minutes apart', () => {
    const manifest = manifestOf(runAt(0))
    expect(judgeFreshness(manifest, HOUR, later(-MAX_CLOCK_SKEW_SECONDS))).toMatchObject({
      state: 'fresh',
      ageSeconds: 0,
    })
    expect(judgeFreshness(manifest, HOUR, later(-MAX_CLOCK_SKEW_SECONDS - 1))).toMatchObject({
      state: 'unknown',
      problem: expect.stringMatching(/clocks/),
    })
    expect(judgeFreshness({ ...manifest, startedAt: 'soon' }, HOUR, later(0))).toMatchObject({ state: 'unknown' })
  })

  it('is promised by the contract before the configuration', () => {
    expect(freshnessPromise(60, 3600)).toEqual({ seconds: 60, from: 'contract' })
    expect(freshnessPromise(undefined, 3600)).toEqual(HOUR)
  })
})

describe('checking a lake', () => {
  let lake: ObjectStore
  let remove: () => Promise<void>
  beforeEach(async () => {
    ;({ lake, remove } = await temporaryLake())
  })
  afterEach(() => remove())
  const check = async (from: ObjectStore, dataset = 'papers') => {
    const { newest } = await readDatasetFacts(from, dataset, later(600))
    return freshnessOf(newest, HOUR, later(600))
  }

  it('judges the newest committed run', async () => {
    await commit(lake, runAt(0))
    const newest = await commit(lake, runAt(5))
    expect(await check(lake)).toEqual({
      state: 'fresh',
      promise: HOUR,
      manifest: newest,
      ageSeconds: 300,
    })
    expect(await check(lake, 'comments')).toEqual({ state: 'none', promise: HOUR })
  })

  it('that fails or lies gives unknown, which is neither fresh nor stale', async () => {
    const broken = withHook(lake, 'get', () => {
      throw new LakeferryError('LAKE_UNREACHABLE', { lake: lake.url, operation: 'get', reason: 'refused' })
    })
    expect(await check(broken)).toMatchObject({
      state: 'unknown',
      problem: expect.stringMatching(/refused/),
    })
    await lake.put(lakeKey.manifest('papers', runAt(1)), new TextEncoder().encode('{}'))
    expect(await check(lake)).toMatchObject({
      state: 'unknown',
      problem: expect.stringMatching(/no manifest/),
    })
  })

  it('lets a bug be a bug', async () => {
    const broken = withHook(lake, 'get', () => Promise.reject(new TypeError('oops')))
    await expect(check(broken)).rejects.toThrow(TypeError)
  })
})
