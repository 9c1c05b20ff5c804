import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { CreateBucketCommand, DeleteBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openS3Store, type S3StoreOptions } from '../../src/adapters/s3/s3-store.js'
import { PACKAGE_ROOT } from '../../src/demo/services-home.js'
import { LakeferryError } from '../../src/errors.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { DEAD_PORT } from '../ports/alert-channel-suite.js'
import { contentOf, failure, keysOf, text } from '../ports/object-store-suite.js'
import { freshPrefix, type S3Service, s3 } from '../support/services.js'

let service: S3Service
beforeAll(async () => {
  service = await s3()
})

async function open(options: Partial<S3StoreOptions> = {}): Promise<ObjectStore> {
  const { endpoint, bucket, accessKeyId, secretAccessKey } = service
  const credentials = { accessKeyId, secretAccessKey }
  const store = await openS3Store({ endpoint, bucket, prefix: freshPrefix(), credentials, ...options })
  onTestFinished(() => store.close())
  return store
}

describe('credentials', () => {
  it('that are unknown or wrong are told apart from a lake that does not answer, and never shown', async () => {
    const unknown = { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'hunter2-secret' }
    const wrong = { accessKeyId: service.accessKeyId, secretAccessKey: 'hunter2-secret' }
    for (const credentials of [unknown, wrong]) {
      const store = await open({ credentials })
      expect(await failure(store.get('x'))).toBe('LAKE_FORBIDDEN')
      expect(await failure(store.head('x'))).toBe('LAKE_FORBIDDEN')
      expect(await failure(keysOf(store, ''))).toBe('LAKE_FORBIDDEN')
      expect(await failure(store.delete(['x']))).toBe('LAKE_FORBIDDEN')
      const error: unknown = await store.put('x', text('x')).catch(e => e)
      expect(error).toMatchObject({ code: 'LAKE_FORBIDDEN', retryable: false })
      expect(String(error) + JSON.stringify(error)).not.toContain('hunter2')
      expect(String(error)).not.toContain(service.secretAccessKey)
    }
  })

  it('come from the SDK’s own chain when none are given', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', service.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', service.secretAccessKey)
    onTestFinished(() => void vi.unstubAllEnvs())
    const { endpoint, bucket } = service
    const store = await openS3Store({ endpoint, bucket, prefix: freshPrefix() })
    onTestFinished(() => store.close())
    await store.put('x', text('x'))
    expect(await contentOf(store, 'x')).toBe('x')
  })

  it('that are nowhere give an error with every place that was searched', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE']) {
      vi.stubEnv(name, undefined)
    }
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent')
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent')
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
    onTestFinished(() => void vi.unstubAllEnvs())
    const { endpoint, bucket } = service
    const store = await openS3Store({ endpoint, bucket })
    onTestFinished(() => store.close())
    const error: unknown = await store.get('x').catch(e => e)
    expect(error).toMatchObject({ code: 'LAKE_CREDENTIALS_MISSING' })
    expect(String(error)).toMatch(/AWS_ACCESS_KEY_ID.*, then profile default.*, then the container or instance role/)
  })
})

it('says that the bucket is missing, whatever is asked, and does not make it', async () => {
  const store = await open({ bucket: 'no-such-lake' })
  expect(await failure(store.putIfAbsent('x', text('x')))).toBe('LAKE_BUCKET_MISSING')
  expect(await failure(store.put('x', text('x')))).toBe('LAKE_BUCKET_MISSING')
  expect(await failure(store.get('x'))).toBe('LAKE_BUCKET_MISSING')
  expect(await failure(store.head('x'))).toBe('LAKE_BUCKET_MISSING')
})

it('says that the bucket is missing when it was removed under its hands, and does not make it', async () => {
  const { endpoint, region, accessKeyId, secretAccessKey } = service
  const sdk = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } })
  onTestFinished(() => sdk.destroy())
  const bucket = freshPrefix()
  await sdk.send(new CreateBucketCommand({ Bucket: bucket }))
  const store = await open({ bucket })
  await store.put('x', text('x'))
  await sdk.send(new DeleteBucketCommand({ Bucket: bucket }))
  // It is looked for every two seconds while something is written.
  await sleep(2_100)
  expect(await failure(store.putIfAbsent('y', text('y')))).toBe('LAKE_BUCKET_MISSING')
  await expect(sdk.send(new HeadBucketCommand({ Bucket: bucket }))).rejects.toThrow()
})

it('says that nobody answers, when nobody does', async () => {
  const nobody = await open({ endpoint: `http://127.0.0.1:${DEAD_PORT}` })
  expect(await failure(nobody.get('x'))).toBe('LAKE_UNREACHABLE')
  expect(await failure(nobody.putIfAbsent('x', text('x')))).toBe('LAKE_UNREACHABLE')
  const nowhere = await open({ endpoint: 'http://lake.invalid', connectTimeoutMs: 2_000 })
  expect(await failure(keysOf(nowhere, ''))).toBe('LAKE_UNREACHABLE')
})

it.each([
  ['an endpoint that is no URL', { endpoint: 'not a url' }],
  ['an endpoint of another protocol', { endpoint: 'ftp://127.0.0.1' }],
  ['credentials in the endpoint', { endpoint: 'http://user:hunter2@127.0.0.1' }],
  ['no bucket', { bucket: '' }],
  ['a prefix that climbs', { prefix: 'a/../b' }],
])('refuses %s when it is opened', async (_, options) => {
  const error: unknown = await open(options).catch(e => e)
  expect(error).toBeInstanceOf(LakeferryError)
  expect(error).toMatchObject({ code: 'LAKE_URL' })
  expect(String(error)).not.toContain('hunter2')
})

it('keeps lakes of one bucket apart, and takes a prefix with slashes around it', async () => {
  const prefix = freshPrefix()
  const [inner, outer] = [await open({ prefix: `/${prefix}/inner/` }), await open({ prefix })]
  await inner.put('a', text('a'))
  await outer.put('innermost', text('b'))
  expect(inner.url).toBe(`s3://${service.bucket}/${prefix}/inner`)
  expect(await keysOf(inner, '')).toEqual(['a'])
  expect(await keysOf(outer, '')).toEqual(['inner/a', 'innermost'])
})

it('does not pass the SDK’s warning about Node 20 on, and leaves the environment as it was', async () => {
  // The SDK warns once in a process, so this takes a new one.
  const script = `
    import { openS3Store } from ${JSON.stringify(pathToFileURL(`${PACKAGE_ROOT}/dist/adapters/s3/s3-store.js`).href)}
    const before = JSON.stringify(process.env)
    const store = await openS3Store({ bucket: 'lake', region: 'us-east-1' })
    await store.close()
    console.log(JSON.stringify(process.env) === before)
  `
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  expect({ stdout, stderr }).toEqual({ stdout: 'true\n', stderr: '' })
})
