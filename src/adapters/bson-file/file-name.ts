import { createHash } from 'node:crypto'

/**
 * `mongodump` escapes a collection's name for its file (Go's `url.PathEscape`), and where that makes more than
 * {@link LONGEST} characters it keeps the first ones, then `%24` and a hash of the name in 27 more
 * (`outputPath` in mongodump/prepare.go).
 */
const LONGEST = 238
const SHORTENED = /%24([A-Za-z0-9_-]{27})$/

/** What a file of a database's folder is, by its name. */
export interface FileName {
  /** Without its ending. */
  readonly stem: string
  readonly kind: 'documents' | 'metadata'
  readonly gzip: boolean
}

/** Undefined for a name that mongodump gives to no collection's file. */
export function parseFileName(name: string): FileName | undefined {
  const [, stem, ending, gz] = /^(.+?)(\.bson|\.metadata\.json)(\.gz)?$/s.exec(name) ?? []
  if (stem === undefined || ending === undefined) return undefined
  return { stem, kind: ending === '.bson' ? 'documents' : 'metadata', gzip: gz !== undefined }
}

/** The collection's name; undefined where it was shortened, and only its hash is left. */
export function collectionOf(stem: string): string | undefined {
  if (isShortened(stem)) return undefined
  try {
    return decodeURIComponent(stem)
  } catch {
    // From a mongodump that escaped nothing.
    return stem
  }
}

/** Whether this is the shortened name of that collection. */
export function isShortenedOf(stem: string, collection: string): boolean {
  return isShortened(stem) && SHORTENED.exec(stem)?.[1] === createHash('sha1').update(collection).digest('base64url')
}

function isShortened(stem: string): boolean {
  return stem.length === LONGEST && SHORTENED.test(stem)
}
