import { type ReactNode, useSyncExternalStore } from 'react'

let text = ''
const listeners = new Set<() => void>()

/** Has screen readers say it when they are done with what they are saying. */
export function announce(message: string): void {
  // The same again would be no change, and so not said.
  text = message === text ? `${message}\u00a0` : message
  for (const listener of listeners) listener()
}

export function Announcer(): ReactNode {
  const said = useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => text,
  )
  return (
    <div className="sr" role="status" aria-live="polite">
      {said}
    </div>
  )
}
