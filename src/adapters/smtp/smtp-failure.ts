import type { ChannelProblem } from '../../channel/channel-error.js'
import { networkFailure } from '../../channel/network-failure.js'

/** The members that `nodemailer` puts on its errors. */
interface MailError {
  readonly code?: string
  /** Of the system, where `code` is the library's: `ECONNREFUSED`. */
  readonly originalCode?: string
  /** The server's last line: `535 5.7.8 Authentication failed`. */
  readonly response?: string
  readonly responseCode?: number
  readonly message?: string
}

/**
 * @param shown - host and port
 * @param lateAfterMs - given when the time was up
 */
export function smtpProblem(error: unknown, shown: string, lateAfterMs?: number): ChannelProblem {
  const { code = '', originalCode, response, responseCode } = (error ?? {}) as MailError
  const network = networkFailure({ code: originalCode ?? (code === 'EDNS' ? 'ENOTFOUND' : '') }, shown)
  if (network.final) return network
  if (code === 'ETLS' || isTlsMismatch(originalCode)) {
    return {
      reason: `${shown}: no TLS connection could be made`,
      // Refused, or no TLS at all; not where the connection broke off, or a 454: "TLS not available due to temporary reason".
      final: isTlsMismatch(originalCode) || (responseCode ?? 0) >= 500,
      next: 'A password is sent over TLS only. Does the server offer STARTTLS (smtp:), or TLS from the start (smtps:)?',
    }
  }
  // 4yz: "transient negative", 5yz: "permanent negative completion" (RFC 5321, 4.2.1).
  if (responseCode !== undefined && responseCode >= 400 && response !== undefined) {
    const final = responseCode >= 500
    return { reason: `${shown} answered ${response}`, final, next: remedyFor(code, responseCode) }
  }
  if (lateAfterMs !== undefined || code === 'ETIMEDOUT') {
    const within = lateAfterMs === undefined ? 'in time' : `within ${lateAfterMs / 1000} s`
    return {
      reason: `${shown}: no answer ${within}`,
      final: false,
      next: `Can this machine reach ${shown}? smtp: begins in the clear, smtps: with TLS: the wrong one of them waits forever.`,
    }
  }
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    return {
      reason: `${shown}: the server offers no way to sign in that this program knows`,
      final: true,
      next: 'Take user and password out of url where the server wants none.',
    }
  }
  return network
}

/** OpenSSL's word for plain text where TLS was wanted: `smtps:` with the port of `smtp:`. */
function isTlsMismatch(code: string | undefined): boolean {
  return code !== undefined && /^ERR_SSL_|^EPROTO$/.test(code)
}

function remedyFor(code: string, status: number): string {
  if (status < 500) return 'The server asks to be tried again later, and is.'
  if (code === 'EAUTH') return 'Check user and password in url, percent-encoded where they have : / ? # @ or %.'
  if (code === 'EENVELOPE')
    return 'Check from and to: the server must be allowed to send for the one and to the others.'
  return 'The answer of the server says why.'
}
