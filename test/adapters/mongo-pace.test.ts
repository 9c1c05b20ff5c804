import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DocumentRate, Pace, type PaceClock } from '../../src/adapters/mongo/pace.js'

const MEBIBYTE = 1024 * 1024

/** A clock that stands still but for sleeping and {@link pass}. */
function fakeClock(): PaceClock & { pass(ms: number): void } {
  let now = 1_000
  return {
    now: () => now,
    sleep: async (ms, signal) => {
      signal.throwIfAborted()
      now += ms
    },
    pass: ms => {
      now += ms
    },
  }
}

const unlimited = (clock: PaceClock) => new DocumentRate(undefined, clock)
const never = new AbortController().signal

describe('the rate', () => {
  it('lets no more documents through in any second, but for the last request', async () => {
    const asked = fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 80 })
    await fc.assert(
      fc.asyncProperty(asked, async requests => {
        const clock = fakeClock()
        const pace = new Pace({ rate: new DocumentRate(100, clock), clock })
        const begun = clock.now()
        for (const [index, documents] of requests.entries()) {
          await pace.turn(documents, 0, never)
          const before = requests.slice(0, index).reduce((sum, one) => sum + one, 0)
          expect(before).toBeLessThanOrEqual(((clock.now() - begun) / 1000) * 100 + 1e-6)
        }
        const all = requests.slice(0, -1).reduce((sum, one) => sum + one, 0)
        expect(clock.now() - begun).toBeCloseTo(all * 10, 6)
      }),
    )
  })

  it('is one for all cursors, and asks for no more than a quarter of a second’s at once', async () => {
    const clock = fakeClock()
    const rate = new DocumentRate(1_000, clock)
    const cursors = [1, 2, 3, 4].map(() => new Pace({ rate, clock }))
    expect(cursors[0]!.batchMost).toBe(250)
    const begun = clock.now()
    for (let request = 0; request < 40; request++) await cursors[request % 4]!.turn(250, 0, never)
    expect(clock.now() - begun).toBeCloseTo(9_750, 6)
    expect(new DocumentRate(1, clock).batchMost).toBe(1)
    expect(unlimited(clock).batchMost).toBe(Number.POSITIVE_INFINITY)
    expect(() => new DocumentRate(0)).toThrow(RangeError)
  })

  it('takes nothing for documents that did not come, and nothing for a turn that was not waited for', async () => {
    const clock = fakeClock()
    const pace = new Pace({ rate: new DocumentRate(100, clock), clock })
    await pace.turn(25, 0, never)
    pace.unused(24)
    const begun = clock.now()
    await expect(pace.turn(25, 0, AbortSignal.abort('SIGINT'))).rejects.toBeDefined()
    await pace.turn(25, 0, never)
    expect(clock.now() - begun).toBeCloseTo(10, 6)
  })
})

describe('a server that slows down', () => {
  const settled = (clock: PaceClock, told: number[], ms = 20) => {
    const pace = new Pace({ rate: unlimited(clock), clock, onSlow: times => told.push(times) })
    for (let reply = 0; reply < 10; reply++) expect(pace.pauseAfter({ ms, bytes: 4 * MEBIBYTE })).toBe(0)
    return pace
  }

  it('is left alone for longer than it took, told once, and read at full speed again when it recovers', () => {
    const clock = fakeClock()
    const told: number[] = []
    const pace = settled(clock, told)
    const slow = Array.from({ length: 8 }, () => pace.pauseAfter({ ms: 1_000, bytes: 4 * MEBIBYTE }))
    // One or two slow replies are not yet a slow server.
    expect(slow.slice(0, 2)).toEqual([0, 0])
    for (const ms of slow.slice(2)) expect(ms).toBe(3_000)
    const calm = Array.from({ length: 8 }, () => pace.pauseAfter({ ms: 20, bytes: 4 * MEBIBYTE }))
    expect(calm.slice(3)).toEqual([0, 0, 0, 0, 0])
    for (let reply = 0; reply < 8; reply++) pace.pauseAfter({ ms: 2_000, bytes: 4 * MEBIBYTE })
    expect(told).toHaveLength(1)
    expect(told[0]).toBeGreaterThan(40)
  })

  it('pauses in proportion, and never for more than a few seconds', () => {
    const pauses = [1, 5, 10, 50, 1_000].map(times => {
      const pace = settled(fakeClock(), [], 200)
      let pause = 0
      for (let reply = 0; reply < 5; reply++) pause = pace.pauseAfter({ ms: 200 * times, bytes: 4 * MEBIBYTE })
      return pause
    })
    expect(pauses[0]).toBe(0)
    expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses)
    expect(pauses[1]).toBeGreaterThan(0)
    expect(Math.max(...pauses)).toBe(5_000)
  })

  it('is not one whose replies are heavier, or that takes 5 ms where it took 1', () => {
    const heavier = settled(fakeClock(), [], 20)
    for (let reply = 0; reply < 8; reply++) expect(heavier.pauseAfter({ ms: 80, bytes: 16 * MEBIBYTE })).toBe(0)
    const quick = settled(fakeClock(), [], 1)
    for (let reply = 0; reply < 8; reply++) expect(quick.pauseAfter({ ms: 5, bytes: 100 })).toBe(0)
  })

  it('is taken as it is when it stays so', () => {
    const clock = fakeClock()
    const pace = settled(clock, [], 100)
    let pause = 0
    for (let minute = 0; minute < 40; minute++) {
      clock.pass(60_000)
      pause = pace.pauseAfter({ ms: 1_000, bytes: 4 * MEBIBYTE })
      if (minute === 5) expect(pause).toBeGreaterThan(0)
    }
    expect(pause).toBe(0)
  })
})
