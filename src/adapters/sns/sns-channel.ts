import type { SNSClient } from '@aws-sdk/client-sns'
import { type ChannelIdentity, channelError } from '../../channel/channel-error.js'
import { TIMEOUT_MS } from '../../channel/http-request.js'
import { interruption, type LakeferryError } from '../../errors.js'
import type { AlertMessage } from '../../model/alert.js'
import type { AlertChannel } from '../../ports/alert-channel.js'
import { type AwsConnection, awsClientConfig, openAwsClient } from '../../remote-job/aws-client.js'
import { type AwsFailure, awsFailure } from '../../remote-job/aws-failure.js'
import { snsMessage } from './sns-message.js'

type SnsSdk = typeof import('@aws-sdk/client-sns')

/** `region`: that of the topic's ARN where it is not given. */
export interface SnsOptions extends AwsConnection {
  readonly name: string
  /** ARN. */
  readonly topic: string
  /** @defaultValue 10_000 */
  readonly timeoutMs?: number
}

/** The AWS SDK is loaded here, and nothing is sent yet. */
export async function openSnsChannel(options: SnsOptions): Promise<AlertChannel> {
  const sdk = await import('@aws-sdk/client-sns')
  const region = options.region ?? options.topic.split(':')[3] ?? ''
  const config = awsClientConfig({ ...options, region })
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const requestHandler = { ...config.requestHandler, requestTimeout: timeoutMs }
  const client = await openAwsClient('sns', () => new sdk.SNSClient({ ...config, requestHandler }))
  return new SnsChannel(sdk, client, options, timeoutMs)
}

class SnsChannel implements AlertChannel {
  readonly kind = 'sns'
  readonly name: string
  readonly #sdk: SnsSdk
  readonly #client: SNSClient
  readonly #topic: string
  readonly #identity: ChannelIdentity
  readonly #timeoutMs: number

  constructor(sdk: SnsSdk, client: SNSClient, { name, topic, credentials }: SnsOptions, timeoutMs: number) {
    this.name = name
    this.#sdk = sdk
    this.#client = client
    this.#topic = topic
    const { secretAccessKey = '', sessionToken = '' } = credentials ?? {}
    this.#identity = { name, secrets: [secretAccessKey, sessionToken] }
    this.#timeoutMs = timeoutMs
  }

  async send(message: AlertMessage, signal?: AbortSignal): Promise<void> {
    const command = new this.#sdk.PublishCommand(snsMessage(message, this.#topic))
    await this.#ask('sns:Publish', signal, abortSignal => this.#client.send(command, { abortSignal }))
  }

  /** A role that may only publish cannot look at the topic: that is no fault, and is told. */
  async check(signal?: AbortSignal): Promise<string> {
    const command = new this.#sdk.GetTopicAttributesCommand({ TopicArn: this.#topic })
    try {
      const { Attributes } = await this.#ask('sns:GetTopicAttributes', signal, abortSignal =>
        this.#client.send(command, { abortSignal }),
      )
      const confirmed = Number(Attributes?.['SubscriptionsConfirmed'] ?? 0)
      return `${this.#topic} is there, with ${confirmed} confirmed subscription${confirmed === 1 ? '' : 's'}`
    } catch (error) {
      if (error instanceof NotAllowed) {
        return `${this.#topic}: the credentials are good and may not look at the topic (sns:GetTopicAttributes); publishing was not tried`
      }
      throw error
    }
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  async #ask<T>(
    action: string,
    signal: AbortSignal | undefined,
    request: (abort: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const timeout = AbortSignal.timeout(this.#timeoutMs)
    try {
      return await request(signal === undefined ? timeout : AbortSignal.any([signal, timeout]))
    } catch (error) {
      if (signal?.aborted) throw interruption(signal)
      const failure = awsFailure(error)
      if (action === 'sns:GetTopicAttributes' && /AuthorizationError|AccessDenied/.test(failure.name)) {
        throw new NotAllowed()
      }
      throw this.#failed(failure, action, timeout.aborted)
    }
  }

  #failed(failure: AwsFailure, action: string, late: boolean): LakeferryError<'CHANNEL_FAILED'> {
    const final = !late && failure.kind === 'final'
    return channelError(this.#identity, {
      reason: late ? `SNS: no answer within ${this.#timeoutMs / 1000} s` : `SNS: ${failure.reason}`,
      final,
      next: final ? remedyFor(failure, action) : 'Try again later; lakeferry doctor tries the channel.',
      ...(failure.retryAfterMs > 0 ? { retryAfterMs: failure.retryAfterMs } : {}),
    })
  }
}

class NotAllowed extends Error {}

function remedyFor({ name, status }: AwsFailure, action: string): string {
  if (/Credentials|TokenProvider|InvalidClientTokenId|UnrecognizedClient|ExpiredToken|Signature/.test(name)) {
    return 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the machine a role.'
  }
  if (/NotFound/.test(name) || status === 404)
    return 'Is topic the ARN of a topic that is there, in its region and account?'
  if (/KMS/.test(name)) return 'The topic is encrypted: allow kms:GenerateDataKey and kms:Decrypt for its key.'
  if (status === 403) return `Allow ${action} on the topic to these credentials.`
  return 'Is topic the ARN of a topic, and region its region?'
}
