import type { Clock } from '../ports/clock.js'

/** What the command line has of the world, so that a test can hold it. */
export interface Io {
  readonly stdout: OutStream
  readonly stderr: OutStream
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly clock: Clock
  /** Asks a person for a yes; absent where nobody is there to be asked. */
  readonly confirm?: (question: string) => Promise<boolean>
}

/** The part of a `WriteStream` that is used. */
export interface OutStream {
  write(text: string): boolean
  readonly isTTY?: boolean
  readonly columns?: number
  on?(event: 'drain' | 'error', listener: () => void): unknown
  off?(event: 'drain' | 'error', listener: () => void): unknown
}
