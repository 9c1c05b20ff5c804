import { createHash } from 'node:crypto'
import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3'
import { isLakeferryError, LakeferryError, reasonOf } from '../../errors.js'
import { checkKey, checkPrefix, compareKeys, KEY_MAX_BYTES, keyProblem } from '../../model/object-key.js'
import type { ListedObject, ObjectStore, PutOptions, PutOutcome, StoredObject } from '../../ports/object-store.js'
import { loadS3Sdk, openS3Client, type S3Connection, type S3Sdk } from './s3-client.js'
import { deleteObjects } from './s3-delete.js'
import { downloadBody } from './s3-download.js'
import { isAbsent, isDamaged, isPreconditionFailed, isUnsupported, s3Error } from './s3-error.js'

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
  return new S3Store(sdk, await openS3Client(sdk, options), options, prefix === '' ? '' : `${prefix}/`, url)
}

class S3Store implements ObjectStore {
  readonly url: string
  readonly #sdk: S3Sdk
  readonly #client: S3Client
  readonly #bucket: string
  /** Empty, or with a `/` at its end. */
  readonly #prefix: string
  /** Whether listings come in the order of keys and start after any key, as AWS promises for all but directory buckets. */
  readonly #ordered: boolean
  #bucketIsThere: Promise<void> | undefined

  constructor(sdk: S3Sdk, client: S3Client, options: S3StoreOptions, prefix: string, url: string) {
    this.#sdk = sdk
    this.#client = client
    this.#bucket = options.bucket
    this.#prefix = prefix
    this.#ordered = options.endpoint === undefined && !options.bucket.endsWith('--x-s3')
    this.url = url
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const input = this.#input(key)
    return this.#attempt('get', key, async () => {
      const answer = await this.#unlessAbsent(this.#client.send(new this.#sdk.GetObjectCommand(input)))
      if (answer === undefined) return undefined
      const body = (await answer.Body?.transformToByteArray()) ?? new Uint8Array()
      this.#checkLength(key, answer.ContentLength, body.length)
      return { body, etag: this.#etagOf('get', key, answer) }
    })
  }

  async head(key: string): Promise<{ bytes: number; etag: string } | undefined> {
    const input = this.#input(key)
    return this.#attempt('head', key, async () => {
      const answer = await this.#unlessAbsent(this.#client.send(new this.#sdk.HeadObjectCommand(input)))
      if (answer !== undefined) return { bytes: answer.ContentLength ?? 0, etag: this.#etagOf('head', key, answer) }
      // An answer to HEAD has no body to say whether it was the bucket that is missing.
      await this.#checkBucket()
      return undefined
    })
  }

  async download(key: string, file: string): Promise<{ bytes: number; sha256: string }> {
    const input = this.#input(key)
    return this.#attempt('get', key, async () => {
      const answer = await this.#unlessAbsent(this.#client.send(new this.#sdk.GetObjectCommand(input)))
      if (answer?.Body === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: this.url, key })
      this.#etagOf('get', key, answer)
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

  /**
   * Collects all pages, about 200 bytes of memory a key, and sorts: SeaweedFS lists `a/b` before `a-b` and pages in that
   * order, S3 Express in none at all, and starting after a key there would leave out keys that come after it in ours.
   */
  async *list(
    prefix: string,
    { delimiter, startAfter = '' }: { delimiter?: '/'; startAfter?: string } = {},
  ): AsyncGenerator<ListedObject> {
    checkPrefix(prefix)
    const listed: ListedObject[] = []
    const take = (name: string | undefined, bytes: number): void => {
      if (!name?.startsWith(this.#prefix + prefix)) return
      const key = name.slice(this.#prefix.length)
      const isKey = keyProblem(delimiter !== undefined && key.endsWith('/') ? key.slice(0, -1) : key) === undefined
      if (isKey && compareKeys(key, startAfter) > 0) listed.push({ key, bytes })
    }
    await this.#attempt('list', prefix, async () => {
      let token: string | undefined
      do {
        const page = await this.#client.send(
          new this.#sdk.ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: this.#prefix + prefix,
            ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
            ...(this.#ordered && startAfter !== '' ? { StartAfter: this.#prefix + startAfter } : {}),
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        )
        if (page.IsTruncated === undefined && page.KeyCount === undefined) {
          throw this.#refused('list', prefix, 'the answer is not that of an object store')
        }
        for (const { Key, Size } of page.Contents ?? []) take(Key, Size ?? 0)
        for (const { Prefix } of page.CommonPrefixes ?? []) take(Prefix, 0)
        token = page.NextContinuationToken
        if (page.IsTruncated === true && token === undefined) {
          throw this.#refused('list', prefix, 'a page says that there are more, but not how to get them')
        }
      } while (token !== undefined)
    })
    yield* listed.sort((a, b) => compareKeys(a.key, b.key))
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#input(key)
    const target = { sdk: this.#sdk, client: this.#client, bucket: this.#bucket, prefix: this.#prefix, lake: this.url }
    await deleteObjects(target, keys)
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  /** False when the condition did not hold. */
  async #put(
    key: string,
    body: Uint8Array,
    { sha256, contentType }: PutOptions,
    condition: Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>,
  ): Promise<boolean> {
    const input = this.#input(key)
    const digest = sha256 ?? hashOf(body)
    if (!/^[0-9a-f]{64}$/.test(digest)) throw this.#damaged(key, digest, hashOf(body))
    const command = new this.#sdk.PutObjectCommand({
      ...input,
      ...condition,
      Body: body,
      ContentLength: body.length,
      ContentType: contentType ?? 'application/octet-stream',
      ChecksumSHA256: Buffer.from(digest, 'hex').toString('base64'),
    })
    // The signature covers a hash of the body. The SDK would compute it anew: 20 ms and more of our only thread for a part.
    command.middlewareStack.add(
      next => args => {
        if (hasHeaders(args.request)) args.request.headers['x-amz-content-sha256'] = digest
        return next(args)
      },
      { step: 'build', name: 'knownBodyHash' },
    )
    return this.#attempt('put', key, async () => {
      this.#bucketIsThere ??= this.#checkBucket()
      await this.#bucketIsThere.catch(error => {
        this.#bucketIsThere = undefined
        throw error
      })
      try {
        this.#etagOf('put', key, await this.#client.send(command))
        return true
      } catch (error) {
        if (isPreconditionFailed(error)) return false
        if (condition.IfMatch !== undefined && isAbsent(error)) return false
        if (isDamaged(error)) {
          const got = hashOf(body)
          if (got !== digest) throw this.#damaged(key, digest, got)
          // What we sent was right and arrived wrong: sending it again may help.
          const details = { lake: this.url, operation: 'put', key, reason: `damaged on the way: ${reasonOf(error)}` }
          throw new LakeferryError('LAKE_UNREACHABLE', details)
        }
        if (isUnsupported(error) && (condition.IfMatch ?? condition.IfNoneMatch) !== undefined) {
          const operation = condition.IfMatch === undefined ? 'If-None-Match' : 'If-Match'
          throw new LakeferryError('LAKE_NO_CONDITIONAL_WRITE', { lake: this.url, operation })
        }
        throw error
      }
    })
  }

  /** Once before the first write, because some stores make a bucket that is missing, and a mistyped name is no new lake. */
  async #checkBucket(): Promise<void> {
    try {
      await this.#client.send(new this.#sdk.HeadBucketCommand({ Bucket: this.#bucket }))
    } catch (error) {
      if (isAbsent(error)) throw new LakeferryError('LAKE_BUCKET_MISSING', { lake: this.url })
      // A role may put without being allowed to list, and an answer to HEAD has no body to give a reason: unless there
      // was no answer, let the operation itself have the say.
      if (isLakeferryError(s3Error(error, { lake: this.url, operation: 'head' }), 'LAKE_UNREACHABLE')) throw error
    }
  }

  #input(key: string): { Bucket: string; Key: string } {
    checkKey(key)
    const Key = this.#prefix + key
    if (Buffer.byteLength(Key) > KEY_MAX_BYTES) {
      throw new RangeError(`${JSON.stringify(Key)} is no object key: it is longer than ${KEY_MAX_BYTES} bytes`)
    }
    return { Bucket: this.#bucket, Key }
  }

  /** An answer that was cut off must not pass for an object. */
  #checkLength(key: string, wanted: number | undefined, got: number): void {
    if (wanted === undefined || wanted === got) return
    const details = { lake: this.url, operation: 'get', key, reason: `${got} of ${wanted} bytes arrived` }
    throw new LakeferryError('LAKE_UNREACHABLE', details)
  }

  /** Every object store gives one; a gateway's or a hotel's web page, which may come with status 200 as well, has none. */
  #etagOf(operation: string, key: string, { ETag }: { ETag?: string | undefined }): string {
    if (ETag === undefined) throw this.#refused(operation, key, 'the answer is not that of an object store')
    return ETag
  }

  #damaged(key: string, wanted: string, got: string): LakeferryError {
    return new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: this.url, key, wanted, got })
  }

  #refused(operation: string, key: string, reason: string): LakeferryError {
    return new LakeferryError('LAKE_REFUSED', { lake: this.url, operation, key, reason })
  }

  async #unlessAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  }

  async #attempt<T>(operation: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw s3Error(error, { lake: this.url, operation, key })
    }
  }
}

function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request
}
