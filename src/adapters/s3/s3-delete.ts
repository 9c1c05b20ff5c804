import { LakeferryError } from '../../errors.js'
import { isUnsupported, s3Error } from './s3-error.js'
import type { S3Target } from './s3-target.js'

/** Most keys that one DeleteObjects takes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const BATCH_KEYS = 1000

/**
 * Removes objects in batches, or one by one on a store without DeleteObjects. It answers 200 even when it could not
 * remove some of them: those are failures here.
 */
export async function deleteObjects(target: S3Target, keys: readonly string[]): Promise<void> {
  let oneByOne = false
  for (let from = 0; from < keys.length; from += BATCH_KEYS) {
    const batch = keys.slice(from, from + BATCH_KEYS)
    if (!oneByOne) oneByOne = !(await deleteBatch(target, batch))
    if (oneByOne) for (const key of batch) await deleteOne(target, key)
  }
}

/** False when the store does not know the request. */
async function deleteBatch({ sdk, client, bucket, prefix, lake }: S3Target, keys: string[]): Promise<boolean> {
  const first = keys[0] ?? ''
  const Objects = keys.map(key => ({ Key: prefix + key }))
  const command = new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } })
  try {
    const { Errors = [] } = await client.send(command)
    const failed = Errors.find(({ Code }) => Code !== 'NoSuchKey')
    if (failed === undefined) return true
    const name = failed.Code ?? 'Error'
    const text = `${failed.Message ?? 'no reason given'} (${Errors.length} of ${keys.length} objects were not deleted)`
    // The status is that of the whole answer, 200; the code says what a single deletion would have been answered.
    const error = Object.assign(new Error(text), { name, $metadata: { httpStatusCode: statusOf(name) } })
    throw s3Error(error, { lake, operation: 'delete', key: failed.Key?.slice(prefix.length) ?? first })
  } catch (error) {
    if (!(error instanceof LakeferryError) && isUnsupported(error)) return false
    throw s3Error(error, { lake, operation: 'delete', key: first })
  }
}

async function deleteOne({ sdk, client, bucket, prefix, lake }: S3Target, key: string): Promise<void> {
  try {
    await client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: prefix + key }))
  } catch (error) {
    throw s3Error(error, { lake, operation: 'delete', key })
  }
}

function statusOf(code: string): number {
  if (code === 'InternalError') return 500
  return code === 'ServiceUnavailable' || code === 'SlowDown' ? 503 : 400
}
