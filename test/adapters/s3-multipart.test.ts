import type { IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withRetry } from '../../src/adapters/retry.js'
import { MULTIPART_ABOVE_BYTES, PART_BYTES } from '../../src/adapters/s3/s3-multipart.js'
import { openS3Store, type S3StoreOptions } from '../../src/adapters/s3/s3-store.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { failure, largeBody, leftoversOf, sha256 } from '../ports/object-store-suite.js'
import { type CannedAnswer, type CannedS3, errorXml, startCannedS3 } from '../support/canned-s3.js'
import { startFaultyS3 } from '../support/faulty-s3.js'
import { type Fault, faulty } from '../support/faulty-store.js'
import { freshPrefix, type S3Service, s3 } from '../support/services.js'
import { startToxicProxy, type ToxicProxy } from '../support/toxic-proxy.js'

const body = largeBody()
const PARTS = Math.ceil(body.length / PART_BYTES)

describe('on a real store', () => {
  let service: S3Service
  let proxy: ToxicProxy
  let direct: ObjectStore
  let remote: ObjectStore
  let common: S3StoreOptions
  beforeEach(async () => {
    service = await s3()
    const { hostname, port } = new URL(service.endpoint)
    proxy = await startToxicProxy({ host: hostname, port: Number(port) })
    const { accessKeyId, secretAccessKey, bucket, region } = service
    common = { bucket, region, prefix: freshPrefix(), credentials: { accessKeyId, secretAccessKey } }
    direct = await openS3Store({ ...common, endpoint: service.endpoint })
    remote = await openS3Store({ ...common, endpoint: `http://${proxy.host}:${proxy.port}` })
  })
  afterEach(async () => {
    await Promise.all([direct.close(), remote.close()])
    await proxy.stop()
  })

  const whole = async (): Promise<void> => {
    expect(sha256((await direct.get('big'))?.body ?? new Uint8Array())).toBe(sha256(body))
  }

  it('a connection that breaks within a part, or damages one, costs another attempt and leaves nothing', async () => {
    for (const toxic of [
      { kind: 'cut-request', after: 5_000_000 },
      { kind: 'damage-request', at: 5_000_000 },
    ] as const) {
      await proxy.inject(toxic, 4)
      expect(await failure(remote.putIfAbsent('big', body))).toBe('LAKE_UNREACHABLE')
      expect(await direct.head('big')).toBeUndefined()
      await proxy.heal()
      // Aborted when the store could be reached for that; otherwise it is what gc is for.
      for (const leftover of await leftoversOf(direct)) await direct.removeLeftover(leftover)
      await proxy.inject(toxic, 1)
      expect(await withRetry(remote, { baseMs: 10 }).putIfAbsent('big', body)).toBe('created')
      await proxy.heal()
      await whole()
      expect(await leftoversOf(direct)).toEqual([])
      await direct.delete(['big'])
    }
  })

  it('an upload that nobody could abort is a leftover, with its key, age and size, until it is removed', async () => {
    // The upload begins, and then neither a part nor the word to end it gets through.
    const broken = await startFaultyS3(service.endpoint, ({ url }) => (url.includes('uploadId=') ? 'reset' : undefined))
    const lost = await openS3Store({ ...common, endpoint: broken.endpoint })
    const begun = Date.now()
    expect(await failure(lost.putIfAbsent('big', body))).toBe('LAKE_UNREACHABLE')
    expect(broken.struck).toBeGreaterThan(1)
    await lost.close()
    await broken.stop()
    const [leftover, ...others] = await leftoversOf(direct)
    expect(others).toEqual([])
    expect(leftover).toMatchObject({ key: 'big', abandoned: false, bytes: expect.any(Number) })
    expect(leftover!.since.getTime()).toBeGreaterThan(begun - 5_000)
    expect(leftover!.since.getTime()).toBeLessThan(Date.now() + 5_000)
    await direct.removeLeftover(leftover!)
    await direct.removeLeftover(leftover!)
    expect(await leftoversOf(direct)).toEqual([])
    expect(await direct.head('big')).toBeUndefined()
  })

  it('knows its own object when the answer to the last request was lost', async () => {
    const faults: (Fault | undefined)[] = ['after']
    const retried = withRetry(
      faulty(remote, () => faults.shift()),
      { baseMs: 1 },
    )
    expect(await retried.putIfAbsent('big', body)).toBe('created')
    faults.push('before')
    expect(await retried.putIfAbsent('big', largeBody(9))).toBe('exists')
    await whole()
  })
})

describe('by the letter of the protocol', () => {
  let server: CannedS3 | undefined
  afterEach(async () => {
    await server?.stop()
    server = undefined
  })

  type Answer = (request: IncomingMessage, body: Buffer) => ReturnType<Parameters<typeof startCannedS3>[0]>
  type Answers = Partial<Record<Step, Answer>>
  /** A server that takes an upload, but for what `answers` says. */
  async function storeOf(answers: Answers): Promise<{ store: ObjectStore; steps: Step[] }> {
    const steps: Step[] = []
    server = await startCannedS3((request, bytes) => {
      const step = stepOf(request)
      steps.push(step)
      const answer = answers[step]
      return answer === undefined ? GOOD[step] : answer(request, bytes)
    })
    return { store: server.store, steps }
  }

  it.each([
    [412, 'PreconditionFailed', 'exists', true],
    [409, 'ConditionalRequestConflict', 'LAKE_UNREACHABLE', true],
    [404, 'NoSuchUpload', 'LAKE_UNREACHABLE', true],
    [403, 'AccessDenied', 'LAKE_FORBIDDEN', true],
    [400, 'EntityTooSmall', 'LAKE_REFUSED', true],
    [501, 'NotImplemented', 'LAKE_NO_CONDITIONAL_WRITE', true],
    // Nobody knows whether it was done, so it is not undone.
    [200, 'InternalError', 'LAKE_UNREACHABLE', false],
    [503, 'SlowDown', 'LAKE_UNREACHABLE', false],
    [500, 'InternalError', 'LAKE_UNREACHABLE', false],
    [0, '', 'LAKE_UNREACHABLE', false],
  ])('takes %i %s on completing for %s', async (status, code, expected, aborted) => {
    const { store, steps } = await storeOf({
      complete: () => (status === 0 ? undefined : { status, body: errorXml(code) }),
    })
    const outcome = await store.putIfAbsent('big', body).catch(error => error.code)
    expect(outcome).toBe(expected)
    expect(steps).toEqual(['head', 'create', ...Array(PARTS).fill('part'), 'complete', ...(aborted ? ['abort'] : [])])
  })

  it('sends each byte once, in parts with their checksums, and the condition with the last request', async () => {
    const pieces: { number: number; bytes: Buffer; checksum: unknown }[] = []
    let condition: unknown
    let manifest = ''
    const { store } = await storeOf({
      part: (request, bytes) => {
        const number = Number(/partNumber=(\d+)/.exec(request.url ?? '')?.[1])
        const checksum = request.headers['x-amz-checksum-sha256']
        pieces.push({ number, bytes, checksum })
        expect(request.headers['x-amz-content-sha256']).toBe(sha256(bytes))
        return { status: 200, headers: { etag: `"e${number}"`, 'x-amz-checksum-sha256': String(checksum) } }
      },
      complete: (request, bytes) => {
        condition = request.headers['if-none-match']
        manifest = bytes.toString()
        return GOOD.complete
      },
    })
    expect(await store.putIfAbsent('big', body, { sha256: sha256(body) })).toBe('created')
    pieces.sort((a, b) => a.number - b.number)
    expect(sha256(Buffer.concat(pieces.map(({ bytes }) => bytes)))).toBe(sha256(body))
    expect(pieces.slice(0, -1).map(({ bytes }) => bytes.length)).toEqual(Array(PARTS - 1).fill(PART_BYTES))
    expect(condition).toBe('*')
    expect([...manifest.matchAll(/<ETag>.*?(e\d+).*?<\/ETag>/g)].map(([, etag]) => etag)).toEqual(['e1', 'e2', 'e3'])
    expect([...manifest.matchAll(/<ChecksumSHA256>(.*?)<\/ChecksumSHA256>/g)].map(([, sum]) => sum)).toEqual(
      pieces.map(({ checksum }) => checksum),
    )
  })

  it('ends the upload when a part fails, and completes nothing', async () => {
    for (const [status, code, expected] of [
      [503, 'SlowDown', 'LAKE_UNREACHABLE'],
      [403, 'AccessDenied', 'LAKE_FORBIDDEN'],
      [400, 'BadDigest', 'LAKE_UNREACHABLE'],
      [404, 'NoSuchUpload', 'LAKE_UNREACHABLE'],
    ] as const) {
      // The others have arrived by then, and have no answer: they are not waited for.
      const others: (() => void)[] = []
      let allArrived = (): void => undefined
      const arrived = new Promise<void>(resolve => {
        allArrived = resolve
      })
      const { store, steps } = await storeOf({
        part: async ({ url = '' }) => {
          if (url.includes('partNumber=2')) {
            await arrived
            return { status, body: errorXml(code) }
          }
          return await new Promise<undefined>(resolve => {
            others.push(() => resolve(undefined))
            if (others.length === PARTS - 1) allArrived()
          })
        },
      })
      expect(await failure(store.putIfAbsent('big', body))).toBe(expected)
      expect(steps).toEqual(['head', 'create', ...Array(PARTS).fill('part'), 'abort'])
      for (const end of others) end()
      await server?.stop()
    }
  })

  it('does not carry a body to an object that is there', async () => {
    const { store, steps } = await storeOf({ head: () => ({ status: 200, headers: { etag: '"1"' } }) })
    expect(await store.putIfAbsent('big', body)).toBe('exists')
    expect(steps).toEqual(['head'])
  })

  it('puts it in one request where there are no multipart uploads, and a body of the usual size everywhere', async () => {
    const none = await storeOf({ create: () => ({ status: 501, body: errorXml('NotImplemented') }) })
    expect(await none.store.putIfAbsent('big', body)).toBe('created')
    expect(none.steps).toEqual(['head', 'create', 'whole'])
    await server?.stop()
    const usual = await storeOf({})
    expect(await usual.store.putIfAbsent('big', body.subarray(0, MULTIPART_ABOVE_BYTES))).toBe('created')
    expect(usual.steps).toEqual(['whole'])
  })
})

type Step = 'head' | 'create' | 'part' | 'complete' | 'abort' | 'whole'

function stepOf({ method, url = '' }: IncomingMessage): Step {
  if (method === 'HEAD') return 'head'
  if (method === 'DELETE') return 'abort'
  if (method === 'POST') return url.includes('uploadId=') ? 'complete' : 'create'
  return url.includes('partNumber=') ? 'part' : 'whole'
}

const GOOD: Readonly<Record<Step, CannedAnswer>> = {
  head: { status: 404 },
  create: {
    status: 200,
    body: '<InitiateMultipartUploadResult><UploadId>up</UploadId></InitiateMultipartUploadResult>',
  },
  part: { status: 200, headers: { etag: '"part"' } },
  complete: {
    status: 200,
    body: '<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>',
  },
  abort: { status: 204 },
  whole: { status: 200, headers: { etag: '"whole"' } },
}
