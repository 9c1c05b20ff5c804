import { createHash } from 'node:crypto'
import { type ChannelIdentity, channelError, secretsOfUrl } from '../../channel/channel-error.js'
import { askHttp, type HttpAnswer, maySucceedLater } from '../../channel/http-request.js'
import type { LakeferryError } from '../../errors.js'
import type { AlertMessage } from '../../model/alert.js'
import { alertEventJson } from '../../model/alert-event.js'
import type { AlertChannel } from '../../ports/alert-channel.js'
import { type Clock, systemClock } from '../../ports/clock.js'
import { webhookHeaders } from './signature.js'

export interface WebhookOptions {
  readonly name: string
  /** `http:` or `https:`. All of it but the host is a secret. */
  readonly url: string
  /** `whsec_` and the Base64 of the key. @defaultValue none: messages are not signed */
  readonly secret?: string
  /** Of the signatures. @defaultValue the system's */
  readonly clock?: Clock
  /** @defaultValue 10_000 */
  readonly timeoutMs?: number
}

/** An address that takes JSON by POST, signed per Standard Webhooks. `webhook-id` is the same in a repetition. */
export class WebhookChannel implements AlertChannel {
  readonly kind = 'webhook'
  readonly name: string
  readonly #url: URL
  readonly #secret: string | undefined
  readonly #identity: ChannelIdentity
  readonly #clock: Clock
  readonly #timeoutMs: { readonly timeoutMs?: number }

  constructor({ name, url, secret, clock = systemClock, timeoutMs }: WebhookOptions) {
    this.name = name
    this.#url = new URL(url)
    this.#secret = secret
    this.#identity = { name, secrets: [...secretsOfUrl(this.#url), ...(secret === undefined ? [] : [secret])] }
    this.#clock = clock
    this.#timeoutMs = timeoutMs === undefined ? {} : { timeoutMs }
  }

  async send(message: AlertMessage, signal?: AbortSignal): Promise<void> {
    const body = alertEventJson(message)
    const headers = {
      'content-type': 'application/json',
      ...webhookHeaders(headerSafe(message.id), this.#clock.now(), body, this.#secret),
    }
    const request = { method: 'POST' as const, url: this.#url, headers, body, ...this.#timeoutMs }
    const answer = await askHttp(this.#identity, request, signal)
    if (answer.status < 200 || answer.status > 299) throw this.#refusal(answer)
  }

  /** A receiver has no way to be asked without a message: HEAD does nothing anywhere, and shows that somebody is there. */
  async check(signal?: AbortSignal): Promise<string> {
    const answer = await askHttp(this.#identity, { method: 'HEAD', url: this.#url, ...this.#timeoutMs }, signal)
    if (answer.status >= 500) throw this.#refusal(answer)
    const signed = this.#secret === undefined ? 'messages are not signed' : 'messages are signed'
    return `${this.#url.host} answers (HTTP ${answer.status} to HEAD); ${signed}; whether it takes them, the first will show`
  }

  async close(): Promise<void> {}

  /** Without the words of the answer: they are for whoever runs the receiver, and may repeat what was sent. */
  #refusal({ status, retryAfterMs }: HttpAnswer): LakeferryError<'CHANNEL_FAILED'> {
    const final = !maySucceedLater(status)
    return channelError(this.#identity, {
      reason: `${this.#url.host} answered HTTP ${status}${status >= 300 && status <= 399 ? ', a redirect, which is not followed' : ''}`,
      final,
      next: remedyFor(status),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
  }
}

function remedyFor(status: number): string {
  if (status >= 300 && status <= 399) return 'Put the address that it redirects to into url.'
  if (status === 401 || status === 403)
    return 'Is secret the one that the receiver verifies with? Is url the whole address?'
  if (status === 404 || status === 410) return 'Is url the whole, current address?'
  return maySucceedLater(status)
    ? 'Try again later; the log of the receiver says why.'
    : 'See why in the log of the receiver.'
}

/** Ids are safe in a header as they are made; one that is not is told by its hash, the same for the same id. */
function headerSafe(id: string): string {
  return /^[\w.-]{1,128}$/.test(id) ? id : createHash('sha256').update(id).digest('hex')
}
