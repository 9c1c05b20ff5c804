import { type ChannelIdentity, channelError, secretsOfUrl } from '../../channel/channel-error.js'
import { askHttp, type HttpAnswer, maySucceedLater } from '../../channel/http-request.js'
import type { LakeferryError } from '../../errors.js'
import type { AlertMessage } from '../../model/alert.js'
import type { AlertChannel } from '../../ports/alert-channel.js'
import { slackMessage } from './slack-message.js'

export interface SlackOptions {
  readonly name: string
  /** Of an incoming webhook. All of it but the host is a secret. */
  readonly url: string
  /** @defaultValue 10_000 */
  readonly timeoutMs?: number
}

/** What Slack says of a message without text, which it takes from nobody: so the address is a good one. */
const NOTHING_TO_POST = /^(no_text|invalid_payload|missing_text_or_fallback_or_attachments)$/

/** Slack's words for a refusal (docs.slack.dev, "Sending messages using incoming webhooks", errors) and what to do. */
const REMEDIES: Readonly<Record<string, string>> = {
  no_service: 'The webhook was removed or switched off: make another one in Slack and put its address into url.',
  no_service_id: 'The address is not whole: copy it again from Slack.',
  no_team: 'The workspace is not there any more: make a webhook in another one.',
  team_disabled: 'The workspace is not there any more: make a webhook in another one.',
  invalid_token: 'The address is wrong or its token was revoked: copy it again from Slack, or make another webhook.',
  channel_not_found: 'The channel was removed: make a webhook for another one.',
  channel_is_archived: 'Unarchive the channel, or make a webhook for another one.',
  action_prohibited: 'An administrator of the workspace forbids it: ask them.',
  posting_to_general_channel_denied: 'Only administrators may post to that channel: make a webhook for another one.',
  user_not_found: 'Whoever made the webhook is gone: make another one.',
}

/** A channel of Slack, or of what understands the same messages, by its incoming webhook. It cannot tell repetitions. */
export class SlackChannel implements AlertChannel {
  readonly kind = 'slack'
  readonly name: string
  readonly #url: URL
  readonly #identity: ChannelIdentity
  readonly #timeoutMs: { readonly timeoutMs?: number }

  constructor({ name, url, timeoutMs }: SlackOptions) {
    this.name = name
    this.#url = new URL(url)
    this.#identity = { name, secrets: secretsOfUrl(this.#url) }
    this.#timeoutMs = timeoutMs === undefined ? {} : { timeoutMs }
  }

  async send(message: AlertMessage, signal?: AbortSignal): Promise<void> {
    const answer = await this.#post(slackMessage(message), signal)
    if (answer.status < 200 || answer.status > 299) throw this.#refusal(answer)
  }

  async check(signal?: AbortSignal): Promise<string> {
    const answer = await this.#post({ text: '' }, signal)
    const taken = answer.status >= 200 && answer.status <= 299
    if (!taken && !NOTHING_TO_POST.test(wordOf(answer))) throw this.#refusal(answer)
    return `${this.#url.host} knows the webhook; nothing was posted`
  }

  async close(): Promise<void> {}

  #post(body: object, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    return askHttp(
      this.#identity,
      {
        method: 'POST',
        url: this.#url,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(body),
        ...this.#timeoutMs,
      },
      signal,
    )
  }

  #refusal(answer: HttpAnswer): LakeferryError<'CHANNEL_FAILED'> {
    const { status, retryAfterMs } = answer
    const word = wordOf(answer)
    const final = !maySucceedLater(status)
    return channelError(this.#identity, {
      reason: `${this.#url.host} answered HTTP ${status}${word === '' ? '' : ` ${word}`}`,
      final,
      next:
        REMEDIES[word] ??
        (final ? 'Is url the address of an incoming webhook, whole and current?' : 'Try again later.'),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
  }
}

/** Slack refuses in one word; a page of somebody else is not told. */
function wordOf({ text }: HttpAnswer): string {
  return /^\s*([a-z][a-z_]{2,59})\s*$/.exec(text)?.[1] ?? ''
}
