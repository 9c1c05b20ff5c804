/** A JSON Pointer (RFC 6901), which takes any name: `/datasets/papers/formats/0`. */
export function jsonPointer(path: readonly string[]): string {
  return path.map(name => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
