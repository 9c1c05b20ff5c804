import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isLakeferryError, LakeferryError } from '../../src/errors.js'
import type { AlertMessage } from '../../src/model/alert.js'
import type { AlertChannel } from '../../src/ports/alert-channel.js'

/** What the service does from now on. `busy`: 503 or its like; `refuse`: for good. */
export type ServiceMood = 'take' | 'busy' | 'refuse' | 'hang' | 'reset'

/** The service of a channel, on this machine. */
export interface ChannelService {
  /** To the service; with `nowhere` to a port that nobody listens to. */
  open(options?: { readonly timeoutMs?: number; readonly nowhere?: boolean }): Promise<AlertChannel>
  behave(mood: ServiceMood): void
  /** Messages that have come and were left without an answer so far. */
  hanging(): number
  /** The text of each message that people or programs have got, decoded. */
  arrived(): Promise<readonly string[]>
  clear(): Promise<void> | void
  /** Texts that nobody may be shown. */
  readonly secrets: readonly string[]
  stop(): Promise<void>
}

/** Nobody listens there, nor is given it while a test runs, as one that was free a moment ago may be. */
export const DEAD_PORT = 2

export const OPENED: AlertMessage = {
  id: '1a2b3c-1',
  event: 'opened',
  alertId: '1a2b3c',
  kind: 'freshness',
  severity: 'critical',
  title: 'papers is stale',
  promised: 'at most 26h old',
  seen: '3d 2h old',
  since: '2026-11-19T02:00:00.000Z',
  at: '2026-11-22T04:00:00.000Z',
  affected: ['volume papers'],
  look: 'lakeferry status papers',
  runId: '20261119T000000.000Z-1a2b3c',
  lake: 's3://lake/prod',
}

export const REMINDED: AlertMessage = {
  ...OPENED,
  id: '1a2b3c-2',
  event: 'reminded',
  at: '2026-11-23T04:00:00.000Z',
  lastedSeconds: 86_400,
}

export const RESOLVED: AlertMessage = {
  ...OPENED,
  id: '1a2b3c-3',
  event: 'resolved',
  seen: '1h old',
  at: '2026-11-23T05:00:00.000Z',
  lastedSeconds: 90_000,
}

/** The comments of `src/ports/alert-channel.ts`, held by every adapter. */
export function describeAlertChannel(kind: AlertChannel['kind'], start: () => Promise<ChannelService>): void {
  describe(`a channel of kind ${kind}`, () => {
    let service: ChannelService
    let channel: AlertChannel
    beforeAll(async () => {
      service = await start()
      channel = await service.open()
    })
    beforeEach(async () => {
      service.behave('take')
      await service.clear()
    })
    afterAll(async () => {
      await channel?.close()
      await service?.stop()
    })

    it('has its kind and the name of the configuration', () => {
      expect(channel).toMatchObject({ kind, name: `my ${kind}` })
    })

    it('brings what was promised, what was seen, since when, how long and where to look', async () => {
      await channel.send(REMINDED)
      const [text = '', ...more] = await service.arrived()
      expect(more).toEqual([])
      for (const part of [
        'papers is stale',
        'at most 26h old',
        '3d 2h old',
        'lakeferry status papers',
        's3://lake/prod',
      ])
        expect(text).toContain(part)
      expect(text).toMatch(/2026-11-19[T ]02:00:00/)
      expect(text).toMatch(/1d|86400/)
    })

    it('brings text of any script as it is', async () => {
      const title = 'données “périmées” 📦 отчёт'
      await channel.send({ ...OPENED, id: 'unicode-1', title })
      expect((await service.arrived())[0]).toContain(title)
    })

    it('takes the three events of an alert one after the other', async () => {
      for (const message of [OPENED, REMINDED, RESOLVED]) await channel.send({ ...message, id: `life-${message.id}` })
      expect(await service.arrived()).toHaveLength(3)
    })

    it('can be tried again where the service is busy', async () => {
      service.behave('busy')
      expect(await failure(channel.send(OPENED))).toMatchObject({
        code: 'CHANNEL_FAILED',
        retryable: true,
        exitCode: 3,
      })
    })

    it('cannot be tried again where the service refuses, and says what to do', async () => {
      service.behave('refuse')
      const error = await failure(channel.send(OPENED))
      expect(error).toMatchObject({ code: 'CHANNEL_FAILED', retryable: false, details: { channel: `my ${kind}` } })
      expect(error.hint).toMatch(/\w{3}/)
      expect(error.message).toContain(`my ${kind}`)
    })

    it('gives up a service that does not answer', async () => {
      service.behave('hang')
      const patient = await service.open({ timeoutMs: 250 })
      const begun = performance.now()
      const error = await failure(patient.send(OPENED))
      expect(error).toMatchObject({ code: 'CHANNEL_FAILED', retryable: true })
      expect(error.message).toContain('no answer within 0.25 s')
      // Untold it would be 10 s.
      expect(performance.now() - begun).toBeLessThan(9_000)
      await patient.close()
    })

    it('can be tried again where the connection breaks', async () => {
      service.behave('reset')
      expect(await failure(channel.send(OPENED))).toMatchObject({ code: 'CHANNEL_FAILED', retryable: true })
    })

    it('can be tried again where nobody listens, and check says so, too', async () => {
      const lost = await service.open({ nowhere: true })
      for (const work of [() => lost.send(OPENED), () => lost.check()]) {
        const error = await failure(work())
        expect(error).toMatchObject({ code: 'CHANNEL_FAILED', retryable: true })
        expect(error.message).toMatch(/refused/i)
      }
      await lost.close()
    })

    it('stops when it is told to, before and in the middle', async () => {
      const early = await failure(channel.send(OPENED, AbortSignal.abort('Ctrl-C')))
      expect(early.code).toBe('INTERRUPTED')
      service.behave('hang')
      const [before, stop] = [service.hanging(), new AbortController()]
      const late = failure(channel.send(OPENED, stop.signal))
      // Not before it has come: it would come in the next test.
      await expect.poll(() => service.hanging(), { timeout: 9_000 }).toBe(before + 1)
      stop.abort('Ctrl-C')
      expect((await late).code).toBe('INTERRUPTED')
    })

    it('is checked without a message that anybody sees', async () => {
      expect(await channel.check()).toMatch(/\w+ \w+/)
      expect(await service.arrived()).toEqual([])
    })

    it('tells a secret in no error', async () => {
      for (const mood of ['busy', 'refuse', 'reset'] as const) {
        service.behave(mood)
        expectNoSecret(await failure(channel.send(OPENED)), service.secrets)
        const error = await channel.check().then(
          sentence => sentence,
          (thrown: unknown) => thrown,
        )
        expectNoSecret(error, service.secrets)
      }
      const lost = await service.open({ nowhere: true })
      expectNoSecret(await failure(lost.send(OPENED)), service.secrets)
      await lost.close()
    })
  })
}

/** What was thrown; it must be an error of ours. */
export async function failure(work: Promise<unknown>): Promise<LakeferryError> {
  const error = await work.then(
    () => expect.fail('it was taken'),
    (thrown: unknown) => thrown,
  )
  if (!isLakeferryError(error)) throw error
  return error
}

/** In nothing that is printed of it, with --verbose and in --json, too. */
export function expectNoSecret(shown: unknown, secrets: readonly string[]): void {
  const texts: string[] = []
  for (let at = shown; at !== undefined && at !== null; at = (at as { cause?: unknown }).cause) {
    texts.push(String(at), JSON.stringify(at) ?? '')
    if (at instanceof Error) texts.push(at.stack ?? '')
    if (at instanceof LakeferryError) texts.push(at.hint, JSON.stringify(at.details))
  }
  for (const secret of secrets) expect(texts.join('\n')).not.toContain(secret)
}
