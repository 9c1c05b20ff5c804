import type { Mail as Mailer, SentMessageInfo } from 'nodemailer'
import { type ChannelIdentity, channelError } from '../../channel/channel-error.js'
import { TIMEOUT_MS } from '../../channel/http-request.js'
import { interruption } from '../../errors.js'
import type { AlertMessage } from '../../model/alert.js'
import type { AlertChannel } from '../../ports/alert-channel.js'
import { type Mail, mailOf, noticeOf } from './mail.js'
import { parseSmtpAddress, type SmtpAddress } from './smtp-address.js'
import { smtpProblem } from './smtp-failure.js'

export interface SmtpOptions {
  readonly name: string
  /** `smtp://user:password@host:port` or `smtps://…`: a secret. */
  readonly url: string
  /** `Lakeferry <lakeferry@example.org>`, or the address alone. */
  readonly from: string
  /** At least one. */
  readonly to: readonly string[]
  /** PEM of an authority that is trusted beside those of Node. */
  readonly ca?: string
  /** @defaultValue 10_000 */
  readonly timeoutMs?: number
}

/** The mail library is loaded here, and nothing is sent yet. */
export async function openSmtpChannel(options: SmtpOptions): Promise<AlertChannel> {
  const { createTransport } = await import('nodemailer')
  const address = parseSmtpAddress(options.url)
  const { host, port, secure, requireTLS, auth } = address
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const mailer = createTransport(
    {
      host,
      port,
      secure,
      requireTLS,
      ...(auth === undefined ? {} : { auth: { ...auth } }),
      // Without it a message goes unsigned-in where a server offers no sign-in, instead of failing.
      forceAuth: auth !== undefined,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
      // Nothing of a message may make the library read a file or an address.
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(options.ca === undefined ? {} : { tls: { ca: options.ca } }),
    },
    {},
  )
  return new SmtpChannel(mailer, address, options, timeoutMs)
}

class SmtpChannel implements AlertChannel {
  readonly kind = 'smtp'
  readonly name: string
  readonly #mailer: Mailer<SentMessageInfo>
  readonly #address: SmtpAddress
  readonly #from: string
  readonly #to: readonly string[]
  readonly #identity: ChannelIdentity
  readonly #timeoutMs: number

  constructor(mailer: Mailer<SentMessageInfo>, address: SmtpAddress, options: SmtpOptions, timeoutMs: number) {
    this.name = options.name
    this.#mailer = mailer
    this.#address = address
    this.#from = options.from
    this.#to = options.to
    this.#identity = { name: options.name, secrets: address.secrets }
    this.#timeoutMs = timeoutMs
  }

  async send(message: AlertMessage, signal?: AbortSignal): Promise<void> {
    const mail = mailOf(message, domainOf(this.#from))
    const info = await this.#within(signal, abort => this.#post({ ...mail, to: [...this.#to] }, abort))
    const refused = (info.rejected ?? []).map(String)
    if (refused.length === 0) return
    // Some have it, so it is told: a failure would tell them again and again. They hear who has not.
    const notice = noticeOf(mail, refused, this.#shown)
    const to = (info.accepted ?? []).map(String)
    await this.#within(signal, abort => this.#post({ ...notice, to }, abort)).catch(() => undefined)
  }

  async check(signal?: AbortSignal): Promise<string> {
    await this.#within(signal, () => this.#mailer.verify())
    const signedIn = this.#address.auth === undefined ? 'no sign-in' : 'signed in'
    return `${this.#shown} answers, ${signedIn}; no mail was sent`
  }

  async close(): Promise<void> {
    this.#mailer.close()
  }

  #post(mail: Mail & { readonly to: string[] }, signal: AbortSignal): Promise<SentMessageInfo> {
    return this.#mailer.sendMail({ ...mail, from: this.#from, signal })
  }

  get #shown(): string {
    return `${this.#address.host}:${this.#address.port}`
  }

  /** Until the whole of it is done: the library's own bounds are of each silence. */
  async #within<T>(signal: AbortSignal | undefined, work: (abort: AbortSignal) => Promise<T>): Promise<T> {
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    const abort = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    let stop = (): void => undefined
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(new Error('aborted'))
      abort.addEventListener('abort', stop, { once: true })
      if (abort.aborted) stop()
    })
    try {
      return await Promise.race([work(abort), aborted])
    } catch (error) {
      if (signal?.aborted) throw interruption(signal)
      const problem = smtpProblem(error, this.#shown, timeout.aborted ? this.#timeoutMs : undefined)
      throw channelError(this.#identity, problem)
    } finally {
      abort.removeEventListener('abort', stop)
    }
  }
}

/** What follows the last `@`. */
function domainOf(from: string): string {
  return /@([^@\s>]+)>?\s*$/.exec(from)?.[1] ?? 'localhost'
}
