import { isLakeferryError, LakeferryError } from '../../errors.js'
import { checkKey, checkPrefix, KEY_MAX_BYTES, keyProblem } from '../../model/object-key.js'
import type {
  Leftover,
  ListedObject,
  ObjectStore,
  PutOptions,
  PutOutcome,
  StoredObject,
} from '../../ports/object-store.js'
import type { ClockReading } from '../../ports/source-health.js'
import { loadS3Sdk, openS3Client, type S3Connection } from './s3-client.js'
import { readS3Clock } from './s3-clock.js'
import { deleteObjects } from './s3-delete.js'
import { downloadBody } from './s3-download.js'
import { isAbsent, s3Error } from './s3-error.js'
import { listObjects } from './s3-list.js'
import { MULTIPART_ABOVE_BYTES, putInParts } from './s3-multipart.js'
import { damaged, hashOf, putWhole, type S3Put } from './s3-put.js'
import { attempt, etagOf, type S3Target } from './s3-target.js'
import { abortUpload, listUploads } from './s3-uploads.js'

/** How long a bucket that was there counts as being there still, in milliseconds. */
const BUCKET_SEEN_FOR_MS = 2_000

export interface S3StoreOptions extends S3Connection {
  readonly bucket: string
  /** Of every key, without slashes at its ends. @defaultValue none */
  readonly prefix?: string
}

/**
 * A lake in a bucket of AWS S3 or of a store that speaks its protocol with conditional writes. Nothing is sent yet.
 * Wrap it in `withRetry`: this adapter tries once.
 *
 * @throws {@link LakeferryError} `LAKE_URL` if bucket, prefix or endpoint cannot be meant
 */
export async function openS3Store(options: S3StoreOptions): Promise<ObjectStore> {
  const prefix = (options.prefix ?? '').replace(/^\/+|\/+$/g, '')
  const url = `s3://${options.bucket}${prefix === '' ? '' : `/${prefix}`}`
  if (options.bucket === '') throw new LakeferryError('LAKE_URL', { url, reason: 'it names no bucket' })
  const problem = prefix === '' ? undefined : keyProblem(prefix)
  if (problem !== undefined)
    throw new LakeferryError('LAKE_URL', { url, reason: `its prefix cannot be used: ${problem}` })
  const sdk = await loadS3Sdk()
  const client = await openS3Client(sdk, options)
  const target = { sdk, client, bucket: options.bucket, prefix: prefix === '' ? '' : `${prefix}/`, lake: url }
  return new S3Store(target, options.endpoint === undefined && !options.bucket.endsWith('--x-s3'))
}

class S3Store implements ObjectStore {
  readonly url: string
  readonly #target: S3Target
  /** Whether listings come in the order of keys: `S3Listing`. */
  readonly #ordered: boolean
  #bucketCheck: { readonly at: number; readonly done: Promise<void> } | undefined

  constructor(target: S3Target, ordered: boolean) {
    this.#target = target
    this.#ordered = ordered
    this.url = target.lake
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const { sdk, client } = this.#target
    const input = this.#input(key)
    return attempt(this.#target, 'get', key, async () => {
      const answer = await unlessAbsent(client.send(new sdk.GetObjectCommand(input)))
      if (answer === undefined) return undefined
      const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array()
      this.#checkLength(key, answer.ContentLength, body.length)
      return { body, etag: etagOf(this.#target, 'get', key, answer) }
    })
  }

  readClock(): Promise<ClockReading | undefined> {
    return readS3Clock(this.#target)
  }

  async head(key: string): Promise<{ bytes: number; etag: string } | undefined> {
    const { sdk, client } = this.#target
    const input = this.#input(key)
    return attempt(this.#target, 'head', key, async () => {
      const answer = await unlessAbsent(client.send(new sdk.HeadObjectCommand(input)))
      if (answer !== undefined)
        return { bytes: answer.ContentLength ?? 0, etag: etagOf(this.#target, 'head', key, answer) }
      // An answer to HEAD has no body to say whether it was the bucket that is missing.
      await this.#checkBucket()
      return undefined
    })
  }

  async download(key: string, file: string): Promise<{ bytes: number; sha256: string }> {
    const { sdk, client } = this.#target
    const input = this.#input(key)
    return attempt(this.#target, 'get', key, async () => {
      const answer = await unlessAbsent(client.send(new sdk.GetObjectCommand(input)))
      if (answer?.Body === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: this.url, key })
      etagOf(this.#target, 'get', key, answer)
      const { ContentLength, Body } = answer
      return downloadBody(Body, file, bytes => this.#checkLength(key, ContentLength, bytes))
    })
  }

  async putIfAbsent(key: string, body: Uint8Array, options: PutOptions = {}): Promise<PutOutcome> {
    const written = await this.#put(key, body, options, { IfNoneMatch: '*' })
    return written ? 'created' : 'exists'
  }

  async putIfMatch(key: string, body: Uint8Array, etag: string | undefined): Promise<{ written: boolean }> {
    const condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag }
    return { written: await this.#put(key, body, {}, condition) }
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<void> {
    await this.#put(key, body, options, {})
  }

  async *list(
    prefix: string,
    { delimiter, startAfter = '' }: { delimiter?: '/'; startAfter?: string } = {},
  ): AsyncGenerator<ListedObject> {
    checkPrefix(prefix)
    yield* await listObjects(this.#target, { prefix, delimiter, startAfter, ordered: this.#ordered })
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#input(key)
    await deleteObjects(this.#target, keys)
  }

  leftovers(): AsyncGenerator<Leftover> {
    return listUploads(this.#target)
  }

  async removeLeftover(leftover: Leftover): Promise<void> {
    await abortUpload(this.#target, leftover)
  }

  async close(): Promise<void> {
    this.#target.client.destroy()
  }

  /** False when the condition did not hold. */
  async #put(
    key: string,
    body: Uint8Array,
    { sha256 = hashOf(body), contentType = 'application/octet-stream' }: PutOptions,
    condition: S3Put['condition'],
  ): Promise<boolean> {
    this.#input(key)
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw damaged(this.#target, key, sha256, hashOf(body))
    const put = { key, body, sha256, contentType, condition }
    return attempt(this.#target, 'put', key, async () => {
      await this.#bucketSeen()
      const inParts = body.length > MULTIPART_ABOVE_BYTES ? await putInParts(this.#target, put) : undefined
      return inParts ?? (await putWhole(this.#target, put))
    })
  }

  /**
   * Before a write, unless it was done a moment ago: SeaweedFS makes a bucket that is missing, and neither is a mistyped name
   * a new lake, nor one that was removed in the middle of an export to come back with the rest of it.
   */
  async #bucketSeen(): Promise<void> {
    const now = performance.now()
    if (this.#bucketCheck === undefined || now - this.#bucketCheck.at > BUCKET_SEEN_FOR_MS) {
      this.#bucketCheck = { at: now, done: this.#checkBucket() }
    }
    const check = this.#bucketCheck
    try {
      await check.done
    } catch (error) {
      if (this.#bucketCheck === check) this.#bucketCheck = undefined
      throw error
    }
  }

  async #checkBucket(): Promise<void> {
    const { sdk, client, bucket } = this.#target
    try {
      await client.send(new sdk.HeadBucketCommand({ Bucket: bucket }))
    } catch (error) {
      if (isAbsent(error)) throw new LakeferryError('LAKE_BUCKET_MISSING', { lake: this.url })
      // A role may put without being allowed to list, and an answer to HEAD has no body to give a reason: unless there
      // was no answer, let the operation itself have the say.
      if (isLakeferryError(s3Error(error, { lake: this.url, operation: 'head' }), 'LAKE_UNREACHABLE')) throw error
    }
  }

  #input(key: string): { Bucket: string; Key: string } {
    checkKey(key)
    const { bucket, prefix } = this.#target
    const Key = prefix + key
    if (Buffer.byteLength(Key) > KEY_MAX_BYTES) {
      throw new RangeError(`${JSON.stringify(Key)} is no object key: it is longer than ${KEY_MAX_BYTES} bytes`)
    }
    return { Bucket: bucket, Key }
  }

  /** An answer that was cut off must not pass for an object. */
  #checkLength(key: string, wanted: number | undefined, got: number): void {
    if (wanted === undefined || wanted === got) return
    const details = { lake: this.url, operation: 'get', key, reason: `${got} of ${wanted} bytes arrived` }
    throw new LakeferryError('LAKE_UNREACHABLE', details)
  }
}

async function unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}
