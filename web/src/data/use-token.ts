import { useSyncExternalStore } from 'react'
import { keepToken } from './token.js'

let version = 0
const listeners = new Set<() => void>()

/** Grows with every token that is entered. */
export function useTokenVersion(): number {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => version,
  )
}

export function enterToken(token: string): void {
  keepToken(token)
  version += 1
  for (const listener of listeners) listener()
}
