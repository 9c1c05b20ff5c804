import { isAbsolute, relative, resolve } from 'node:path'

/**
 * A `file:` address with its path made absolute; others stay. Taken as it is typed, without percent-decoding, as a shell
 * would: `file:///lake` and `file:/lake` are one.
 */
export function absoluteFileUrl(url: string, base: string): string {
  return url.startsWith('file:') ? `file:${resolve(base, pathIn(url))}` : url
}

/** An address as typed in the folder `from`, as it is to be written in `to`: a relative path leads to the same place there. */
export function movedFileUrl(url: string, from: string, to: string): string {
  if (!url.startsWith('file:') || isAbsolute(pathIn(url)) || from === to) return url
  const moved = relative(to, resolve(from, pathIn(url)))
  return `file:${moved.startsWith('..') ? moved : `./${moved}`}`
}

function pathIn(url: string): string {
  return url.slice('file:'.length).replace(/^\/\/(?=\/)/, '')
}
