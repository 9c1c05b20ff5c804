import { createHash } from 'node:crypto'
import type { CompletedPart } from '@aws-sdk/client-s3'
import { isAbsent, isDamaged, isUnsupported, statusOf } from './s3-error.js'
import {
  base64,
  conditionFailed,
  damaged,
  damagedOnTheWay,
  hashOf,
  KNOWN_HASH,
  knownHash,
  type S3Put,
  withoutConditions,
} from './s3-put.js'
import { etagOf, refusal, type S3Target } from './s3-target.js'

/**
 * A larger body goes up in several requests, so that a connection that breaks late does not cost all of it and one stream's
 * speed is not the limit. A smaller one is one request: three fewer, and nothing that can be left behind.
 */
export const MULTIPART_ABOVE_BYTES: number = 32 * 1024 * 1024
/**
 * Of every part but the last. S3 wants 5 MiB to 5 GiB, and 10,000 parts at most, which here is 156 GiB:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
export const PART_BYTES: number = 16 * 1024 * 1024
/** Of one body. Several bodies are on their way at a time, too. */
const PARTS_AT_ONCE = 3

/**
 * Puts a large body by multipart upload: it becomes an object in one step at the end, on the condition given. Memory does
 * not grow: parts are views of the body.
 *
 * @returns false when the condition did not hold, undefined when the store has no multipart uploads
 */
export async function putInParts(target: S3Target, put: S3Put): Promise<boolean | undefined> {
  // The condition decides at the end; a large body need not travel to be refused then.
  if (put.condition.IfNoneMatch !== undefined && (await isThere(target, put.key))) return false
  const uploadId = await create(target, put)
  if (uploadId === undefined) return undefined
  let parts: CompletedPart[]
  try {
    parts = await uploadParts(target, put, uploadId)
  } catch (error) {
    await abort(target, put, uploadId)
    throw error
  }
  return complete(target, put, uploadId, parts)
}

async function isThere({ sdk, client, bucket, prefix }: S3Target, key: string): Promise<boolean> {
  try {
    await client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: prefix + key }))
    return true
  } catch (error) {
    if (isAbsent(error)) return false
    // To a role that may put but not list, what is absent is forbidden.
    if (statusOf(error) === 403) return false
    throw error
  }
}

async function create(target: S3Target, { key, contentType }: S3Put): Promise<string | undefined> {
  const { sdk, client, bucket, prefix } = target
  try {
    const { UploadId } = await client.send(
      new sdk.CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: prefix + key,
        ContentType: contentType,
        ChecksumAlgorithm: 'SHA256',
      }),
    )
    if (UploadId === undefined) throw refusal(target, 'put', key, 'the answer is not that of an object store')
    return UploadId
  } catch (error) {
    if (isUnsupported(error)) return undefined
    throw error
  }
}

/** All of them, a few at a time. The first failure stops the others; none is on its way any more when this ends. */
async function uploadParts(target: S3Target, put: S3Put, uploadId: string): Promise<CompletedPart[]> {
  const { key, body, sha256 } = put
  const count = Math.ceil(body.length / PART_BYTES)
  const whole = createHash('sha256')
  const done: CompletedPart[] = []
  const stop = new AbortController()
  let next = 0
  const work = async (): Promise<void> => {
    while (next < count && !stop.signal.aborted) {
      const index = next++
      const piece = body.subarray(index * PART_BYTES, (index + 1) * PART_BYTES)
      // Nothing waits between taking the number and this: the pieces come in their order.
      whole.update(piece)
      try {
        done[index] = await uploadPart(target, put, { uploadId, number: index + 1, piece, signal: stop.signal })
      } catch (error) {
        stop.abort()
        throw error
      }
    }
  }
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(PARTS_AT_ONCE, count) }, work))
  const failures = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []))
  // Those that were stopped fail as well, and say less.
  const first = failures.find(reason => !(reason instanceof Error && reason.name === 'AbortError')) ?? failures[0]
  if (first !== undefined) throw first
  // Each part is checked by the store. That together they are what the caller meant, nobody else can tell.
  const got = whole.digest('hex')
  if (got !== sha256) throw damaged(target, key, sha256, got)
  return done
}

interface Piece {
  readonly uploadId: string
  /** From 1. */
  readonly number: number
  readonly piece: Uint8Array
  readonly signal: AbortSignal
}

async function uploadPart(
  target: S3Target,
  { key }: S3Put,
  { uploadId, number, piece, signal }: Piece,
): Promise<CompletedPart> {
  const { sdk, client, bucket, prefix } = target
  const sha256 = hashOf(piece)
  const checksum = base64(sha256)
  const command = new sdk.UploadPartCommand({
    Bucket: bucket,
    Key: prefix + key,
    UploadId: uploadId,
    PartNumber: number,
    Body: piece,
    ContentLength: piece.length,
    ChecksumSHA256: checksum,
  })
  command.middlewareStack.add(knownHash(sha256), KNOWN_HASH)
  try {
    const answer = await client.send(command, { abortSignal: signal })
    // Of a checksum that the store did not take it must not be told at the end.
    const { ChecksumSHA256 } = answer
    return {
      PartNumber: number,
      ETag: etagOf(target, 'put', key, answer),
      ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256 }),
    }
  } catch (error) {
    throw isDamaged(error) ? damagedOnTheWay(target, key, error) : error
  }
}

/** Makes the object. False when the condition did not hold. */
async function complete(target: S3Target, put: S3Put, uploadId: string, parts: CompletedPart[]): Promise<boolean> {
  const { sdk, client, bucket, prefix } = target
  const command = new sdk.CompleteMultipartUploadCommand({
    Bucket: bucket,
    Key: prefix + put.key,
    UploadId: uploadId,
    MultipartUpload: { Parts: parts },
    ...put.condition,
  })
  try {
    etagOf(target, 'put', put.key, await client.send(command))
    return true
  } catch (error) {
    const status = statusOf(error) ?? 0
    // Without a clear no it may still be at work, and aborting what is being put together is not safe on every store.
    if ((status >= 400 && status < 500) || isUnsupported(error)) await abort(target, put, uploadId)
    if (error instanceof Error && error.name === 'NoSuchUpload') throw error
    if (conditionFailed(error, put)) return false
    throw withoutConditions(error, target, put) ?? error
  }
}

/** What cannot be removed now is a leftover, for `gc`. */
async function abort({ sdk, client, bucket, prefix }: S3Target, { key }: S3Put, uploadId: string): Promise<void> {
  const command = new sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key: prefix + key, UploadId: uploadId })
  await client.send(command).catch(() => undefined)
}
