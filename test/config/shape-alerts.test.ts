// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the notation of lakeferry.yaml
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LoadedConfig, loadConfig } from '../../src/config/load-config.js'
import { originLines } from '../../src/config/origin.js'
import type { LakeferryError } from '../../src/errors.js'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'lakeferry-alerts-'))
})
afterEach(() => rm(cwd, { recursive: true }))

const HEAD = 'source: {uri: "mongodb://h", database: d}\nlake: {url: file:./lake}\n'
const KEY = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const ENV = { SLACK: 'https://hooks.slack.com/services/T1/B1/s3cr3t', KEY, MAIL: 'smtps://me:pa%2Fss@mail.example.org' }

async function load(alerts: string, env: Record<string, string> = ENV): Promise<LoadedConfig> {
  await writeFile(join(cwd, 'lakeferry.yaml'), `${HEAD}${alerts}\n`)
  return await loadConfig({ env, cwd })
}

async function refusal(alerts: string, env?: Record<string, string>): Promise<string> {
  const error = await load(alerts, env).then(
    () => expect.fail('it was accepted'),
    (thrown: LakeferryError) => thrown,
  )
  return `${error.code} ${error.message}`
}

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:lakeferry'
const ALL = `alerts:
  - {kind: slack, url: "\${SLACK}"}
  - kind: webhook
    url: http://10.0.0.5:8080/hook
    secret: \${KEY}
  - {kind: slack, url: "http://127.0.0.1:9/x"}
  - {kind: sns, topic: "${TOPIC}", region: us-east-1, endpoint: "http://127.0.0.1:5000"}
  - {kind: smtp, url: "\${MAIL}", from: "Lakeferry <a@example.org>", to: [b@example.org, "Zoë <c@example.org>"]}
  - {kind: webhook, name: on-call, url: "https://u:p@example.org"}`

describe('alerts', () => {
  it('become channels with names, in the order of the file', async () => {
    expect((await load(ALL)).config.alerts).toEqual([
      { kind: 'slack', name: 'slack', url: ENV.SLACK },
      { kind: 'webhook', name: 'webhook', url: 'http://10.0.0.5:8080/hook', secret: KEY },
      { kind: 'slack', name: 'slack 2', url: 'http://127.0.0.1:9/x' },
      { kind: 'sns', name: 'sns', topic: TOPIC, region: 'us-east-1', endpoint: 'http://127.0.0.1:5000' },
      {
        kind: 'smtp',
        name: 'smtp',
        url: ENV.MAIL,
        from: 'Lakeferry <a@example.org>',
        to: ['b@example.org', 'Zoë <c@example.org>'],
      },
      { kind: 'webhook', name: 'on-call', url: 'https://u:p@example.org' },
    ])
  })

  it('are none where there are none', async () => {
    expect((await load('')).config.alerts).toEqual([])
    expect((await load('alerts: []')).config.alerts).toEqual([])
  })

  it('have no secret in the trace', async () => {
    const lines = originLines((await load(ALL)).origin)
    expect(lines).toContain('alerts.0.url = ***  (lakeferry.yaml:4 from ${SLACK})')
    expect(lines).toContain('alerts.1.secret = ***  (lakeferry.yaml:7 from ${KEY})')
    expect(lines).toContain(`alerts.3.topic = ${TOPIC}  (lakeferry.yaml:9)`)
    expect(lines.join('\n')).not.toMatch(/s3cr3t|whsec_|pa%2Fss|u:p@/)
  })

  it('take the addresses of a mail from one variable, with commas between them', async () => {
    const text = 'alerts:\n  - {kind: smtp, url: "smtp://h", from: a@b, to: "${TO}"}'
    expect((await load(text, { TO: 'x@y, z@w' })).config.alerts[0]).toMatchObject({ to: ['x@y', 'z@w'] })
  })

  it('are in no variable of their own', async () => {
    const { config, warnings } = await load('', { LAKEFERRY_ALERTS: 'slack' })
    expect(config.alerts).toEqual([])
    expect(warnings[0]).toContain('LAKEFERRY_ALERTS is no setting')
  })
})

const MAIL = 'from: a@b, to: [c@d]'
const COMPLAINTS: readonly [title: string, channel: string, complaint: string][] = [
  ['no kind', '{url: "https://x"}', 'alerts.0.kind: wanted one of slack, webhook, sns, smtp, got nothing'],
  ['another kind', '{kind: pager}', 'alerts.0.kind: wanted one of slack, webhook, sns, smtp, got "pager"'],
  ['a key with a typo', '{kind: slack, ulr: x}', 'unknown key alerts.0.ulr'],
  ['no url', '{kind: slack}', 'alerts.0.url: wanted the address that messages go to, for kind slack, got nothing'],
  [
    'an empty url',
    '{kind: slack, url: "${NONE:-}"}',
    'alerts.0.url: wanted the address that messages go to, got nothing from ${NONE}',
  ],
  [
    'an empty secret',
    '{kind: webhook, url: "http://x", secret: ""}',
    'alerts.0.secret: wanted whsec_ and the Base64 of 24 to 64 random bytes, got nothing',
  ],
  [
    'a url that is none',
    '{kind: slack, url: "${BAD}"}',
    'alerts.0.url: wanted the address of an incoming webhook, https://hooks.slack.com/services/…, got something that is no address from ${BAD}',
  ],
  [
    'Slack in the clear',
    '{kind: slack, url: "http://hooks.slack.com/services/s3cr3t"}',
    'got an address of another kind',
  ],
  [
    'a webhook of another scheme',
    '{kind: webhook, url: "ftp://x/s3cr3t"}',
    'alerts.0.url: wanted an address such as https://example.org/lakeferry, got an address of another kind',
  ],
  ['a fragment', '{kind: webhook, url: "https://x/#s3cr3t"}', 'got an address with a #'],
  [
    'a secret without its prefix',
    '{kind: webhook, url: "http://x", secret: s3cr3t}',
    'alerts.0.secret: wanted whsec_ and the Base64 of 24 to 64 random bytes, got something else',
  ],
  ['a secret that is too short', '{kind: webhook, url: "http://x", secret: whsec_AAAA}', 'got one of 3 bytes'],
  [
    'a key of another kind',
    '{kind: slack, url: "https://x", secret: s3cr3t}',
    'alerts.0.secret: wanted it left out where kind is slack, got ***',
  ],
  [
    'a url beside a topic',
    `{kind: sns, topic: "${TOPIC}", url: "https://s3cr3t"}`,
    'alerts.0.url: wanted it left out where kind is sns, got ***',
  ],
  [
    'no topic',
    '{kind: sns}',
    'alerts.0.topic: wanted the ARN of a topic, such as arn:aws:sns:us-east-1:123456789012:lakeferry, for kind sns, got nothing',
  ],
  [
    'a topic that is none',
    '{kind: sns, topic: lakeferry}',
    'alerts.0.topic: wanted the ARN of a topic, such as arn:aws:sns:us-east-1:123456789012:lakeferry, got "lakeferry"',
  ],
  [
    'a queue for a topic',
    '{kind: sns, topic: "arn:aws:sqs:us-east-1:123456789012:q"}',
    'alerts.0.topic: wanted the ARN of a topic',
  ],
  [
    'mail by HTTP',
    `{kind: smtp, url: "https://h", ${MAIL}}`,
    'alerts.0.url: wanted an address such as smtp://user:password@mail.example.org:587, got an address of another kind',
  ],
  [
    'options of mail',
    `{kind: smtp, url: "smtp://h:25?tls=s3cr3t", ${MAIL}}`,
    'got an address with a path or options, which say nothing to a mail server',
  ],
  ['a password of nobody', `{kind: smtp, url: "smtp://:s3cr3t@h", ${MAIL}}`, 'got a password without a user'],
  ['mail without a host', `{kind: smtp, url: "smtp:", ${MAIL}}`, 'got an address without a host'],
  [
    'mail from nobody',
    '{kind: smtp, url: "smtp://h", to: [a@b]}',
    'alerts.0.from: wanted a mail address such as Lakeferry <lakeferry@example.org>, for kind smtp, got nothing',
  ],
  [
    'mail from a name',
    '{kind: smtp, url: "smtp://h", from: Lakeferry, to: [a@b]}',
    'alerts.0.from: wanted a mail address such as Lakeferry <lakeferry@example.org>, got "Lakeferry"',
  ],
  [
    'mail to two in one',
    '{kind: smtp, url: "smtp://h", from: a@b, to: ["a@b, c@d"]}',
    'alerts.0.to.0: wanted a mail address such as data@example.org, got "a@b, c@d"',
  ],
  [
    'mail with a header in it',
    '{kind: smtp, url: "smtp://h", from: "a@b\\nBcc: c@d", to: [a@b]}',
    'alerts.0.from: wanted a mail address',
  ],
  [
    'mail to nobody',
    '{kind: smtp, url: "smtp://h", from: a@b, to: []}',
    'alerts.0.to: wanted a list of mail addresses, got an empty list',
  ],
  [
    'a name with a line break',
    '{kind: slack, url: "https://x", name: "a\\nb"}',
    'alerts.0.name: wanted a name of letters',
  ],
]

describe('a channel with', () => {
  it.each(COMPLAINTS)('%s is refused, with its place', async (_, channel, complaint) => {
    const told = await refusal(`alerts:\n  - ${channel}`, { BAD: 's3cr3t', NONE: '' })
    expect(told).toMatch(/^CONFIG_(INVALID|UNKNOWN_KEY) lakeferry\.yaml:4: /)
    expect(told).toContain(complaint)
    expect(told).not.toContain('s3cr3t')
  })

  it('a name that another has is refused, also where the other has it by default', async () => {
    const [first, second] = ['{kind: slack, url: "https://x"}', '{kind: webhook, name: SLACK, url: "https://x"}']
    expect(await refusal(`alerts:\n  - ${first}\n  - ${second}`)).toBe(
      'CONFIG_INVALID lakeferry.yaml:5: alerts.1.name: wanted a name that no other channel has, got "SLACK"',
    )
  })

  it('a variable that is not set is refused as everywhere', async () => {
    expect(await refusal('alerts:\n  - {kind: slack, url: "${SLACK_WEBHOOK}"}', {})).toBe(
      'CONFIG_ENVIRONMENT lakeferry.yaml: alerts.0.url needs the environment variable SLACK_WEBHOOK, which is not set',
    )
  })

  it('no list around it is refused', async () => {
    expect(await refusal('alerts: {kind: slack}')).toBe(
      'CONFIG_INVALID lakeferry.yaml:3: alerts: wanted a list of channels, each a mapping with kind, got a mapping',
    )
  })
})
