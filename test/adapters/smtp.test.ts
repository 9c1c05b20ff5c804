import { execFile } from 'node:child_process'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSmtpChannel } from '../../src/adapters/smtp/smtp-channel.js'
import {
  DEAD_PORT,
  describeAlertChannel,
  expectNoSecret,
  failure,
  OPENED,
  REMINDED,
  RESOLVED,
} from '../ports/alert-channel-suite.js'
import { type MailServer, startMailServer } from '../support/mail-server.js'
import { readMail } from '../support/mail-text.js'

const USER = { name: 'lakeferry@example.org', password: 'pa:ss/w@rd-7890' }
const FROM = 'Lakeferry <alerts@example.org>'
const TO = ['data@example.org', 'Zoë <zoe@example.org>']
const LOGIN = `${encodeURIComponent(USER.name)}:${encodeURIComponent(USER.password)}`

describeAlertChannel('smtp', async () => {
  const server = await startMailServer({ user: USER })
  return {
    open: async ({ timeoutMs, nowhere = false } = {}) =>
      await openSmtpChannel({
        name: 'my smtp',
        url: `smtp://${LOGIN}@127.0.0.1:${nowhere ? DEAD_PORT : server.port}`,
        from: FROM,
        to: TO,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
    behave: mood => {
      const words = `try ${USER.password} again`
      if (mood === 'busy') server.behave({ code: 451, words })
      else if (mood === 'refuse') server.behave({ code: 554, words })
      else server.behave(mood)
    },
    hanging: () => server.hanging,
    arrived: async () =>
      server.mails.map(({ raw }) => {
        const { text } = readMail(raw)
        return text
      }),
    clear: () => server.clear(),
    secrets: [USER.name, USER.password, encodeURIComponent(USER.password)],
    stop: () => server.stop(),
  }
})

describe('a mail', () => {
  let server: MailServer
  beforeAll(async () => {
    server = await startMailServer({ user: USER, unknown: ['gone@example.org'] })
  })
  beforeEach(() => {
    server.behave('take')
    server.clear()
  })
  afterAll(() => server.stop())
  const open = (to: readonly string[] = TO) =>
    openSmtpChannel({ name: 'smtp', url: `smtp://${LOGIN}@127.0.0.1:${server.port}`, from: FROM, to })

  it('has a text and an HTML part, a subject, and says that a program sent it', async () => {
    const before = server.signIns
    await (await open()).send(OPENED)
    expect(server.signIns).toBe(before + 1)
    const [mail] = server.mails
    expect(mail?.to).toEqual(['data@example.org', 'zoe@example.org'])
    const { headers, text, html } = readMail(mail?.raw ?? '')
    expect(headers.get('subject')).toEqual(['[lakeferry] Critical: papers is stale'])
    expect(headers.get('from')).toEqual([FROM])
    expect(headers.get('to')).toEqual(['data@example.org, Zoë <zoe@example.org>'])
    expect(headers.get('auto-submitted')).toEqual(['auto-generated'])
    expect(headers.get('x-priority')).toEqual(['1 (Highest)'])
    expect(text.replaceAll('\r\n', '\n')).toBe(
      [
        'Critical: papers is stale',
        '',
        'Promised: at most 26h old',
        'Seen: 3d 2h old',
        'Since: 2026-11-19 02:00:00 UTC',
        'Also affected: volume papers',
        'Run: 20261119T000000.000Z-1a2b3c',
        'Lake: s3://lake/prod',
        'Look at: lakeferry status papers',
        'Acknowledge: lakeferry alerts ack 1a2b3c',
        '',
      ].join('\n'),
    )
    for (const part of ['papers is stale', 'at most 26h old', '<code>lakeferry status papers</code>'])
      expect(html).toContain(part)
  })

  it('stands below the opening of its alert, and has the same id when it is sent again', async () => {
    const channel = await open()
    for (const message of [OPENED, REMINDED, REMINDED, RESOLVED]) await channel.send(message)
    await channel.send({ ...OPENED, lake: 's3://another/lake' })
    const [opened, reminded, again, resolved, other] = server.mails.map(({ raw }) => readMail(raw).headers)
    const id = opened?.get('message-id')?.[0]
    expect(id).toMatch(/^<[\w.-]+@example\.org>$/)
    expect(opened?.has('references')).toBe(false)
    for (const later of [reminded, resolved]) {
      expect(later?.get('references')).toEqual([id])
      expect(later?.get('in-reply-to')).toEqual([id])
    }
    expect(again?.get('message-id')).toEqual(reminded?.get('message-id'))
    const ids = [opened, reminded, resolved, other].map(headers => headers?.get('message-id')?.[0])
    expect(new Set(ids).size).toBe(4)
  })

  it('has no header and no markup from the data', async () => {
    const evil = 'x\r\nBcc: evil@example.org\r\n\r\n<script>alert(1)</script> "&'
    await (await open()).send({
      ...OPENED,
      title: evil,
      seen: evil,
      look: `https://x.example/"><script>`,
      alertId: evil,
    })
    const [mail] = server.mails
    expect(mail?.to).toHaveLength(2)
    const { headers, html } = readMail(mail?.raw ?? '')
    expect(headers.has('bcc')).toBe(false)
    expect(headers.get('subject')?.[0]).toContain('x Bcc: evil@example.org <script>')
    expect(headers.get('message-id')?.[0]).toMatch(/^<[\w.-]+@example\.org>$/)
    expect(html).not.toMatch(/<script/)
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;')
    expect(html).toContain('<a href="https://x.example/&quot;&gt;&lt;script&gt;">')
  })

  it('reads the same with Python’s mail library', async context => {
    const title =
      'отчёт “stale” 📦 and a subject that is so long that it has to be folded over several lines of the head'
    await (await open()).send({ ...REMINDED, title })
    const program = [
      'import sys, json, email, email.policy',
      'm = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)',
      'text, html = (m.get_body((kind,)).get_content() for kind in ("plain", "html"))',
      'print(json.dumps([m["subject"], text, html, m["references"], m.defects != []]))',
    ].join('\n')
    const raw = server.mails[0]?.raw ?? ''
    const output = await python(program, raw).catch(error => context.skip(`needs python3: ${error.message}`))
    const [subject, text, html, references, defective] = JSON.parse(String(output))
    expect(subject).toBe(`[lakeferry] Still critical after 1d: ${title}`)
    expect(text).toContain(`Still critical after 1d: ${title}`)
    expect(html).toContain(title)
    expect(references).toMatch(/^<alert\.1a2b3c\./)
    expect(defective).toBe(false)
  })

  it('that the server takes for some only is told, once, and they hear who has not got it', async () => {
    await (await open(['data@example.org', 'gone@example.org'])).send(OPENED)
    expect(server.mails.map(({ to }) => to)).toEqual([['data@example.org'], ['data@example.org']])
    const [mail, notice] = server.mails.map(({ raw }) => readMail(raw))
    expect(notice?.text).toContain('did not take the mail before this one for gone@example.org')
    expect(notice?.headers.get('references')).toEqual(mail?.headers.get('message-id'))
  })

  it('that the server takes for nobody is a failure', async () => {
    const none = await failure((await open(['gone@example.org'])).send(OPENED))
    expect(none.message).toContain('550')
    expect(none).toMatchObject({ retryable: false, hint: expect.stringContaining('from and to') })
    expect(server.mails).toEqual([])
  })
})

describe('signing in', () => {
  it('with a wrong password is final, and says which keys to look at', async () => {
    const server = await startMailServer({ user: USER })
    const url = `smtp://someone:wrong-password@127.0.0.1:${server.port}`
    const channel = await openSmtpChannel({ name: 'smtp', url, from: FROM, to: TO })
    for (const work of [() => channel.send(OPENED), () => channel.check()]) {
      const error = await failure(work())
      expect(error).toMatchObject({ retryable: false, hint: expect.stringContaining('user and password') })
      expect(error.message).toContain('535')
      expectNoSecret(error, ['wrong-password', 'someone'])
    }
    await server.stop()
  })

  it('at a server without sign-in fails instead of going on without', async () => {
    const server = await startMailServer()
    const url = `smtp://someone:a-password@127.0.0.1:${server.port}`
    const channel = await openSmtpChannel({ name: 'smtp', url, from: FROM, to: TO })
    const error = await failure(channel.send(OPENED))
    expect(error.retryable).toBe(false)
    expect(server.mails).toEqual([])
    await server.stop()
  })

  it('tells neither user nor password, whatever they are and however the server repeats them', async () => {
    const word = fc.stringMatching(/^[A-Za-z0-9!$%^*()/:@=+~-]{8,24}$/)
    let said: (given: { user: string; password: string }) => string = () => ''
    const server = await startMailServer({ user: USER, refusal: given => said(given) })
    const forms = [
      (user: string, password: string) => `${user} ${password}`,
      (user: string, password: string) => Buffer.from(`\0${user}\0${password}`).toString('base64'),
      (user: string, password: string) =>
        `${Buffer.from(user).toString('base64')} ${Buffer.from(password).toString('base64')}`,
      (user: string, password: string) => `smtp://${encodeURIComponent(user)}:${encodeURIComponent(password)}@host`,
    ]
    await fc.assert(
      fc.asyncProperty(word, word, fc.constantFrom(...forms), async (user, password, form) => {
        said = given => form(given.user, given.password)
        const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`
        const url = `smtp://${login}@127.0.0.1:${server.port}`
        const error = await failure((await openSmtpChannel({ name: 's', url, from: FROM, to: TO })).check())
        expectNoSecret(error, [user, password, encodeURIComponent(password), form(user, password)])
      }),
      { numRuns: 16 },
    )
    await server.stop()
  })
})

function python(program: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('python3', ['-c', program], (error, stdout) => (error ? reject(error) : resolve(stdout)))
    child.stdin?.end(input)
  })
}
