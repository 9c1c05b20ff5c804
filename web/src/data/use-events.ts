import { useEffect, useEffectEvent, useState } from 'react'
import { onConnection, suspect } from './connection.js'
import type { ServerEvent } from './event-stream.js'
import { followEvents } from './follow-events.js'
import { withToken } from './request.js'
import { useTokenVersion } from './use-token.js'

export interface Events {
  readonly onEvent: (event: ServerEvent) => void
  /** The stream is there again after a gap: what came meanwhile has to be fetched. */
  readonly onBack?: () => void
}

/**
 * Follows a stream of events for as long as the component is there and its tab can be seen: browsers allow a host six
 * connections in all, and forgotten tabs would take every one.
 */
export function useEvents(path: string | undefined, { onEvent, onBack }: Events): 'live' | 'waiting' | 'refused' {
  const [state, setState] = useState<'live' | 'waiting' | 'refused'>('waiting')
  const handle = useEffectEvent(onEvent)
  const back = useEffectEvent(() => onBack?.())
  const version = useTokenVersion()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another token is another answer
  useEffect(() => {
    if (path === undefined) return
    let following: AbortController | undefined
    let hadGap = false
    const stop = (): void => {
      following?.abort()
      following = undefined
      hadGap = true
    }
    const start = (): void => {
      if (following !== undefined || document.hidden) return
      following = new AbortController()
      const { signal } = following
      void followEvents(path, {
        signal,
        headers: withToken,
        onEvent: handle,
        onState: next => {
          setState(next)
          if (next === 'waiting') {
            hadGap = true
            suspect()
          } else if (hadGap) {
            hadGap = false
            back()
          }
        },
        onRefused: () => setState('refused'),
      })
    }
    const look = (): void => (document.hidden ? stop() : start())
    // Back at once when the server is: not when the next attempt would be due.
    const away = onConnection(() => {
      stop()
      start()
    })
    document.addEventListener('visibilitychange', look)
    start()
    return () => {
      away()
      document.removeEventListener('visibilitychange', look)
      stop()
    }
  }, [path, version])
  return state
}
