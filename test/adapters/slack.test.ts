import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SlackChannel } from '../../src/adapters/slack/slack-channel.js'
import { slackMessage } from '../../src/adapters/slack/slack-message.js'
import type { LakeferryError } from '../../src/errors.js'
import {
  DEAD_PORT,
  describeAlertChannel,
  expectNoSecret,
  failure,
  OPENED,
  RESOLVED,
} from '../ports/alert-channel-suite.js'
import { type ChannelReceiver, type Manner, startChannelReceiver } from '../support/channel-receiver.js'

const PATH = '/services/T0AAAAAAA/B0BBBBBBB/cCcCcCcCcCcCcCcCcCcCcCcC'
const MOODS: Readonly<Record<string, Manner>> = {
  busy: { status: 503, body: 'upstream request timeout' },
  refuse: { status: 404, body: 'no_service' },
  hang: 'hang',
  reset: 'reset',
}

/** As Slack does: it takes what has a text, and says `no_text` of what has none. */
const slack = ({ body }: { body: string }): Manner =>
  (JSON.parse(body) as { text: string }).text === '' ? { status: 400, body: 'no_text' } : { status: 200, body: 'ok' }

describeAlertChannel('slack', async () => {
  const receiver = await startChannelReceiver()
  return {
    open: async ({ timeoutMs, nowhere = false } = {}) =>
      new SlackChannel({
        name: 'my slack',
        url: `${nowhere ? `http://127.0.0.1:${DEAD_PORT}` : receiver.url}${PATH}`,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
    behave: mood => receiver.behave(MOODS[mood] ?? slack),
    hanging: () => receiver.hanging,
    arrived: async () => receiver.received.map(({ body }) => body).filter(body => JSON.parse(body).text !== ''),
    clear: () => receiver.clear(),
    secrets: [PATH, 'T0AAAAAAA', 'cCcCcCcCcCcCcCcCcCcCcCcC'],
    stop: () => receiver.stop(),
  }
})

describe('a message to Slack', () => {
  it('has a header, the facts, the next steps, and a text for notifications', () => {
    expect(slackMessage(OPENED)).toEqual({
      text: '🔴 Critical: papers is stale. Promised: at most 26h old. Seen: 3d 2h old.',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: '🔴 Critical: papers is stale', emoji: false } },
        {
          type: 'section',
          text: {
            type: 'mrkdwn',
            verbatim: true,
            text: [
              '*Promised:* at most 26h old',
              '*Seen:* 3d 2h old',
              '*Since:* 2026-11-19 02:00:00 UTC',
              '*Also affected:* volume papers',
              '*Run:* 20261119T000000.000Z-1a2b3c',
              '*Lake:* s3://lake/prod',
            ].join('\n'),
          },
        },
        {
          type: 'context',
          elements: [
            { type: 'mrkdwn', verbatim: true, text: 'Look at `lakeferry status papers`' },
            { type: 'mrkdwn', verbatim: true, text: 'Acknowledge: `lakeferry alerts ack 1a2b3c`' },
          ],
        },
      ],
    })
    const resolved = slackMessage({ ...RESOLVED, look: 'https://grafana.example.org/d/1?a=1&b=2|3' })
    expect(resolved.text).toMatch(/^✅ Resolved after 1d 1h: papers is stale/)
    expect(resolved.blocks[2]).toEqual({
      type: 'context',
      elements: [{ type: 'mrkdwn', verbatim: true, text: 'Look at <https://grafana.example.org/d/1?a=1&amp;b=2%7C3>' }],
    })
  })

  it('calls nobody and makes no link, whatever the data are', () => {
    const evil = '<!channel> <@U123> <https://evil.example|click> & @here ``` \n*Seen:* all is well'
    const message = slackMessage({ ...OPENED, title: evil, promised: evil, seen: evil, look: evil, affected: [evil] })
    const parsed = [message.text, ...mrkdwnOf(message)].join('\n')
    // Every order to Slack stands between < and >: there are none.
    expect(parsed).not.toMatch(/[<>]/)
    expect(parsed).toContain('&lt;!channel&gt;')
    // Nor does a line break of the data make a fact of its own, or a backtick end a command.
    expect(parsed.match(/^\*Seen:\*/gm)).toHaveLength(1)
    expect(mrkdwnOf(message).at(-2)?.match(/`/g)).toHaveLength(2)
  })

  it('stays within Slack’s bounds, whatever the data are', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 1_000 }), fc.constant('&<>'.repeat(2_000)))
    fc.assert(
      fc.property(text, text, text, fc.array(text, { maxLength: 5 }), (title, seen, look, affected) => {
        const message = slackMessage({ ...OPENED, title, promised: seen, seen, look, lake: look, affected })
        expect(message.text.length).toBeLessThanOrEqual(3_000)
        for (const part of mrkdwnOf(message)) expect(part.length).toBeLessThanOrEqual(3_000)
        const [header] = message.blocks
        if (header?.type === 'header') expect([...header.text.text].length).toBeLessThanOrEqual(150)
        // No escape was cut in two.
        for (const part of mrkdwnOf(message)) expect(part.replaceAll(/&(amp|lt|gt);/g, '')).not.toMatch(/&/)
      }),
      { numRuns: 20 },
    )
  })
})

describe('Slack’s refusals', () => {
  let receiver: ChannelReceiver
  beforeAll(async () => {
    receiver = await startChannelReceiver()
  })
  afterAll(() => receiver.stop())
  const send = (manner: Manner): Promise<LakeferryError> => {
    receiver.behave(manner)
    return failure(new SlackChannel({ name: 'slack', url: `${receiver.url}${PATH}` }).send(OPENED))
  }

  it.each([
    [403, 'invalid_token', 'The address is wrong or its token was revoked'],
    [410, 'channel_is_archived', 'Unarchive the channel'],
    [404, 'no_service', 'The webhook was removed'],
    [403, 'action_prohibited', 'An administrator of the workspace forbids it'],
    [302, '', 'Is url the address of an incoming webhook'],
  ] as const)('%i %s is final, with what to do', async (status, body, hint) => {
    const error = await send({ status, body, headers: { location: 'https://elsewhere.example' } })
    expect(error.retryable).toBe(false)
    expect(error.hint).toContain(hint)
    expect(error.message).toBe(
      `the alert channel slack did not take a message: ${new URL(receiver.url).host} answered HTTP ${status}${body === '' ? '' : ` ${body}`}`,
    )
  })

  it('429 is not, and says when', async () => {
    const error = await send({ status: 429, headers: { 'retry-after': '30' }, body: 'rate_limited' })
    expect(error).toMatchObject({ retryable: true, details: { retryAfterMs: 30_000 } })
  })

  it('are told without what a page of somebody else says', async () => {
    const error = await send({ status: 502, body: `<html>${PATH}</html>` })
    expect(error.message).toMatch(/answered HTTP 502$/)
  })

  it('are found by check', async () => {
    const channel = new SlackChannel({ name: 'slack', url: `${receiver.url}${PATH}` })
    receiver.behave(slack)
    expect(await channel.check()).toBe(`${new URL(receiver.url).host} knows the webhook; nothing was posted`)
    receiver.behave({ status: 403, body: 'invalid_token' })
    expect(await failure(channel.check())).toMatchObject({ code: 'CHANNEL_FAILED', retryable: false })
  })

  it('never tell the token, whatever it is and wherever the answer repeats it', async () => {
    const token = fc.stringMatching(/^[A-Za-z0-9_-]{12,40}$/)
    await fc.assert(
      fc.asyncProperty(token, fc.constantFrom(400, 403, 429, 500), async (secret, status) => {
        receiver.behave({ status, body: secret })
        const url = `${receiver.url}/services/${secret}?key=${secret}`
        expectNoSecret(await failure(new SlackChannel({ name: 'slack', url }).send(OPENED)), [secret])
      }),
      { numRuns: 20 },
    )
  })
})

function mrkdwnOf(message: ReturnType<typeof slackMessage>): string[] {
  return message.blocks.flatMap(block => {
    if (block.type === 'section') return [block.text.text]
    return block.type === 'context' ? block.elements.map(({ text }) => text) : []
  })
}
