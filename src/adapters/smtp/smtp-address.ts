import { decoded } from '../../channel/channel-error.js'

/** `smtp://user:password@host:port` taken apart. */
export interface SmtpAddress {
  readonly host: string
  readonly port: number
  /** TLS from the first byte: `smtps:`. */
  readonly secure: boolean
  /** STARTTLS or nothing: a password is not sent in the clear, but to this machine itself. */
  readonly requireTLS: boolean
  readonly auth?: { readonly user: string; readonly pass: string }
  /** Texts that may not be told: the password and the user, also as they go over the line. */
  readonly secrets: readonly string[]
}

/** RFC 6409 and RFC 8314: submission, and submission over TLS. */
const PORTS = { 'smtp:': 587, 'smtps:': 465 }

/** @param text - checked by the configuration: a URL of the scheme `smtp:` or `smtps:` with a host */
export function parseSmtpAddress(text: string): SmtpAddress {
  const url = new URL(text)
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const [user, pass] = [decoded(url.username), decoded(url.password)]
  const address = {
    host,
    port: url.port === '' ? PORTS[secure ? 'smtps:' : 'smtp:'] : Number(url.port),
    secure,
  }
  if (user === '') return { ...address, requireTLS: false, secrets: [text] }
  return {
    ...address,
    requireTLS: !secure && !isLoopback(host),
    auth: { user, pass },
    secrets: [text, ...formsOf(url.username, url.password), ...formsOf(user, pass)],
  }
}

/** As `AUTH PLAIN` and `AUTH LOGIN` (RFC 4616) send them, too: some servers repeat the line that they refuse. */
function formsOf(user: string, pass: string): string[] {
  const forms = [user, pass, base64(user), base64(pass), base64(`\0${user}\0${pass}`), `${user}:${pass}`]
  return forms.filter(form => form !== '')
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
