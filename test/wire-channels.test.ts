import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config/load-config.js'
import { openChannels } from '../src/wire.js'
import { OPENED } from './ports/alert-channel-suite.js'
import { type ChannelReceiver, startChannelReceiver } from './support/channel-receiver.js'

let cwd: string
let receiver: ChannelReceiver
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-channels-'))
  receiver = await startChannelReceiver()
})
afterEach(async () => {
  await receiver.stop()
  await rm(cwd, { recursive: true })
})

async function open(lake: string, alerts: string) {
  const text = `source: {uri: "mongodb://h", database: d}\nlake: ${lake}\nalerts:\n${alerts}\n`
  await writeFile(join(cwd, 'lakeferry.yaml'), text)
  return await openChannels((await loadConfig({ cwd, env: {} })).config)
}

describe('the channels of a configuration', () => {
  it('are opened in its order, and nothing is sent', async () => {
    const channels = await open(
      '{url: file:./lake}',
      `  - {kind: smtp, url: "smtp://127.0.0.1:2", from: a@b, to: [c@d]}
  - {kind: slack, url: "${receiver.url}/s"}
  - {kind: sns, topic: "arn:aws:sns:us-east-1:123456789012:t", endpoint: "${receiver.url}"}
  - {kind: webhook, url: "${receiver.url}/w"}
  - {kind: slack, url: "${receiver.url}/second"}`,
    )
    expect(channels.map(({ kind, name }) => [kind, name])).toEqual([
      ['smtp', 'smtp'],
      ['slack', 'slack'],
      ['sns', 'sns'],
      ['webhook', 'webhook'],
      ['slack', 'slack 2'],
    ])
    expect(receiver.received).toEqual([])
    await channels[4]?.send(OPENED)
    expect(receiver.received.map(({ path }) => path)).toEqual(['/second'])
    for (const channel of channels) await channel.close()
  })

  it('are none where nobody is to be told', async () => {
    expect(await open('{url: file:./lake}', '  []')).toEqual([])
  })

  it('sign in to SNS as the lake does, unless the lake is not on AWS', async () => {
    const keys = 'credentials: {accessKeyId: LAKEKEY, secretAccessKey: s}'
    const alerts = `  - {kind: sns, topic: "arn:aws:sns:eu-west-1:123456789012:t", endpoint: "${receiver.url}"}`
    const before = { ...process.env }
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'ENVKEY', AWS_SECRET_ACCESS_KEY: 's' })
    try {
      for (const lake of [`{url: "s3://b", ${keys}}`, `{url: "s3://b", endpoint: "http://127.0.0.1:2", ${keys}}`]) {
        const [channel] = await open(lake, alerts)
        await channel?.send(OPENED).catch(() => undefined)
        await channel?.close()
      }
    } finally {
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name]
      Object.assign(process.env, before)
    }
    const signedBy = receiver.received.map(({ headers }) =>
      /Credential=([^/]+)\/\d+\/([^/]+)\/sns/.exec(headers.authorization ?? ''),
    )
    // And in the region of the topic.
    expect(signedBy.map(match => match?.slice(1))).toEqual([
      ['LAKEKEY', 'eu-west-1'],
      ['ENVKEY', 'eu-west-1'],
    ])
  })
})
