import type { AlertEvent, AlertMessage } from './alert.js'
import { boundedMessage } from './alert-text.js'

/** What programs are sent: the payload that Standard Webhooks proposes, with the message in it. */
export interface AlertEventBody {
  readonly type: `alert.${AlertEvent}`
  /** Of what is told, not of the sending: the same in a repetition. RFC 3339, UTC. */
  readonly timestamp: string
  readonly data: AlertMessage
}

/** As JSON: the same bytes for the same message. */
export function alertEventJson(message: AlertMessage): string {
  const data = boundedMessage(message)
  const body: AlertEventBody = { type: `alert.${data.event}`, timestamp: data.at, data }
  return JSON.stringify(body)
}
