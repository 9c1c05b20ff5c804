import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEAD_PORT } from '../ports/alert-channel-suite.js'
import { type ChannelReceiver, startChannelReceiver } from '../support/channel-receiver.js'
import { type MailServer, startMailServer } from '../support/mail-server.js'
import { jsonOf } from './cli-fixture.js'
import { lakeferry } from './spawned.js'

let cwd: string
let receiver: ChannelReceiver
let mail: MailServer

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-doctor-'))
  receiver = await startChannelReceiver()
  mail = await startMailServer({ user: { name: 'ann', password: 'mail-password' } })
  await mkdir(join(cwd, 'dump'))
  await writeFile(join(cwd, 'dump/papers.bson'), '')
})
afterAll(async () => {
  await receiver?.stop()
  await mail?.stop()
  await rm(cwd, { recursive: true, force: true })
})

async function doctor(alerts: string, ...options: string[]) {
  await writeFile(
    join(cwd, 'lakeferry.yaml'),
    `source: {uri: file:./dump, database: dump}\nlake: {url: file:./lake}\nalerts:\n${alerts}\n`,
  )
  // As a service would be that has no AWS: nothing of this machine's may be found.
  const env = { SLACK: `${receiver.url}/services/slack-token-1`, AWS_EC2_METADATA_DISABLED: 'true' }
  const invocation = await lakeferry(['doctor', '--json', ...options], { cwd, env }).ended
  const { checks } = jsonOf(invocation) as {
    checks: { name: string; ok: boolean; detail: string; hint: string | null }[]
  }
  return { ...invocation, channels: checks.filter(({ name }) => name.startsWith('alert channel')) }
}

describe('lakeferry doctor', () => {
  it('tries every alert channel, and nobody gets a message', async () => {
    receiver.behave(({ method }) => (method === 'POST' ? { status: 400, body: 'no_text' } : { status: 405 }))
    const { channels, exitCode } = await doctor(`
  - {kind: slack, url: "\${SLACK}"}
  - {kind: webhook, name: on-call, url: "${receiver.url}/hook-token-2"}
  - {kind: smtp, url: "smtp://ann:mail-password@127.0.0.1:${mail.port}", from: a@example.org, to: [b@example.org]}`)
    const host = new URL(receiver.url).host
    expect(channels).toEqual([
      { name: 'alert channel slack', ok: true, detail: `${host} knows the webhook; nothing was posted`, hint: null },
      {
        name: 'alert channel on-call',
        ok: true,
        detail: `${host} answers (HTTP 405 to HEAD); messages are not signed; whether it takes them, the first will show`,
        hint: null,
      },
      {
        name: 'alert channel smtp',
        ok: true,
        detail: `127.0.0.1:${mail.port} answers, signed in; no mail was sent`,
        hint: null,
      },
    ])
    expect(exitCode).toBe(0)
    expect(mail.mails).toEqual([])
    expect(receiver.received.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"text":""}'],
      ['HEAD', ''],
    ])
  })

  it('says of each that fails why, and what to do, and never a secret of it', async () => {
    receiver.behave({ status: 404, body: 'no_service' })
    const { channels, exitCode, stdout, stderr } = await doctor(
      `
  - {kind: slack, url: "\${SLACK}"}
  - {kind: webhook, url: "http://127.0.0.1:${DEAD_PORT}/hook-token-2"}
  - {kind: sns, topic: "arn:aws:sns:us-east-1:123456789012:t", endpoint: "http://127.0.0.1:${DEAD_PORT}"}
  - {kind: smtp, url: "smtp://ann:wrong-password@127.0.0.1:${mail.port}", from: a@example.org, to: [b@example.org]}`,
      '--verbose',
    )
    expect(exitCode).toBe(3)
    expect(channels.map(({ name, ok }) => [name, ok])).toEqual([
      ['alert channel slack', false],
      ['alert channel webhook', false],
      ['alert channel sns', false],
      ['alert channel smtp', false],
    ])
    expect(channels[0]).toMatchObject({
      detail: expect.stringContaining('CHANNEL_FAILED: the alert channel slack did not take a message: 127.0.0.1'),
      hint: expect.stringContaining('The webhook was removed'),
    })
    expect(channels[1]?.detail).toContain('connection refused')
    expect(channels[3]?.hint).toContain('user and password')
    expect(`${stdout}${stderr}`).not.toMatch(/slack-token-1|hook-token-2|wrong-password/)
  })
})
