import { afterEach, describe, expect, it } from 'vitest'
import { parseSmtpAddress } from '../../src/adapters/smtp/smtp-address.js'
import { openSmtpChannel } from '../../src/adapters/smtp/smtp-channel.js'
import { expectNoSecret, failure, OPENED } from '../ports/alert-channel-suite.js'
import { type MailServer, type MailServerOptions, selfSigned, startMailServer } from '../support/mail-server.js'

const USER = { name: 'lakeferry', password: 'tls-password-1' }

let server: MailServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

async function channelTo(scheme: string, options: MailServerOptions, more: { ca?: string; host?: string } = {}) {
  server = await startMailServer(options)
  const { ca, host = '127.0.0.1' } = more
  return await openSmtpChannel({
    name: 'smtp',
    url: `${scheme}://${USER.name}:${USER.password}@${host}:${server.port}`,
    from: 'alerts@example.org',
    to: ['data@example.org'],
    timeoutMs: 30_000,
    ...(ca === undefined ? {} : { ca }),
  })
}

describe('a mail over TLS', () => {
  it('goes by STARTTLS where the server offers it', async context => {
    const tls = await selfSigned(context)
    const channel = await channelTo('smtp', { user: USER, tls }, { ca: tls.cert })
    await channel.send(OPENED)
    expect(server?.mails[0]).toMatchObject({ secure: true, to: ['data@example.org'] })
    expect(await channel.check()).toMatch(/^127\.0\.0\.1:\d+ answers, signed in; no mail was sent$/)
    expect(server?.mails).toHaveLength(1)
  })

  it('goes by TLS from the first byte with smtps:', async context => {
    const tls = await selfSigned(context)
    const channel = await channelTo('smtps', { user: USER, tls, secure: true }, { ca: tls.cert })
    await channel.send(OPENED)
    expect(server?.mails[0]).toMatchObject({ secure: true })
  })

  it.for(['smtp', 'smtps'])(
    'does not go to a server whose certificate nobody vouches for (%s:)',
    async (scheme, context) => {
      const tls = await selfSigned(context)
      const channel = await channelTo(scheme, { user: USER, tls, secure: scheme === 'smtps' })
      const error = await failure(channel.send(OPENED))
      expect(error).toMatchObject({ retryable: false, hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') })
      expect(error.message).toContain('certificate is not trusted')
      expectNoSecret(error, [USER.password])
      expect(server).toMatchObject({ mails: [], signIns: 0 })
    },
  )

  it('is all that a password goes over, but to this machine itself', async () => {
    // 0.0.0.0 leads here, too, and does not look like it.
    const channel = await channelTo('smtp', { user: USER }, { host: '0.0.0.0' })
    const error = await failure(channel.send(OPENED))
    expect(error).toMatchObject({ retryable: false, hint: expect.stringContaining('over TLS only') })
    expect(server).toMatchObject({ mails: [], signIns: 0 })
  })

  it('says so where smtps: is written and the server begins in the clear', async () => {
    const channel = await channelTo('smtps', { user: USER })
    const error = await failure(channel.check())
    expect(error.message).toContain('no TLS connection could be made')
    expect(error.hint).toContain('smtps:')
  })
})

describe('the address of a mail server', () => {
  it('has its port, its sign-in and its TLS', () => {
    expect(parseSmtpAddress('smtp://mail.example.org')).toMatchObject({ port: 587, secure: false, requireTLS: false })
    expect(parseSmtpAddress('smtps://mail.example.org')).toMatchObject({ port: 465, secure: true, requireTLS: false })
    expect(parseSmtpAddress('smtp://a%40b:c%2Fd@mail.example.org:2525')).toMatchObject({
      host: 'mail.example.org',
      port: 2525,
      requireTLS: true,
      auth: { user: 'a@b', pass: 'c/d' },
    })
    expect(parseSmtpAddress('smtp://a:b@[::1]:25')).toMatchObject({ host: '::1', requireTLS: false })
  })
})
