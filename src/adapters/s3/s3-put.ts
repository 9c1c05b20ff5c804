import { createHash } from 'node:crypto'
import type { PutObjectCommandInput } from '@aws-sdk/client-s3'
import { LakeferryError, reasonOf } from '../../errors.js'
import { isAbsent, isDamaged, isPreconditionFailed, isUnsupported } from './s3-error.js'
import { etagOf, type S3Target } from './s3-target.js'

/** The parts of a put that are the same whether the body goes in one request or in several. */
export interface S3Put {
  /** Relative to the lake. */
  readonly key: string
  readonly body: Uint8Array
  /** SHA-256 of the body, hex; checked on the way. */
  readonly sha256: string
  readonly contentType: string
  readonly condition: Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>
}

/** One PutObject. False when the condition did not hold. */
export async function putWhole(target: S3Target, put: S3Put): Promise<boolean> {
  const { sdk, client, bucket, prefix } = target
  const { key, body, sha256, contentType, condition } = put
  const command = new sdk.PutObjectCommand({
    Bucket: bucket,
    Key: prefix + key,
    ...condition,
    Body: body,
    ContentLength: body.length,
    ContentType: contentType,
    ChecksumSHA256: base64(sha256),
  })
  command.middlewareStack.add(knownHash(sha256), KNOWN_HASH)
  try {
    etagOf(target, 'put', key, await client.send(command))
    return true
  } catch (error) {
    if (conditionFailed(error, put)) return false
    if (isDamaged(error)) {
      const got = hashOf(body)
      if (got !== sha256) throw damaged(target, key, sha256, got)
      throw damagedOnTheWay(target, key, error)
    }
    throw withoutConditions(error, target, put) ?? error
  }
}

/** Whether the store refused the put because of its condition. */
export function conditionFailed(error: unknown, { condition }: S3Put): boolean {
  return isPreconditionFailed(error) || (condition.IfMatch !== undefined && isAbsent(error))
}

/** The error to raise when the store does not know the condition of the put. */
export function withoutConditions(
  error: unknown,
  { lake }: S3Target,
  { condition }: S3Put,
): LakeferryError | undefined {
  if (!isUnsupported(error) || (condition.IfMatch ?? condition.IfNoneMatch) === undefined) return undefined
  const operation = condition.IfMatch === undefined ? 'If-None-Match' : 'If-Match'
  return new LakeferryError('LAKE_NO_CONDITIONAL_WRITE', { lake, operation })
}

export function damaged({ lake }: S3Target, key: string, wanted: string, got: string): LakeferryError {
  return new LakeferryError('LAKE_OBJECT_DAMAGED', { lake, key, wanted, got })
}

/** What we sent was right and arrived wrong: sending it again may help. */
export function damagedOnTheWay({ lake }: S3Target, key: string, error: unknown): LakeferryError {
  const details = { lake, operation: 'put', key, reason: `damaged on the way: ${reasonOf(error)}` }
  return new LakeferryError('LAKE_UNREACHABLE', details)
}

/** Where {@link knownHash} belongs. */
export const KNOWN_HASH = { step: 'build', name: 'knownHash' } as const

/**
 * The signature covers a hash of the body. The SDK would compute it anew: 20 ms and more of our only thread for a part of
 * the usual size.
 *
 * @param sha256 - hex
 */
export function knownHash(
  sha256: string,
): <A extends { request?: unknown }, R>(next: (args: A) => Promise<R>) => (args: A) => Promise<R> {
  return next => args => {
    if (hasHeaders(args.request)) args.request.headers['x-amz-content-sha256'] = sha256
    return next(args)
  }
}

export function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

export function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64')
}

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request
}
