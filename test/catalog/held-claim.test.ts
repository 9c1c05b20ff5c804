import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CLAIM_SILENT_AFTER_MS, claimState, newClaim, readClaim } from '../../src/catalog/claim.js'
import { HeldClaim, takeOverClaim } from '../../src/catalog/held-claim.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit, runAt, temporaryLake, withHook } from './lake-fixture.js'

const RUN = runAt(7)
const BEGUN = new Date('2026-01-01T00:07:00.000Z')
const later = (ms: number): Date => new Date(BEGUN.getTime() + ms)

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

async function hold(changes: { owner?: string } = {}): Promise<HeldClaim> {
  const claim = { ...newClaim('papers', RUN, BEGUN, BEGUN), ...changes }
  await lake.putIfAbsent(lakeKey.claim('papers', RUN), encodeJson(claim))
  return new HeldClaim(lake, claim)
}

const stored = async () => (await readClaim(lake, 'papers', RUN))!

/** Of another machine: nobody here can tell whether it lives. */
const ELSEWHERE = 'another-boot/1/1/1/nonce'

describe('a claim on a run', () => {
  it('is alive until its writer was silent for longer than a slow one would be, to the millisecond', async () => {
    await hold({ owner: ELSEWHERE })
    expect(claimState(await stored(), later(CLAIM_SILENT_AFTER_MS))).toBe('alive')
    expect(claimState(await stored(), later(CLAIM_SILENT_AFTER_MS + 1))).toBe('gone')
  })

  it('is gone at once when its process is dead beyond doubt', async () => {
    const [boot, space] = newClaim('papers', RUN, BEGUN, BEGUN).owner.split('/')
    await hold({ owner: `${boot}/${space}/${2 ** 30}/1/nonce` })
    expect(claimState(await stored(), later(1))).toBe('gone')
  })

  it('stays alive as long as it is renewed', async () => {
    const claim = await hold({ owner: ELSEWHERE })
    await claim.renew(later(CLAIM_SILENT_AFTER_MS))
    expect(claimState(await stored(), later(2 * CLAIM_SILENT_AFTER_MS))).toBe('alive')
    expect(claim.begun).toBe(BEGUN.toISOString())
  })

  it('is gone when its writer has left it', async () => {
    await (await hold()).leave()
    expect(claimState(await stored(), later(1))).toBe('gone')
  })
})

describe('taking over a claim', () => {
  const late = later(CLAIM_SILENT_AFTER_MS + 1)

  it('is refused while its writer may be at work', async () => {
    await hold({ owner: ELSEWHERE })
    const asked = takeOverClaim(lake, 'papers', RUN, { now: later(60_000) })
    await expect(asked).rejects.toMatchObject({ code: 'RUN_CLAIMED' })
  })

  it('fences the former writer off: it can neither renew nor release', async () => {
    const former = await hold({ owner: ELSEWHERE })
    const mine = await takeOverClaim(lake, 'papers', RUN, { now: late })
    await expect(former.renew(late)).rejects.toMatchObject({ code: 'RUN_LOST' })
    await former.release()
    await expect(mine.renew(late)).resolves.toBeUndefined()
    expect(mine.begun).toBe(BEGUN.toISOString())
  })

  it('lets one of many win', async () => {
    await hold({ owner: ELSEWHERE })
    const asked = Array.from({ length: 8 }, () => takeOverClaim(lake, 'papers', RUN, { now: late }))
    const outcomes = await Promise.allSettled(asked)
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('RUN_CLAIMED')
  })

  it('finds a commit that came first, and leaves no claim', async () => {
    await hold({ owner: ELSEWHERE })
    let first = true
    const racing = withHook(lake, 'putIfMatch', async () => {
      if (first) await commit(lake, RUN)
      first = false
    })
    await expect(takeOverClaim(racing, 'papers', RUN, { now: late })).rejects.toMatchObject({ code: 'RUN_EXISTS' })
    expect(await readClaim(lake, 'papers', RUN)).toBeUndefined()
  })

  it('makes one where there is none', async () => {
    const mine = await takeOverClaim(lake, 'papers', RUN, { now: late })
    await expect(mine.renew(late)).resolves.toBeUndefined()
    await mine.release()
    expect(await readClaim(lake, 'papers', RUN)).toBeUndefined()
  })
})
