import { createHash } from 'node:crypto'

/**
 * The id of a lineage run: a UUID of version 7 (RFC 9562), which sorts by time as OpenLineage wants it. What is random in others
 * is a digest of the parts here, so that the same attempt always has the same id, and no two have.
 *
 * @param began - RFC 3339
 */
export function lineageRunId(began: string, ...parts: readonly string[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([began, ...parts]))
    .digest('hex')
  const time = Math.max(0, Date.parse(began)).toString(16).padStart(12, '0')
  // Two bits of variant, 10 in binary, in front of 62 of ours.
  const variant = (8 + (Number.parseInt(digest[3]!, 16) & 3)).toString(16)
  return [
    time.slice(0, 8),
    time.slice(8, 12),
    `7${digest.slice(0, 3)}`,
    `${variant}${digest.slice(4, 7)}`,
    digest.slice(7, 19),
  ].join('-')
}
