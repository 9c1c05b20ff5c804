import { EventStreamParser, type ServerEvent } from './event-stream.js'

export interface FollowOptions {
  readonly onEvent: (event: ServerEvent) => void
  /** `live` from the first byte of an answer on; `waiting` between two attempts. */
  readonly onState?: (state: 'live' | 'waiting') => void
  /** The server said no (401, 403, 404): there is no use in asking again. */
  readonly onRefused?: (answer: Response) => void
  readonly signal: AbortSignal
  /** Sends the token, which an EventSource could not. */
  readonly headers?: () => Record<string, string>
  /** @defaultValue the browser's own */
  readonly fetch?: typeof globalThis.fetch
  /** Resolves after so many milliseconds, or when it is aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
  /** 0 to 1. @defaultValue Math.random */
  readonly random?: () => number
}

const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000

/** Half of it for sure and half by chance, so that a hundred pages do not come back in the same moment. */
export function backOffMs(attempt: number, random: number, firstMs: number = FIRST_WAIT_MS): number {
  const most = Math.min(firstMs * 2 ** Math.min(attempt, 10), LONGEST_WAIT_MS)
  return Math.round(most / 2 + (most / 2) * random)
}

/** Follows server-sent events until it is aborted: after every end and failure it asks again, from the last event on. */
export async function followEvents(path: string, options: FollowOptions): Promise<void> {
  const { onEvent, onState, signal, headers = () => ({}), wait = sleep, random = Math.random } = options
  const ask = options.fetch ?? globalThis.fetch
  let attempt = 0
  let lastEventId: string | undefined
  let firstMs: number | undefined
  while (!signal.aborted) {
    try {
      const answer = await ask(path, {
        headers: {
          ...headers(),
          accept: 'text/event-stream',
          ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        },
        signal,
      })
      if ([204, 401, 403, 404].includes(answer.status)) return options.onRefused?.(answer)
      if (answer.ok && answer.body !== null) {
        onState?.('live')
        const parser = new EventStreamParser()
        parser.lastEventId = lastEventId
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          attempt = 0
          for (const event of parser.push(part.value)) onEvent(event)
          lastEventId = parser.lastEventId
          firstMs = parser.retryMs ?? firstMs
        }
      }
    } catch {
      // The same as an end: asked again below, unless it was us who ended it.
    }
    if (signal.aborted) return
    onState?.('waiting')
    await wait(backOffMs(attempt, random(), firstMs), signal)
    attempt += 1
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
  })
}
