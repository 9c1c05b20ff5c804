import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { withRetry } from '../../src/adapters/retry.js'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import { readLedger } from '../../src/catalog/schedule-ledger.js'
import type { ScheduleSet } from '../../src/model/schedule-set.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { runSet } from '../../src/schedule/run-set.js'
import { TIMINGS } from '../../src/schedule/timings.js'
import { freshPrefix, s3 } from '../support/services.js'

const EACH_SECOND: ScheduleSet = {
  ...{
    name: 'seconds',
    cron: '* * * * * *',
    timezone: 'UTC',
    missed: 'run-once',
    jitterSeconds: 0,
    timeLimitSeconds: 9,
  },
}
const MACHINES = 5

const stores: Record<string, ObjectStore> = {}
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-several-'))
  stores['file'] = withRetry(openFsStore({ root: folder }))
  const { accessKeyId, secretAccessKey, endpoint, bucket, region } = await s3()
  const credentials = { accessKeyId, secretAccessKey }
  stores['s3'] = withRetry(await openS3Store({ endpoint, bucket, region, credentials, prefix: freshPrefix() }))
})
afterAll(async () => {
  await stores['s3']?.close()
  await rm(folder, { recursive: true, force: true })
})

describe.each(['file', 's3'])('several schedulers over one %s lake', kind => {
  it('that all wake at the same moments run each slot once, one at a time', async () => {
    const lake = stores[kind]!
    const stop = new AbortController()
    const ran: string[] = []
    let atWork = 0
    let most = 0
    const deps = {
      ...{ lake, clock: { now: () => new Date() }, timings: TIMINGS, signal: stop.signal, tell: () => undefined },
      sleep: (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => undefined),
      runner: {
        run: async ({ slot }: { slot: string }) => {
          ran.push(slot)
          most = Math.max(most, ++atWork)
          await delay(200)
          atWork--
          return { exitCode: 0 }
        },
      },
    }
    const machines = Array.from({ length: MACHINES }, () => runSet(deps, EACH_SECOND))
    for (const give = Date.now() + 120_000; ran.length < 4 && Date.now() < give; ) await delay(50)
    stop.abort(new Error('enough'))
    await Promise.allSettled(machines)
    expect(new Set(ran).size).toBe(ran.length)
    expect(ran.length).toBeGreaterThanOrEqual(4)
    expect(most).toBe(1)
    // The ledger has just those, and between them without a gap what was missed.
    const records = (await readLedger(lake, EACH_SECOND.name)).ledger?.slots ?? []
    expect(records.filter(({ state }) => state !== 'missed').map(({ slot }) => slot)).toEqual(ran)
    for (const [at, record] of records.entries()) {
      const before = records[at - 1]
      if (before === undefined) continue
      const end = before.state === 'missed' ? before.last : before.slot
      expect(Date.parse(record.slot) - Date.parse(end)).toBe(1000)
    }
  })
})
