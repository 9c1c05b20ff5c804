import { resolve } from 'node:path'

/**
 * A `file:` address with its path made absolute; others stay. Taken as it is typed, without percent-decoding, as a shell
 * would: `file:///lake` and `file:/lake` are one.
 */
export function absoluteFileUrl(url: string, base: string): string {
  return url.startsWith('file:') ? `file:${resolve(base, url.slice('file:'.length).replace(/^\/\/(?=\/)/, ''))}` : url
}
