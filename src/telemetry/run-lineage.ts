import { setTimeout as delay } from 'node:timers/promises'
import { reasonOf } from '../errors.js'
import type { LineageSink } from '../ports/lineage-sink.js'
import type { RunObserver } from '../ports/run-observer.js'
import { Lineage, type LineageOptions } from './lineage.js'

/** Longest that a command waits at its end for events that are on their way, in milliseconds. */
export const LINEAGE_MS = 5_000

/** Sends lineage events one after the other, while the run goes on. What did not arrive is counted, and told with the first reason. */
export function runLineage(
  sink: LineageSink,
  { waitMs = LINEAGE_MS, ...options }: LineageOptions & { readonly waitMs?: number },
): RunObserver {
  const lineage = new Lineage(options)
  const stop = new AbortController()
  let sending: Promise<void> = Promise.resolve()
  let [told, arrived] = [0, 0]
  let reason: string | undefined

  const send = async (text: string): Promise<void> => {
    if (stop.signal.aborted) return
    try {
      await sink.send(text, stop.signal)
      arrived++
    } catch (error) {
      reason ??= reasonOf(error)
    }
  }

  return {
    on(event) {
      for (const one of lineage.take(event)) {
        told++
        const text = JSON.stringify(one)
        sending = sending.then(() => send(text))
      }
    },

    async settled() {
      const done = new AbortController()
      await Promise.race([sending, delay(waitMs, undefined, { signal: done.signal }).catch(() => undefined)])
      done.abort()
      stop.abort()
      if (arrived === told) return []
      return [
        `${told - arrived} of ${told} lineage events did not arrive: ${reason ?? `no answer within ${waitMs} ms`}`,
      ]
    },
  }
}
