import type { AlertMessage } from '../../src/model/alert.js'
import type { AlertChannel } from '../../src/ports/alert-channel.js'

/** A channel that keeps what it takes; `fault` is asked before each message, and thrown when it answers. */
export class Receiver implements AlertChannel {
  readonly name: string
  readonly kind = 'webhook'
  readonly taken: AlertMessage[] = []
  readonly #fault: (message: AlertMessage) => Error | undefined

  constructor(name: string, fault: (message: AlertMessage) => Error | undefined = () => undefined) {
    this.name = name
    this.#fault = fault
  }

  async send(message: AlertMessage): Promise<void> {
    await new Promise(resolve => setImmediate(resolve))
    const fault = this.#fault(message)
    if (fault !== undefined) throw fault
    this.taken.push(message)
  }

  async check(): Promise<string> {
    return 'takes all'
  }

  async close(): Promise<void> {}

  /** How often each message came. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { id } of this.taken) counts.set(id, (counts.get(id) ?? 0) + 1)
    return counts
  }
}
