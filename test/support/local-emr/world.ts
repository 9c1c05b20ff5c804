import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { S3Service } from '../services.js'
import type { Outcome, WorkResult } from './outcome.js'
import { type SparkPrograms, sparkWork } from './spark-work.js'

export interface WorldOptions {
  /** What becomes of the n-th submission, from 0. @defaultValue it succeeds */
  readonly outcome?: (n: number) => Outcome
  /** Where logs go, and what Spark reads. */
  readonly storage?: S3Service
  readonly spark?: SparkPrograms
  /** Between two states, in milliseconds. @defaultValue 20 */
  readonly stepMs?: number
  /** Until logs are in the bucket, in milliseconds. @defaultValue 0 */
  readonly logDelayMs?: number
  /** Entries of a page of a list. @defaultValue 50 */
  readonly pageSize?: number
}

/** What the two services have in common: time, work and logs. */
export class World {
  readonly stepMs: number
  readonly pageSize: number
  readonly #options: WorldOptions
  readonly #ending = new AbortController()
  readonly #atWork = new Set<Promise<unknown>>()
  #submitted = 0
  #s3: S3Client | undefined

  constructor(options: WorldOptions) {
    this.#options = options
    this.stepMs = options.stepMs ?? 20
    this.pageSize = options.pageSize ?? 50
  }

  nextOutcome(): Outcome {
    const outcome = this.#options.outcome?.(this.#submitted) ?? { kind: 'succeeds' }
    this.#submitted += 1
    return outcome
  }

  /** Ids as the service makes them. */
  id(prefix: string, length: number, upper: boolean): string {
    const letters = upper ? 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789' : '0123456789abcdefghijklmnopqrstuv'
    return prefix + [...randomBytes(length)].map(byte => letters[byte % letters.length]).join('')
  }

  /** Lives on until `stop`; what goes wrong in it goes wrong in the test. */
  live(work: () => Promise<void>): void {
    const working = work().catch(error => {
      if (!this.#ending.signal.aborted) console.error('local-emr:', error)
    })
    this.#atWork.add(working)
    void working.finally(() => this.#atWork.delete(working))
  }

  async pause(ms: number, signal?: AbortSignal): Promise<void> {
    const signals = signal === undefined ? [this.#ending.signal] : [this.#ending.signal, signal]
    const any = AbortSignal.any(signals)
    if (any.aborted) return
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, ms)
      any.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          resolve()
        },
        { once: true },
      )
    })
  }

  get ending(): boolean {
    return this.#ending.signal.aborted
  }

  async work(outcome: Outcome, words: readonly string[], signal: AbortSignal): Promise<WorkResult> {
    const any = AbortSignal.any([this.#ending.signal, signal])
    switch (outcome.kind) {
      case 'spark': {
        const { spark, storage } = this.#options
        if (spark === undefined || storage === undefined) throw new Error('no Spark was given')
        return await sparkWork(spark, storage, words, any)
      }
      case 'fails':
        await this.pause(this.stepMs, any)
        return { ok: false, stderr: outcome.stderr ?? '' }
      case 'runs on':
        await this.pause(3_600_000, any)
        return { ok: false, stderr: '' }
      default:
        await this.pause(this.stepMs, any)
        return { ok: true, stderr: '' }
    }
  }

  /** Puts a gzipped log where the service would. @param uri - `s3://bucket/key` */
  async log(uri: string, text: string): Promise<void> {
    const { storage, logDelayMs = 0 } = this.#options
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri) ?? []
    if (storage === undefined || bucket === undefined) return
    const { endpoint, region, accessKeyId, secretAccessKey } = storage
    this.#s3 ??= new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    })
    const s3 = this.#s3
    const put = async (): Promise<void> => {
      await this.pause(logDelayMs)
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: gzipSync(text) }))
    }
    if (logDelayMs === 0) await put()
    else this.live(put)
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await Promise.all(this.#atWork)
    this.#s3?.destroy()
  }
}
