import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSnsChannel } from '../../src/adapters/sns/sns-channel.js'
import { snsMessage } from '../../src/adapters/sns/sns-message.js'
import { DEAD_PORT, describeAlertChannel, failure, OPENED, REMINDED, RESOLVED } from '../ports/alert-channel-suite.js'
import { type Manner, startChannelReceiver } from '../support/channel-receiver.js'
import { type Moto, startMoto } from '../support/moto.js'

const CREDENTIALS = {
  accessKeyId: 'AKIAEXAMPLE',
  secretAccessKey: 'sns-secret-key-1234',
  sessionToken: 'sns-session-5678',
}

let moto: Moto
beforeAll(async () => {
  moto = await startMoto()
}, 300_000)
afterAll(() => moto?.stop())

/** As AWS answers, in the protocol that the SDK speaks to SNS. */
const refusal = (status: number, code: string, message = code): Manner => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
})

describeAlertChannel('sns', async () => {
  // moto itself is never busy: what stands in front of it is.
  const receiver = await startChannelReceiver()
  const topic = await moto.makeTopic('suite')
  const manners: Readonly<Record<string, Manner>> = {
    take: { forward: moto.endpoint },
    busy: refusal(500, 'InternalError', CREDENTIALS.secretAccessKey),
    refuse: refusal(403, 'AuthorizationError', `${CREDENTIALS.sessionToken} is not authorized`),
    hang: 'hang',
    reset: 'reset',
  }
  return {
    open: ({ timeoutMs, nowhere = false } = {}) =>
      openSnsChannel({
        name: 'my sns',
        topic: topic.arn,
        endpoint: nowhere ? `http://127.0.0.1:${DEAD_PORT}` : receiver.url,
        credentials: CREDENTIALS,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
    behave: mood => receiver.behave(manners[mood] ?? 'reset'),
    hanging: () => receiver.hanging,
    arrived: async () => (await topic.receive()).map(({ Message }) => Message),
    clear: async () => void (await topic.receive()),
    secrets: [CREDENTIALS.secretAccessKey, CREDENTIALS.sessionToken],
    stop: () => receiver.stop(),
  }
})

describe('a message to SNS', () => {
  const open = (topic: string) =>
    openSnsChannel({ name: 'sns', topic, endpoint: moto.endpoint, credentials: CREDENTIALS })

  it('comes to a queue as JSON, with a subject and attributes to filter by', async () => {
    const topic = await moto.makeTopic('queue')
    const channel = await open(topic.arn)
    await channel.send(OPENED)
    const [notification] = await topic.receive()
    expect(notification).toMatchObject({
      Type: 'Notification',
      TopicArn: topic.arn,
      Subject: 'Critical: papers is stale',
      MessageAttributes: {
        event: { Type: 'String', Value: 'opened' },
        severity: { Type: 'String', Value: 'critical' },
        kind: { Type: 'String', Value: 'freshness' },
      },
    })
    expect(JSON.parse(notification?.Message ?? '')).toEqual({
      type: 'alert.opened',
      timestamp: OPENED.at,
      data: OPENED,
    })
    expect(await channel.check()).toMatch(/:queue is there, with \d+ confirmed subscriptions?$/)
    await channel.close()
  })

  it('comes once to a FIFO topic when it is sent again', async () => {
    const topic = await moto.makeTopic('ordered.fifo')
    const channel = await open(topic.arn)
    for (const message of [OPENED, OPENED, REMINDED, OPENED, RESOLVED, RESOLVED]) await channel.send(message)
    const events: string[] = []
    // A queue gives out one message of a group at a time, until it is deleted.
    for (let round = 0; round < 6; round++)
      events.push(...(await topic.receive()).map(({ Message }) => JSON.parse(Message).type))
    expect(events).toEqual(['alert.opened', 'alert.reminded', 'alert.resolved'])
    await channel.close()
  })

  it('to a topic that is not there is final, and says what to look at', async () => {
    const channel = await open(`arn:aws:sns:${moto.region}:123456789012:nothing-here`)
    for (const work of [() => channel.send(OPENED), () => channel.check()]) {
      const error = await failure(work())
      expect(error).toMatchObject({ retryable: false, hint: expect.stringContaining('Is topic the ARN') })
    }
    await channel.close()
  })

  it('is text for people, and small enough for SMS and for the whole of SNS', () => {
    const { Message = '', Subject, MessageStructure } = snsMessage(OPENED, 'arn:aws:sns:us-east-1:123456789012:t')
    const forms = JSON.parse(Message)
    expect(MessageStructure).toBe('json')
    expect(Subject).toBe('Critical: papers is stale')
    expect(forms.default).toBe(forms.email)
    expect(forms.email).toMatch(/^Critical: papers is stale\n\nPromised: at most 26h old\n/)
    expect(forms.sms).toBe('Critical: papers is stale. Promised: at most 26h old. Seen: 3d 2h old.')
    expect(forms.lambda).toBe(forms.https)
  })

  it('keeps SNS’s bounds, whatever the data are', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.constant('😀"\\\u0001é'.repeat(300)))
    fc.assert(
      fc.property(text, text, text, fc.array(text, { maxLength: 60 }), (title, seen, id, affected) => {
        const message = { ...OPENED, title, seen, promised: seen, look: seen, lake: seen, id, alertId: id, affected }
        const input = snsMessage(message, 'arn:aws:sns:us-east-1:123456789012:t.fifo')
        expect(input.Subject).toMatch(/^[\x20-\x7e]{1,99}$/)
        expect(Buffer.byteLength(input.Message ?? '')).toBeLessThan(256 * 1024)
        expect(JSON.parse(input.Message ?? '').sms.length).toBeLessThanOrEqual(140)
        // As docs/channels.md has it of the webhook, which is the same.
        expect(Buffer.byteLength(JSON.parse(input.Message ?? '').https)).toBeLessThan(40 * 1024)
        for (const fifo of [input.MessageGroupId, input.MessageDeduplicationId])
          expect(fifo).toMatch(/^[\x21-\x7e]{0,128}$/)
      }),
      { numRuns: 20 },
    )
  })
})

describe('SNS’s refusals', () => {
  it.each([
    ['ThrottledException', 429, true, ''],
    ['KMSThrottlingException', 400, true, ''],
    ['InternalError', 500, true, ''],
    ['InvalidClientTokenId', 403, false, 'AWS_ACCESS_KEY_ID'],
    ['AuthorizationError', 403, false, 'Allow sns:Publish on the topic'],
    ['KMSAccessDeniedException', 400, false, 'kms:GenerateDataKey'],
    ['NotFound', 404, false, 'Is topic the ARN'],
  ] as const)('%s: retryable %s', async (code, status, retryable, hint) => {
    const receiver = await startChannelReceiver()
    receiver.behave(refusal(status, code, `${code} of this test`))
    const topic = 'arn:aws:sns:eu-central-1:123456789012:t'
    const channel = await openSnsChannel({ name: 'sns', topic, endpoint: receiver.url, credentials: CREDENTIALS })
    const error = await failure(channel.send(OPENED))
    expect(error).toMatchObject({ code: 'CHANNEL_FAILED', retryable })
    expect(error.message).toContain(code)
    expect(error.hint).toContain(hint)
    expect(receiver.received).toHaveLength(1)
    await channel.close()
    await receiver.stop()
  })

  it('are no fault in check where the role may only publish', async () => {
    const receiver = await startChannelReceiver()
    receiver.behave(refusal(403, 'AuthorizationError', 'not authorized to perform: SNS:GetTopicAttributes'))
    const topic = 'arn:aws:sns:eu-central-1:123456789012:t'
    const channel = await openSnsChannel({ name: 'sns', topic, endpoint: receiver.url, credentials: CREDENTIALS })
    expect(await channel.check()).toContain('publishing was not tried')
    await channel.close()
    await receiver.stop()
  })

  it('without any credentials say where they were looked for', async () => {
    const receiver = await startChannelReceiver()
    const topic = 'arn:aws:sns:eu-central-1:123456789012:t'
    const before = { ...process.env }
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name]
    Object.assign(process.env, {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
    })
    try {
      const channel = await openSnsChannel({ name: 'sns', topic, endpoint: receiver.url })
      const error = await failure(channel.send(OPENED))
      expect(error).toMatchObject({ retryable: false, hint: expect.stringContaining('AWS_PROFILE') })
      expect(receiver.received).toEqual([])
      await channel.close()
    } finally {
      for (const name of ['AWS_EC2_METADATA_DISABLED', 'AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])
        delete process.env[name]
      Object.assign(process.env, before)
      await receiver.stop()
    }
  })
})
