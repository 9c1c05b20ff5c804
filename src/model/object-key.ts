/** S3's limit, in bytes of UTF-8, on a whole key: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const KEY_MAX_BYTES = 1024
/** The limit of common file systems (NAME_MAX) on one segment, in bytes: a lake can move between `s3://` and `file:`. */
export const KEY_SEGMENT_MAX_BYTES = 255

/** First segment that no key may have: a `file:` lake keeps its unfinished writes and its locks there. */
export const RESERVED_SEGMENT = '.lakeferry'

/**
 * What is wrong with a key, or undefined. One rule for every store: a key is safe as a path below a root, as text of
 * an XML answer and as UTF-8, so that it means the same object wherever the lake is.
 */
export function keyProblem(key: string): string | undefined {
  if (key === '') return 'it is empty'
  const segments = key.split('/')
  if (segments.includes('')) return 'it has an empty segment'
  if (segments.some(segment => segment === '.' || segment === '..')) return 'it has a segment . or ..'
  if (segments[0] === RESERVED_SEGMENT) return `${RESERVED_SEGMENT} is reserved`
  if (/[\\\u0000-\u001f\u007f\ufffe\uffff]/.test(key)) return 'it has a backslash or a control character'
  if (/\p{Surrogate}/u.test(key)) return 'it has half a surrogate pair'
  if (Buffer.byteLength(key) > KEY_MAX_BYTES) return `it is longer than ${KEY_MAX_BYTES} bytes`
  if (key.length * 3 > KEY_SEGMENT_MAX_BYTES && segments.some(s => Buffer.byteLength(s) > KEY_SEGMENT_MAX_BYTES)) {
    return `it has a segment longer than ${KEY_SEGMENT_MAX_BYTES} bytes`
  }
  return undefined
}

/** @throws RangeError if the key is none, which is a caller's bug */
export function checkKey(key: string): void {
  const problem = keyProblem(key)
  if (problem !== undefined) throw new RangeError(`${JSON.stringify(key)} is no object key: ${problem}`)
}

/**
 * A prefix may be empty, end in `/` or break off within a segment.
 *
 * @throws RangeError if no key could begin with it, which is a caller's bug
 */
export function checkPrefix(prefix: string): void {
  const problem = prefix === '' ? undefined : keyProblem(prefix.endsWith('/') ? `${prefix}x` : prefix)
  if (problem !== undefined) throw new RangeError(`${JSON.stringify(prefix)} is no prefix of object keys: ${problem}`)
}

/** Order of the keys' UTF-8 bytes, as S3 lists them; JavaScript's own `<` puts U+10000 and above before U+E000. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return codePointOrder(x) - codePointOrder(y)
  }
  return a.length - b.length
}

/** Moves surrogates, which stand for U+10000 and above, behind the rest of the 16-bit range. */
function codePointOrder(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}
