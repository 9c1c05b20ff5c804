import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { reasonOf } from '../../errors.js'
import { fileFailure, systemCode, unusable } from './backup-error.js'

/** What mongodump says of a collection, where it matters for reading. */
export interface CollectionMetadata {
  /** Undefined in older dumps, whose names are never shortened. */
  readonly name: string | undefined
  readonly kind: 'collection' | 'view' | 'timeseries'
  /** What a view looks at. */
  readonly viewOn?: string
}

export const NO_METADATA: CollectionMetadata = { name: undefined, kind: 'collection' }

/** Of a `metadata.json`, and of the same text in an archive: canonical Extended JSON, of which we need the plain texts. */
export function parseMetadata(text: string): CollectionMetadata {
  if (text === '') return NO_METADATA
  const { options = {}, collectionName } = JSON.parse(text) as {
    options?: { viewOn?: unknown; timeseries?: unknown } | null
    collectionName?: unknown
  }
  const name = typeof collectionName === 'string' ? collectionName : undefined
  if (typeof options?.viewOn === 'string') return { name, kind: 'view', viewOn: options.viewOn }
  return { name, kind: options?.timeseries === undefined ? 'collection' : 'timeseries' }
}

/** @throws `SOURCE_FILE` when it cannot be read or is no metadata */
export async function readMetadata(path: string): Promise<CollectionMetadata> {
  try {
    return parseMetadata(await readText(path))
  } catch (error) {
    throw systemCode(error) === undefined
      ? unusable(path, `it is no metadata of mongodump: ${reasonOf(error)}`)
      : fileFailure(path, error)
  }
}

/** A small text file, unpacked when its name ends in `.gz`. */
export async function readText(path: string): Promise<string> {
  const bytes = await readFile(path)
  return (path.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes).toString('utf8')
}
