import { createHash } from 'node:crypto'
import type { CollectionMetadata } from './collection-metadata.js'

/**
 * `mongodump` escapes a collection's name for its file, and where that makes more than {@link LONGEST} characters it keeps
 * the first ones, then `%24` and a hash of the name in 27 more (`outputPath` in mongodump/prepare.go).
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

/**
 * The collection's name. For years it was escaped as for a query (Go's `url.QueryEscape`: `my+papers` is `my papers`), later
 * as for a path (`url.PathEscape`, where a `+` is one); which it was, the metadata tell by the name itself, or by being so
 * old that they do not have it. A shortened name that they do not tell stays as it is: nobody asks for it by mistake.
 *
 * @param told - undefined where there are no metadata
 */
export function collectionOf(stem: string, told: CollectionMetadata | undefined): string {
  const name = told?.name
  if (isShortened(stem)) return name !== undefined && isShortenedOf(stem, name) ? name : stem
  const asPath = unescaped(stem)
  const asQuery = unescaped(stem.replaceAll('+', ' '))
  const isOld = told !== undefined && name === undefined
  // Neither, where somebody has given the file another name: then that is meant.
  return isOld || name === asQuery ? asQuery : asPath
}

function unescaped(stem: string): string {
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
