import type { AlertMessage } from '../model/alert.js'

/**
 * A way to tell people. Every failure is a LakeferryError `CHANNEL_FAILED` (the world's, with `retryable` as it is) that
 * names the channel and never a secret of it: the address of a Slack webhook is one.
 */
export interface AlertChannel {
  /** Among the configured ones: `slack`, or `slack 2` for the second of its kind. */
  readonly name: string
  readonly kind: 'slack' | 'webhook' | 'sns' | 'smtp'

  /**
   * Resolves when the service has taken the message. One attempt: repeating is the caller's. A message sent again carries
   * the same id, and where the service can tell repetitions by it, it is given.
   */
  send(message: AlertMessage, signal?: AbortSignal): Promise<void>

  /**
   * Whether a message would be taken, as far as can be told without sending one that people see: a name resolved, a
   * connection made, a sign-in. A sentence for `doctor`.
   */
  check(signal?: AbortSignal): Promise<string>

  close(): Promise<void>
}
