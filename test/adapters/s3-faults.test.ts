import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withRetry } from '../../src/adapters/retry.js'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { contentOf, failure, sha256, text } from '../ports/object-store-suite.js'
import { freshPrefix, type S3Service, s3 } from '../support/services.js'
import { startToxicProxy, type ToxicProxy } from '../support/toxic-proxy.js'

let service: S3Service
let proxy: ToxicProxy
let directory: string
/** Past the proxy. */
let direct: ObjectStore
/** Through the proxy. */
let remote: ObjectStore
/** As `remote`, with an idle time-out of half a second. */
let impatient: ObjectStore
let retried: ObjectStore

beforeAll(async () => {
  service = await s3()
  const { hostname, port } = new URL(service.endpoint)
  proxy = await startToxicProxy({ host: hostname, port: Number(port) })
  directory = await mkdtemp(join(tmpdir(), 'lakeferry-s3-faults-'))
})
afterAll(async () => {
  await proxy.stop()
  await rm(directory, { recursive: true, force: true })
})
beforeEach(async () => {
  const { accessKeyId, secretAccessKey, bucket, region } = service
  const common = { bucket, region, prefix: freshPrefix(), credentials: { accessKeyId, secretAccessKey } }
  direct = await openS3Store({ ...common, endpoint: service.endpoint })
  const spoiled = { ...common, endpoint: `http://${proxy.host}:${proxy.port}` }
  remote = await openS3Store(spoiled)
  impatient = await openS3Store({ ...spoiled, idleTimeoutMs: 500 })
  retried = withRetry(remote, { baseMs: 20, attempts: 5 })
  // The first write also asks for the bucket; the faults below are meant for what comes after.
  await remote.put('warm', text('up'))
})
afterEach(async () => {
  await proxy.heal()
  await Promise.all([direct.close(), retried.close(), impatient.close()])
})

describe('a put whose answer is lost', () => {
  it('is recognised as its own when it is tried again, whether new or in place of a version', async () => {
    await proxy.inject({ kind: 'cut-answer', after: 0 }, 1)
    expect(await retried.putIfAbsent('m', text('one'), { sha256: sha256(text('one')) })).toBe('created')
    expect(await contentOf(direct, 'm')).toBe('one')

    const etag = (await direct.head('m'))?.etag
    await proxy.inject({ kind: 'cut-answer', after: 5 }, 1)
    expect(await retried.putIfMatch('m', text('two'), etag)).toEqual({ written: true })
    expect(await contentOf(direct, 'm')).toBe('two')
  })

  it('is ambiguous without retries: an error, and the object is there', async () => {
    await proxy.inject({ kind: 'cut-answer', after: 0 }, 1)
    expect(await failure(remote.putIfAbsent('m', text('one')))).toBe('LAKE_UNREACHABLE')
    expect(await contentOf(direct, 'm')).toBe('one')
    expect(await remote.putIfAbsent('m', text('one'))).toBe('exists')
  })
})

it('does not take somebody else’s object for its own after a failed attempt', async () => {
  const etag = (await direct.head('warm'))?.etag
  await proxy.inject({ kind: 'cut-request', after: 20 }, 2)
  const racing = withRetry(remote, {
    sleep: async () => {
      await direct.putIfAbsent('m', text('theirs'))
      await direct.put('warm', text('theirs'))
    },
  })
  expect(await racing.putIfAbsent('m', text('ours'))).toBe('exists')
  await proxy.inject({ kind: 'cut-request', after: 20 }, 1)
  expect(await racing.putIfMatch('warm', text('ours'), etag)).toEqual({ written: false })
  expect(await contentOf(direct, 'm')).toBe('theirs')
  expect(await contentOf(direct, 'warm')).toBe('theirs')
})

it('sends a body again that was damaged on the way', async () => {
  const body = new Uint8Array(100_000).fill(7)
  await proxy.inject({ kind: 'damage-request', at: 50_000 }, 1)
  await expect(remote.put('part', body, { sha256: sha256(body) })).rejects.toThrow(/damaged on the way/)
  expect(await direct.get('part')).toBeUndefined()
  await proxy.inject({ kind: 'damage-request', at: 50_000 }, 1)
  expect(await retried.putIfAbsent('part', body)).toBe('created')
  expect(sha256((await direct.get('part'))?.body ?? text('none'))).toBe(sha256(body))
})

it('reads an object whole or not at all when the connection breaks within it', async () => {
  const body = new Uint8Array(300_000).map((_, i) => i)
  await direct.put('part', body)
  const file = join(directory, 'part')
  await writeFile(file, 'before')

  await proxy.inject({ kind: 'cut-answer', after: 100_000 })
  expect(await failure(remote.get('part'))).toBe('LAKE_UNREACHABLE')
  expect(await failure(remote.download('part', file))).toBe('LAKE_UNREACHABLE')
  expect(await readFile(file, 'utf8')).toBe('before')
  expect((await readdir(directory)).filter(name => name.startsWith('part'))).toEqual(['part'])

  await proxy.inject({ kind: 'cut-answer', after: 100_000 }, 2)
  expect(await retried.download('part', file)).toEqual({ bytes: body.length, sha256: sha256(body) })
  await proxy.inject({ kind: 'cut-answer', after: 200_000 }, 1)
  expect(sha256((await retried.get('part'))?.body ?? text('none'))).toBe(sha256(body))
})

it('lists everything although the connection breaks, and deletes', async () => {
  for (const key of ['l/a', 'l/b', 'l/c']) await direct.put(key, text(key))
  await proxy.inject({ kind: 'cut-answer', after: 300 }, 2)
  const keys: string[] = []
  for await (const { key } of retried.list('l/')) keys.push(key)
  expect(keys).toEqual(['l/a', 'l/b', 'l/c'])
  await proxy.inject({ kind: 'cut-answer', after: 0 }, 1)
  await retried.delete(keys)
  expect(await direct.get('l/a')).toBeUndefined()
})

it('gives up on a server that says nothing for as long as the time-out, or refuses, but waits for a slow one', async () => {
  await proxy.inject({ kind: 'stall' })
  const begun = performance.now()
  expect(await failure(impatient.get('warm'))).toBe('LAKE_UNREACHABLE')
  // Untold it would be 30 s.
  expect(performance.now() - begun).toBeLessThan(20_000)
  await proxy.inject({ kind: 'refuse' })
  expect(await failure(remote.get('warm'))).toBe('LAKE_UNREACHABLE')
  await proxy.inject({ kind: 'delay', ms: 1_000 })
  expect(await contentOf(remote, 'warm')).toBe('up')
})

it('says how often it tried', async () => {
  await proxy.inject({ kind: 'refuse' })
  const before = proxy.connections
  await expect(retried.head('warm')).rejects.toThrow(/head warm on s3:.* failed: .*\(5 attempts in \d+\.\d s\)$/)
  expect(proxy.connections - before).toBe(5)
})
