import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { type AlertLedger, memoryLedger, storeLedger } from '../../src/alert/alert-ledger.js'
import { LakeferryError } from '../../src/errors.js'
import { monitorOnce } from './monitor.js'
import { Receiver } from './receiver.js'

const minute = (minutes: number): string => new Date(Date.UTC(2026, 10, 22) + minutes * 60_000).toISOString()
const unreachable = new LakeferryError('CHANNEL_FAILED', {
  channel: 'a',
  reason: 'no answer',
  next: 'wait',
  final: false,
})
const refused = new LakeferryError('CHANNEL_FAILED', {
  channel: 'a',
  reason: 'no such hook',
  next: 'mend',
  final: true,
})

describe('two monitors at once on one lake', () => {
  it('send each message once, whoever wins', async () => {
    const root = await mkdtemp(join(tmpdir(), 'lakeferry-alerts-'))
    try {
      const store = openFsStore({ root })
      const ledger = storeLedger(store)
      const channels = [new Receiver('a'), new Receiver('b')]
      let expected = 0
      // Wrong and fine in turn, an hour and more apart, so that each is an alert of its own.
      for (let round = 0; round < 8; round++) {
        const [at, state] = [minute(round * 90), round % 2 === 0 ? 'wrong' : 'fine'] as const
        const checks = { 'run papers': state, 'run comments': state }
        const both = await Promise.all(
          ['one', 'two', 'three'].map(name => monitorOnce({ ledger, channels, by: `${name} ${round}` }, at, checks)),
        )
        expected += 2
        expect(both.flatMap(({ messages }) => messages)).toHaveLength(2)
        for (const channel of channels) {
          expect([...channel.counts().values()]).toEqual(Array(expected).fill(1))
        }
      }
      expect((await ledger.read()).state.pending).toEqual([])
      await store.close()
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
})

class Crash extends Error {}

/** Dies at the given call, before it is done or after; everything of it that comes later dies, too. */
function mortal(
  ledger: AlertLedger,
  receiver: Receiver,
  at: number,
  after: boolean,
): { ledger: AlertLedger; channel: Receiver } {
  let calls = 0
  let dead = false
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) throw new Crash()
    calls += 1
    if (calls !== at) return await work()
    dead = true
    if (after) await work()
    throw new Crash()
  }
  const channel = new Receiver(receiver.name)
  channel.send = message => step(() => receiver.send(message))
  return {
    ledger: {
      where: ledger.where,
      read: () => step(() => ledger.read()),
      write: (state, etag) => step(() => ledger.write(state, etag)),
    },
    channel,
  }
}

describe('a monitor that dies', () => {
  // Read and write of the decision; three messages, each sent, then read and written as sent; read at the end.
  const calls = Array.from({ length: 12 }, (_, index) => index + 1)
  it.each(calls.flatMap(call => [[call, 'before'] as const, [call, 'after'] as const]))(
    'at its call %i, %s it was done, loses no message, and leaves at most the one that it had just sent to be sent again',
    async (call, when) => {
      const ledger = memoryLedger()
      const receiver = new Receiver('a')
      const first = mortal(ledger, receiver, call, when === 'after')
      const checks = { 'run papers': 'wrong', 'run comments': 'wrong', source: 'wrong' } as const
      const dying = monitorOnce({ ledger: first.ledger, channels: [first.channel], by: 'one' }, minute(0), checks)
      await expect(dying).rejects.toThrow(Crash)
      // Others come, and find the claim of the dead one until it has run out.
      for (const minutes of [1, 5, 9, 10, 11, 12, 30, 70]) {
        await monitorOnce({ ledger, channels: [receiver], by: `two ${minutes}` }, minute(minutes), checks)
      }
      const counts = [...receiver.counts().values()].sort()
      const sentAndNotNoted = [3, 6, 9].includes(call) ? when === 'after' : [4, 5, 7, 8, 10, 11].includes(call)
      const noted = [5, 8, 11].includes(call) && when === 'after'
      expect(counts).toEqual(sentAndNotNoted && !noted ? [1, 1, 2] : [1, 1, 1])
      expect((await ledger.read()).state.pending).toEqual([])
    },
  )

  it('between sending and noting it, is the case in which a message comes twice, with the same id', async () => {
    const ledger = memoryLedger()
    const receiver = new Receiver('a')
    // Read and write of the decision, then the message: that is done, and its answer is never heard.
    const first = mortal(ledger, receiver, 3, true)
    await expect(
      monitorOnce({ ledger: first.ledger, channels: [first.channel], by: 'one' }, minute(0), { source: 'wrong' }),
    ).rejects.toThrow(Crash)
    await monitorOnce({ ledger, channels: [receiver], by: 'two' }, minute(9), { source: 'wrong' })
    expect(receiver.taken).toHaveLength(1)
    await monitorOnce({ ledger, channels: [receiver], by: 'three' }, minute(10), { source: 'wrong' })
    expect(receiver.taken).toHaveLength(2)
    expect(receiver.taken[1]).toEqual(receiver.taken[0])
  })
})

describe('a channel that fails', () => {
  it('is tried three times, then left alone for longer and longer, and gets everything in order when it is back', async () => {
    const ledger = memoryLedger()
    let away = true
    let tries = 0
    const a = new Receiver('a', () => {
      tries += 1
      return away ? unreachable : undefined
    })
    const b = new Receiver('b')
    const pass = (minutes: number, state: 'wrong' | 'fine') =>
      monitorOnce({ ledger, channels: [a, b], by: String(minutes) }, minute(minutes), {
        'run papers': state,
        source: 'fine',
      })
    const { delivery } = await pass(0, 'wrong')
    expect(delivery.failed).toEqual([{ channel: 'a', error: unreachable }])
    expect([tries, b.taken.length]).toEqual([3, 1])
    // 1 minute after the first failure, 2 after the second, 4 after the third.
    for (let minutes = 0.5; minutes < 7; minutes += 0.5) await pass(minutes, 'wrong')
    expect(tries).toBe(9)
    expect((await ledger.read()).state.channels[0]).toMatchObject({
      ...{ name: 'a', failures: 3, failingSince: minute(0), nextAt: minute(7), sentAt: null },
      error: { code: 'CHANNEL_FAILED', message: unreachable.message },
    })
    // That it fails is told through the other one, once it has lasted five minutes.
    expect(b.taken.map(({ title }) => title)).toEqual([
      'the last run of papers failed',
      'the alert channel a takes no messages',
    ])
    away = false
    await pass(7, 'fine')
    expect(a.taken.map(({ event, title }) => `${event} ${title}`)).toEqual([
      'opened the last run of papers failed',
      'resolved the last run of papers failed',
    ])
    await pass(8, 'fine')
    expect(b.taken.at(-1)).toMatchObject({ event: 'resolved', kind: 'channel', lastedSeconds: 8 * 60 })
    expect(a.taken.filter(({ kind }) => kind === 'channel')).toEqual([])
  })

  it('refusing one message takes the others, and the one is given up after three days', async () => {
    const ledger = memoryLedger()
    const a = new Receiver('a', ({ title }) => (title.includes('papers') ? refused : undefined))
    const checks = { 'run papers': 'wrong', source: 'wrong' } as const
    await monitorOnce({ ledger, channels: [a], by: 'x' }, minute(0), checks)
    expect(a.taken.map(({ title }) => title)).toEqual(['MongoDB cannot be reached'])
    expect((await ledger.read()).state.channels[0]).toMatchObject({ failures: 1, nextAt: minute(60) })
    const hour = 60
    for (let hours = 1; hours < 72; hours++)
      await monitorOnce({ ledger, channels: [a], by: `${hours}` }, minute(hours * hour), checks)
    expect((await ledger.read()).state.pending.at(0)?.message.at).toBe(minute(0))
    const { givenUp, state } = await monitorOnce({ ledger, channels: [a], by: 'last' }, minute(72 * hour), checks)
    expect(givenUp.map(({ message }) => message.at)).toEqual([minute(0)])
    expect(state.channels[0]).toMatchObject({ givenUp: 1 })
  })

  it('asking to be left alone is left alone', async () => {
    const ledger = memoryLedger()
    const details = { channel: 'a', reason: 'too many requests', next: 'wait', final: false, retryAfterMs: 30 * 60_000 }
    const a = new Receiver('a', () => new LakeferryError('CHANNEL_FAILED', details))
    await monitorOnce({ ledger, channels: [a], by: 'x' }, minute(0), { source: 'wrong' })
    expect((await ledger.read()).state.channels[0]?.nextAt).toBe(minute(30))
  })
})

describe('a lake that was away', () => {
  it('takes over what was told meanwhile, so that it is neither told again nor forgotten', async () => {
    const [lake, machine] = [memoryLedger(), memoryLedger()]
    const a = new Receiver('a')
    const channels = [a]
    await monitorOnce({ ledger: lake, channels, by: '0' }, minute(0), { lake: 'fine', source: 'fine' })
    for (const minutes of [10, 20]) {
      const away = { lake: 'wrong', source: 'wrong', 'freshness papers': { state: 'unknown', cause: 'lake' } } as const
      await monitorOnce({ ledger: machine, channels, by: `${minutes}` }, minute(minutes), away)
    }
    const back = { lake: 'fine', source: 'wrong', 'freshness papers': 'fine' } as const
    for (const minutes of [30, 40]) {
      await monitorOnce({ ledger: lake, channels, by: `${minutes}`, elsewhere: machine }, minute(minutes), back)
    }
    expect(a.taken.map(({ event, title, lastedSeconds }) => [event, title, lastedSeconds])).toEqual([
      ['opened', 'the lake cannot be reached', undefined],
      ['opened', 'MongoDB cannot be reached', undefined],
      ['resolved', 'the lake cannot be reached', 20 * 60],
    ])
    expect((await machine.read()).state.alerts).toEqual([])
    expect((await lake.read()).state.alerts.map(({ kind }) => kind)).toEqual(['source'])
  })
})
