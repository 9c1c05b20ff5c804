import type { BsonFileSource } from './adapters/bson-file/bson-file-source.js'
import type { MongoSource } from './adapters/mongo/mongo-source.js'
import { type Config, type DatasetConfig, isBackup } from './config/config.js'
import { LakeferryError } from './errors.js'
import type { Contract } from './model/contract.js'
import type { DocumentSink } from './ports/document-sink.js'
import type { ObjectStore } from './ports/object-store.js'
import type { QueryEngine } from './ports/query-engine.js'

/**
 * The only place that picks adapters. Each is loaded when it is first asked for: a command that reads a `file:` lake must
 * not wait for the AWS SDK or the MongoDB driver to load.
 */

/** The lake of `lake.url`, behind retries. */
export async function openLake({ lake }: Config): Promise<ObjectStore> {
  const { withRetry } = await import('./adapters/retry.js')
  const url = /^(s3|file):(.*)$/s.exec(lake.url)
  if (url?.[1] === 'file') {
    const { openFsStore } = await import('./adapters/fs/fs-store.js')
    return withRetry(openFsStore({ root: url[2]! }))
  }
  const { openS3Store } = await import('./adapters/s3/s3-store.js')
  const [, bucket = '', prefix = ''] = /^\/\/([^/]*)\/?(.*?)\/*$/s.exec(url?.[2] ?? '') ?? []
  return withRetry(await openS3Store({ ...lake, bucket, prefix }))
}

/** The collections of `source.database`, on a server or in a backup; `doctor` can also ask it about itself. */
export async function openSource({ source }: Config): Promise<MongoSource | BsonFileSource> {
  if (isBackup(source.uri)) {
    const { openBsonFileSource } = await import('./adapters/bson-file/bson-file-source.js')
    return await openBsonFileSource(source)
  }
  const { openMongoSource } = await import('./adapters/mongo/mongo-source.js')
  return await openMongoSource(source)
}

/** @throws {@link LakeferryError} `USAGE` where the source is a backup: nothing is ever written to one */
export async function openSink({ source }: Config): Promise<DocumentSink> {
  if (isBackup(source.uri)) {
    throw new LakeferryError('USAGE', {
      problem: `source.uri is a backup (${source.uri}), and documents are written to a MongoDB`,
      next: 'Name one: LAKEFERRY_SOURCE_URI=mongodb://…, or another --config.',
    })
  }
  const { openMongoSink } = await import('./adapters/mongo/mongo-sink.js')
  return await openMongoSink(source)
}

export async function openEngine(_config: Config, lake: ObjectStore): Promise<QueryEngine> {
  const { openDuckDb } = await import('./adapters/duckdb/duckdb-engine.js')
  return await openDuckDb({ lake })
}

/** The contract of a dataset, or undefined when it has none. Of a file with several objects, the one of its name. */
export async function loadDatasetContract({ name, contract }: DatasetConfig): Promise<Contract | undefined> {
  if (contract === undefined) return undefined
  const { loadContract } = await import('./contract/load.js')
  return await loadContract(contract, { object: name })
}
