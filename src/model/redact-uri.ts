/** Stands where a secret was. */
export const MASK = '***'

/** Options of a connection string whose values are secrets, or hold them (`authMechanismProperties`). */
const SECRET_OPTION =
  /((?:[?&;]|^)[^=&;\s]*(?:password|passwd|secret|token|authMechanismProperties)[^=&;\s]*=)[^&\s"'<>]*/gi

/** `scheme://` and what may belong to the address after it. */
const URI = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s"'<>`]+)/gi

/**
 * A connection string without user, password and secret options: `mongodb://***@host:27017/db?tls=true`. Meant for
 * text that people see. Where a password holds an unescaped `/`, `?` or `@`, more is masked rather than less.
 */
export function redactUri(uri: string): string {
  const start = uri.indexOf('://')
  if (start < 0) return uri.replace(SECRET_OPTION, `$1${MASK}`)
  const rest = uri.slice(start + 3)
  // The last @ of all, not of the authority: an unescaped / in a password would end the authority too early.
  const at = rest.lastIndexOf('@')
  const kept = at < 0 ? rest : `${MASK}${rest.slice(at)}`
  return uri.slice(0, start + 3) + kept.replace(SECRET_OPTION, `$1${MASK}`)
}

/** Any text, such as a driver's message, with the secrets of every address in it masked. */
export function redactUris(text: string): string {
  return text.replace(URI, uri => redactUri(uri))
}
