import { createHmac } from 'node:crypto'

/**
 * The headers that a receiver knows a message by: Standard Webhooks, version 1 (github.com/standard-webhooks, "Signature
 * scheme", symmetric): HMAC-SHA256 over `id.timestamp.body`, with the key that follows `whsec_` in Base64.
 *
 * @param at - when it is sent: a receiver refuses what is older than some minutes, so a repetition has a time of its own
 */
export function webhookHeaders(id: string, at: Date, body: string, secret: string | undefined): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (secret === undefined) return headers
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { ...headers, 'webhook-signature': `v1,${signature}` }
}

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice('whsec_'.length), 'base64')
}
