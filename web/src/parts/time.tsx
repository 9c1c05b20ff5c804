import { type ReactNode, useEffect, useState } from 'react'
import { formatInstant, formatRelative } from '../text/times.js'

/** Often enough for `1 minute ago`. */
const TICK_MS = 30_000

/** An instant as people say it, the exact one beside it or as its title. */
export function Time({ at, exact = false }: { readonly at: string; readonly exact?: boolean }): ReactNode {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS)
    return () => clearInterval(timer)
  }, [])
  const instant = formatInstant(at)
  // What has just been made here may be of a clock that is a little ahead.
  const relative = formatRelative(at, Math.max(now, Math.min(Date.parse(at), now + 60_000)))
  if (!exact) {
    return (
      <time dateTime={at} title={instant}>
        {relative}
      </time>
    )
  }
  return (
    <>
      <time dateTime={at}>{instant}</time> <small>({relative})</small>
    </>
  )
}
