import type { S3Client } from '@aws-sdk/client-s3'
import { LakeferryError } from '../../errors.js'
import type { S3Sdk } from './s3-client.js'
import { s3Error } from './s3-error.js'

/** The lake that requests are about, and what sends them. */
export interface S3Target {
  readonly sdk: S3Sdk
  readonly client: S3Client
  readonly bucket: string
  /** Of every key: empty, or with a `/` at its end. */
  readonly prefix: string
  /** The lake's URL, for messages. */
  readonly lake: string
}

/** Every object store gives one; a gateway's or a hotel's web page, which may come with status 200 as well, has none. */
export function etagOf(
  target: S3Target,
  operation: string,
  key: string,
  { ETag }: { ETag?: string | undefined },
): string {
  if (ETag === undefined) throw refusal(target, operation, key, 'the answer is not that of an object store')
  return ETag
}

export function refusal({ lake }: S3Target, operation: string, key: string, reason: string): LakeferryError {
  return new LakeferryError('LAKE_REFUSED', { lake, operation, key, reason })
}

/** Does the work, and says what failed in Lakeferry's words. */
export async function attempt<T>(
  { lake }: S3Target,
  operation: string,
  key: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw s3Error(error, { lake, operation, key })
  }
}
