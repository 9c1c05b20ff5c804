/** What went wrong before there was an answer. */
export interface NetworkFailure {
  /** In words, with host and port at most. */
  readonly reason: string
  /** A certificate that is not trusted is going to be so the next time, too. */
  readonly final: boolean
  readonly next: string
}

/** Node's codes for certificates that it does not accept (`tls` in its documentation, "X509 certificate error codes"). */
const CERTIFICATE =
  /^(ERR_TLS_CERT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there (connection refused)',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name could not be resolved',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_SOCKET: 'the connection was closed before an answer came',
}

/** @param host - as it may be shown: `hooks.slack.com:443` */
export function networkFailure(error: unknown, host: string): NetworkFailure {
  const code = codeOf(error)
  if (CERTIFICATE.test(code)) {
    return {
      reason: `${host}: its certificate is not trusted (${code})`,
      final: true,
      next: 'Where it is of a private authority, name that one’s certificate in NODE_EXTRA_CA_CERTS.',
    }
  }
  // The ports of mail, news and the like (Fetch standard, "port blocking").
  if (code === '' && isBadPort(error)) {
    return { reason: `${host}: no HTTP is spoken on that port`, final: true, next: 'Use another port for it.' }
  }
  const words = WORDS[code] ?? (code === '' ? 'no answer' : code)
  return {
    reason: `${host}: ${words}`,
    final: false,
    next: `Can this machine reach ${host}? lakeferry doctor tries it.`,
  }
}

function isBadPort(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.message === 'bad port'
}

/** The first code along the causes: `fetch` says "fetch failed" and keeps the reason. */
function codeOf(error: unknown): string {
  let cause = error
  for (let depth = 0; depth < 5 && typeof cause === 'object' && cause !== null; depth++) {
    const { code, errors, cause: next } = cause as { code?: unknown; errors?: unknown[]; cause?: unknown }
    if (typeof code === 'string') return code
    cause = next ?? errors?.[0]
  }
  return ''
}
