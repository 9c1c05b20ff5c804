import { MASK, redactUri, redactUris } from '../../model/redact-uri.js'

/** What a person may see of a connection string: its hosts. Where a password holds a bare `@`, less is shown. */
export function hostsOf(uri: string): string {
  const rest = uri.replace(/^[^:]*:\/\//, '')
  const hosts = rest.slice(rest.lastIndexOf('@') + 1).split(/[/?]/, 1)[0]!
  return hosts === '' ? '(no host)' : decodeQuietly(hosts)
}

/** A driver's message about a connection string, without what the string keeps secret. */
export function redactMessage(message: string, uri: string): string {
  let text = message.replaceAll(uri, redactUri(uri))
  const userInfo = /^[^:]*:\/\/(.*)@/s.exec(uri)?.[1] ?? ''
  const colon = userInfo.indexOf(':')
  const password = colon < 0 ? '' : userInfo.slice(colon + 1)
  for (const secret of new Set([password, decodeQuietly(password)])) {
    if (secret !== '') text = text.replaceAll(secret, MASK)
  }
  return redactUris(text)
}

/** Options that choose among several servers: of no use, or refused, where there is one. */
const CHOOSING = new Set(['replicaset', 'directconnection', 'srvmaxhosts', 'srvservicename'])

/**
 * The same connection string, for one server that was chosen out of those it names. A `mongodb+srv` string has said some
 * options in the DNS only, and TLS by being one: `known` are the driver's findings.
 */
export function directUri(
  uri: string,
  address: string,
  known: { readonly tls: boolean; readonly authSource?: string },
): string {
  const [, scheme = '', rest = ''] = /^(mongodb(?:\+srv)?):\/\/(.*)$/s.exec(uri) ?? []
  const at = rest.lastIndexOf('@')
  const userInfo = rest.slice(0, at + 1)
  const [, path = '', query = ''] = /^[^/?]*(\/[^?]*)?(?:\?(.*))?$/s.exec(rest.slice(at + 1)) ?? []
  const options = query.split('&').filter(option => option !== '' && !CHOOSING.has(nameOf(option)))
  const has = (name: string) => options.some(option => nameOf(option) === name)
  if (scheme === 'mongodb+srv') {
    if (!has('tls') && !has('ssl')) options.push(`tls=${known.tls}`)
    if (!has('authsource') && known.authSource !== undefined && userInfo !== '')
      options.push(`authSource=${encodeURIComponent(known.authSource)}`)
  }
  options.push('directConnection=true')
  // A Unix socket is a path, and has to be written as one word.
  const host = address.startsWith('/') ? encodeURIComponent(address) : address
  return `mongodb://${userInfo}${host}${path || '/'}?${options.join('&')}`
}

/** Whether the string sets an option of this name itself. */
export function hasOption(uri: string, name: string): boolean {
  const query = uri.slice(uri.lastIndexOf('@') + 1).split('?', 2)[1] ?? ''
  return query.split('&').some(option => nameOf(option) === name.toLowerCase())
}

function nameOf(option: string): string {
  return option.split('=', 1)[0]!.toLowerCase()
}

function decodeQuietly(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
