import { LakeferryError } from '../errors.js'
import { cutText } from '../model/alert-text.js'
import { MASK } from '../model/redact-uri.js'

/** Whose failure it is, and what must not be told of it. */
export interface ChannelIdentity {
  readonly name: string
  /** Texts that are masked wherever they turn up, in whatever a service answers. */
  readonly secrets: readonly string[]
}

export interface ChannelProblem {
  /** Fits after "did not take a message: ". */
  readonly reason: string
  readonly next: string
  /** Whether the same message, sent again, is going to fail again. */
  readonly final: boolean
  /** How long the service asked to be left alone, in milliseconds. */
  readonly retryAfterMs?: number
}

/** Code points of a reason: a sentence, not the page that a proxy answers with. */
const LONGEST_REASON = 300

/**
 * Without a cause: the errors of HTTP clients and of mail libraries hold the whole request, and what is not kept cannot be
 * printed.
 */
export function channelError(
  { name, secrets }: ChannelIdentity,
  { reason, next, final, retryAfterMs }: ChannelProblem,
): LakeferryError<'CHANNEL_FAILED'> {
  return new LakeferryError('CHANNEL_FAILED', {
    channel: name,
    reason: cutText(
      maskSecrets(reason, secrets)
        .replaceAll(/[\p{Cc}\s]+/gu, ' ')
        .trim(),
      LONGEST_REASON,
    ),
    next,
    final,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}

export function maskSecrets(text: string, secrets: readonly string[]): string {
  // The longest first: masking a part of a longer one would leave the rest of it.
  const byLength = secrets.filter(secret => secret !== '').toSorted((a, b) => b.length - a.length)
  return byLength.reduce((masked, secret) => masked.replaceAll(secret, MASK), text)
}

/** Shorter pieces of a path are words such as `api` or `hooks`. Characters. */
const SHORTEST_TOKEN = 6

/**
 * What of an address is a secret: all but its scheme and host. Parts come by themselves, too, since a service may answer with
 * the token alone; so do their decoded forms.
 */
export function secretsOfUrl(url: URL): string[] {
  const path = `${url.pathname}${url.search}`
  const tokens = [...url.pathname.split('/'), ...url.searchParams.values()].filter(
    part => part.length >= SHORTEST_TOKEN,
  )
  const parts = [url.href, ...(path.length > 1 ? [path] : []), ...tokens, url.username, url.password]
  return [...new Set([...parts, ...parts.map(decoded)])].filter(part => part !== '')
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
