import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { webhookHeaders } from '../../src/adapters/webhook/signature.js'
import { WebhookChannel } from '../../src/adapters/webhook/webhook-channel.js'
import {
  DEAD_PORT,
  describeAlertChannel,
  expectNoSecret,
  failure,
  OPENED,
  REMINDED,
} from '../ports/alert-channel-suite.js'
import { type ChannelReceiver, type Manner, startChannelReceiver } from '../support/channel-receiver.js'

const SECRET = `whsec_${Buffer.from('a key of thirty-two bytes, to test').toString('base64')}`
const PATH = '/hooks/lakeferry-token-1234?key=query-token-5678'
const MOODS: Readonly<Record<string, Manner>> = {
  busy: { status: 503, body: SECRET },
  refuse: { status: 401, body: `no ${SECRET}` },
  hang: 'hang',
  reset: 'reset',
}

describeAlertChannel('webhook', async () => {
  const receiver = await startChannelReceiver()
  const user = 'user-9012:pass-3456@'
  return {
    open: async ({ timeoutMs, nowhere = false } = {}) =>
      new WebhookChannel({
        name: 'my webhook',
        url: `${nowhere ? `http://127.0.0.1:${DEAD_PORT}` : receiver.url}${PATH}`.replace('http://', `http://${user}`),
        secret: SECRET,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
    behave: mood => receiver.behave(MOODS[mood] ?? { status: 204 }),
    hanging: () => receiver.hanging,
    arrived: async () => receiver.received.filter(({ method }) => method === 'POST').map(({ body }) => body),
    clear: () => receiver.clear(),
    secrets: [SECRET, 'lakeferry-token-1234', 'query-token-5678', 'user-9012', 'pass-3456'],
    stop: () => receiver.stop(),
  }
})

describe('a webhook', () => {
  let receiver: ChannelReceiver
  beforeAll(async () => {
    receiver = await startChannelReceiver()
  })
  beforeEach(() => {
    receiver.clear()
    receiver.behave({ status: 200 })
  })
  afterAll(() => receiver.stop())
  const channel = (options: { secret?: string; at?: string } = {}): WebhookChannel =>
    new WebhookChannel({
      name: 'webhook',
      url: `${receiver.url}${PATH}`,
      ...(options.secret === undefined ? {} : { secret: options.secret }),
      ...(options.at === undefined ? {} : { clock: { now: () => new Date(options.at ?? '') } }),
    })

  it('is posted as JSON to the whole address, signed so that the library of the standard verifies it', async () => {
    await channel({ secret: SECRET }).send(OPENED)
    const [request] = receiver.received
    expect(request).toMatchObject({ method: 'POST', path: PATH })
    expect(request?.headers['content-type']).toBe('application/json')
    expect(JSON.stringify(request)).not.toContain(SECRET.slice('whsec_'.length))
    const verified = new Webhook(SECRET).verify(request?.body ?? '', request?.headers as Record<string, string>)
    expect(verified).toEqual({ type: 'alert.opened', timestamp: OPENED.at, data: OPENED })
  })

  it('is refused by that library when a byte of it was changed, or it is old', async () => {
    await channel({ secret: SECRET, at: '2020-01-01T00:00:00Z' }).send(OPENED)
    await channel({ secret: SECRET }).send(OPENED)
    const [old, fresh] = receiver.received
    const verify = (body: string | undefined, headers: unknown) => () =>
      new Webhook(SECRET).verify(body ?? '', headers as Record<string, string>)
    expect(verify(fresh?.body, fresh?.headers)).not.toThrow()
    expect(verify(fresh?.body.replace('papers', 'papres'), fresh?.headers)).toThrow('No matching signature')
    expect(verify(fresh?.body, { ...fresh?.headers, 'webhook-id': 'another' })).toThrow('No matching signature')
    expect(verify(old?.body, old?.headers)).toThrow('too old')
  })

  it('has the same id and the same bytes when it is sent again, and a time of its own', async () => {
    await channel({ secret: SECRET, at: '2026-11-22T04:00:00Z' }).send(REMINDED)
    await channel({ secret: SECRET, at: '2026-11-22T04:10:00Z' }).send(REMINDED)
    const [first, second] = receiver.received
    expect(second?.body).toBe(first?.body)
    expect(first?.headers['webhook-id']).toBe(REMINDED.id)
    expect(second?.headers['webhook-id']).toBe(REMINDED.id)
    expect(Number(second?.headers['webhook-timestamp']) - Number(first?.headers['webhook-timestamp'])).toBe(600)
  })

  it('without a secret is not signed', async () => {
    await channel().send(OPENED)
    expect(receiver.received[0]?.headers).not.toHaveProperty('webhook-signature')
    expect(receiver.received[0]?.headers['webhook-id']).toBe(OPENED.id)
    expect(await channel().check()).toContain('messages are not signed')
  })

  it('has an id that is fit for a header, the same for the same message', async () => {
    for (const id of ['a\r\nx-evil: 1', 'é', '']) {
      await channel().send({ ...OPENED, id })
      await channel().send({ ...OPENED, id })
    }
    const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[\w.-]{1,128}$/)
    expect(receiver.received.some(({ headers }) => 'x-evil' in headers)).toBe(false)
  })

  it('signs in with user and password of the address, which are in no line of the request', async () => {
    const url = `${receiver.url}/x`.replace('http://', 'http://ann:p%40ss@')
    await new WebhookChannel({ name: 'webhook', url }).send(OPENED)
    const authorization = `Basic ${Buffer.from('ann:p@ss').toString('base64')}`
    expect(receiver.received[0]).toMatchObject({ path: '/x', headers: { authorization } })
  })

  it('does not follow a redirect, nor tell where it goes', async () => {
    const elsewhere = await startChannelReceiver()
    for (const status of [301, 302, 307, 308]) {
      receiver.behave({ status, headers: { location: `${elsewhere.url}/another-secret` } })
      const error = await failure(channel({ secret: SECRET }).send(OPENED))
      expect(error).toMatchObject({ retryable: false, hint: 'Put the address that it redirects to into url.' })
      expectNoSecret(error, ['another-secret'])
    }
    expect(elsewhere.received).toEqual([])
    await elsewhere.stop()
  })

  it.each([
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [504, true],
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [410, false],
    [413, false],
    [422, false],
  ])('takes HTTP %i for what may be retried: %s', async (status, retryable) => {
    receiver.behave({ status })
    expect(await failure(channel().send(OPENED))).toMatchObject({ code: 'CHANNEL_FAILED', retryable })
  })

  it('carries how long the receiver wants to be left alone, in seconds or as a date', async () => {
    const retryAfterMs = async (value: string): Promise<unknown> => {
      receiver.behave({ status: 503, headers: { 'retry-after': value } })
      return ((await failure(channel().send(OPENED))).details as { retryAfterMs?: number }).retryAfterMs
    }
    expect(await retryAfterMs('120')).toBe(120_000)
    expect(await retryAfterMs(new Date(Date.now() + 90_000).toUTCString())).toBeGreaterThan(80_000)
    expect(await retryAfterMs(new Date(0).toUTCString())).toBe(0)
    for (const nonsense of ['soon', '-5', '1.5', '99999999999999']) expect(await retryAfterMs(nonsense)).toBeUndefined()
  })

  it('keeps its size within bounds', async () => {
    const long = 'x'.repeat(100_000)
    const affected = Array.from({ length: 10_000 }, (_, index) => `freshness d${index}`)
    await channel().send({ ...OPENED, title: long, seen: long, promised: long, look: long, affected })
    expect(Buffer.byteLength(receiver.received[0]?.body ?? '')).toBeLessThan(20_000)
  })

  it('tells no part of the address or the secret, whatever they are', async () => {
    const token = fc.stringMatching(/^[A-Za-z0-9_-]{12,30}$/)
    await fc.assert(
      fc.asyncProperty(token, token, fc.constantFrom(302, 400, 500), async (path, query, status) => {
        receiver.behave({ status, body: `${path} ${query}` })
        const url = `${receiver.url}/${path}?t=${query}`
        expectNoSecret(await failure(new WebhookChannel({ name: 'w', url, secret: SECRET }).send(OPENED)), [
          path,
          query,
        ])
      }),
      { numRuns: 30 },
    )
  })
})

describe('the signature', () => {
  it('is the one of the standard’s library for any key and body', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 24, max: 64 }),
        fc.string(),
        fc.date({ noInvalidDate: true, min: new Date(0) }),
        (bytes, body, at) => {
          const secret = `whsec_${randomBytes(bytes).toString('base64')}`
          const headers = webhookHeaders('msg-1', at, body, secret)
          expect(headers['webhook-signature']).toBe(new Webhook(secret).sign('msg-1', at, body))
        },
      ),
    )
  })

  it('is the one of the standard’s own example', () => {
    // standard-webhooks/spec: the libraries' shared test vector.
    const headers = webhookHeaders(
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1_614_265_330_000),
      '{"test": 2432232314}',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    )
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })
})
