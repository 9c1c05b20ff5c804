import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../../errors.js'
import { redactUri } from '../../model/redact-uri.js'
import type { LineageSink } from '../../ports/lineage-sink.js'

export interface HttpSinkOptions {
  /** Without a path, `/api/v1/lineage` is added: what the servers of OpenLineage have (Marquez and others). */
  readonly url: string
  /** Sent as a bearer token. */
  readonly apiKey?: string
  /** Longest that one event takes, its retries included, in milliseconds. @defaultValue 5_000 */
  readonly timeoutMs?: number
}

const TRIES = 3
/** Before the second try, in milliseconds; twice that before the third. */
const PAUSE_MS = 200

/** A server that takes OpenLineage events over HTTP, each a POST of its own. A server that is busy is asked again. */
export function openHttpSink({ url, apiKey, timeoutMs = 5_000 }: HttpSinkOptions): LineageSink {
  const address = new URL(url)
  if (address.pathname === '/') address.pathname = '/api/v1/lineage'
  // fetch refuses an address with credentials in it.
  const { username, password } = address
  address.username = ''
  address.password = ''
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  const authorization = apiKey ? `Bearer ${apiKey}` : username === '' && password === '' ? undefined : `Basic ${basic}`
  const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
  const place = redactUri(address.href)

  const once = async (body: string, signal: AbortSignal): Promise<'taken' | { problem: string; again: boolean }> => {
    try {
      const response = await fetch(address, { method: 'POST', headers, body, signal, redirect: 'error' })
      await response.body?.cancel()
      if (response.ok) return 'taken'
      return { problem: `HTTP ${response.status}`, again: response.status >= 500 || response.status === 429 }
    } catch (error) {
      // fetch says `fetch failed`; why is in its cause.
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
      return { problem: reasonOf(cause), again: !signal.aborted }
    }
  }

  return {
    async send(event, signal) {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      for (let tries = 1; ; tries++) {
        const outcome = await once(event, limited)
        if (outcome === 'taken') return
        if (!outcome.again || tries === TRIES) throw new Error(`${place} did not take it: ${outcome.problem}`)
        await delay(PAUSE_MS * tries, undefined, { signal: limited }).catch(() => undefined)
      }
    },
  }
}
