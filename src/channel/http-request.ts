import { interruption } from '../errors.js'
import { type ChannelIdentity, channelError, decoded } from './channel-error.js'
import { networkFailure } from './network-failure.js'

/** From the first byte sent to the last one read, in milliseconds. */
export const TIMEOUT_MS = 10_000

/** Bytes of an answer that are read: what services say of a refusal fits. */
const ANSWER_BYTES = 4_096

export interface HttpRequest {
  readonly method: 'POST' | 'HEAD'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** @defaultValue 10_000 */
  readonly timeoutMs?: number
}

export interface HttpAnswer {
  readonly status: number
  /** The beginning of the body. */
  readonly text: string
  /** From `Retry-After`. */
  readonly retryAfterMs?: number
}

/**
 * One request, one answer, whatever its status. Redirects are answers like others: to follow one would carry a signed
 * message, and the secret in the address, to whom nobody chose.
 *
 * @throws `CHANNEL_FAILED` when there was no answer in time; `INTERRUPTED` when the signal aborted
 */
export async function askHttp(
  identity: ChannelIdentity,
  request: HttpRequest,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  const { method, body, timeoutMs = TIMEOUT_MS } = request
  const { url, authorization } = withoutCredentials(request.url)
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(url, {
      method,
      headers: { 'user-agent': 'lakeferry', ...authorization, ...request.headers },
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      ...(body === undefined ? {} : { body }),
    })
    const text = await beginningOf(response)
    const retryAfterMs = retryAfter(response.headers.get('retry-after'), Date.now())
    return { status: response.status, text, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }
  } catch (error) {
    if (signal?.aborted) throw interruption(signal)
    if (timeout.aborted) {
      const reason = `${url.host}: no answer within ${timeoutMs / 1000} s`
      throw channelError(identity, { reason, final: false, next: `Can this machine reach ${url.host}?` })
    }
    throw channelError(identity, networkFailure(error, url.host))
  }
}

/** 408 Request Timeout, 425 Too Early, 429 Too Many Requests, and whatever is the server's own trouble. */
export function maySucceedLater(status: number): boolean {
  return [408, 425, 429].includes(status) || status >= 500
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3), as milliseconds from now; undefined where it says nothing. */
export function retryAfter(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const at = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}

/** `fetch` refuses an address with credentials: they go where they belong (RFC 7617). */
function withoutCredentials(given: URL): { url: URL; authorization: Record<string, string> } {
  if (given.username === '' && given.password === '') return { url: given, authorization: {} }
  const url = new URL(given)
  url.username = ''
  url.password = ''
  const pair = Buffer.from(`${decoded(given.username)}:${decoded(given.password)}`).toString('base64')
  return { url, authorization: { authorization: `Basic ${pair}` } }
}

async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  if (response.body === null) return ''
  // Leaving the loop early ends the transfer.
  for await (const chunk of response.body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= ANSWER_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString('utf8')
}
