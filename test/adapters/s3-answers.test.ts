import type { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { withRetry } from '../../src/adapters/retry.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { failure, keysOf, leftoversOf, text } from '../ports/object-store-suite.js'
import { type CannedAnswer, type CannedS3, errorXml, startCannedS3 } from '../support/canned-s3.js'

let server: CannedS3 | undefined
let requests: string[] = []

async function storeAnswered(answer: (request: IncomingMessage, body: string) => CannedAnswer): Promise<ObjectStore> {
  await server?.stop()
  server = await startCannedS3((request, body) => answer(request, body.toString()))
  requests = server.requests
  return server.store
}

afterEach(async () => {
  await server?.stop()
  server = undefined
})

it.each([
  [409, 'ConditionalRequestConflict', 'LAKE_UNREACHABLE'],
  [409, 'OperationAborted', 'LAKE_UNREACHABLE'],
  [503, 'SlowDown', 'LAKE_UNREACHABLE'],
  [500, 'InternalError', 'LAKE_UNREACHABLE'],
  [502, '', 'LAKE_UNREACHABLE'],
  [429, 'TooManyRequests', 'LAKE_UNREACHABLE'],
  [400, 'RequestTimeout', 'LAKE_UNREACHABLE'],
  [403, 'RequestTimeTooSkewed', 'LAKE_UNREACHABLE'],
  [403, 'AccessDenied', 'LAKE_FORBIDDEN'],
  [403, '', 'LAKE_FORBIDDEN'],
  [400, 'ExpiredToken', 'LAKE_FORBIDDEN'],
  [400, 'KeyTooLongError', 'LAKE_REFUSED'],
  [400, 'EntityTooLarge', 'LAKE_REFUSED'],
  [404, 'NoSuchBucket', 'LAKE_BUCKET_MISSING'],
  [501, 'NotImplemented', 'LAKE_NO_CONDITIONAL_WRITE'],
  [507, 'XMinioStorageFull', 'LAKE_FULL'],
  [301, 'PermanentRedirect', 'LAKE_URL'],
  [400, 'BadDigest', 'LAKE_UNREACHABLE'],
])('takes %i %s on a conditional put for %s', async (status, code, expected) => {
  const lake = await storeAnswered(() => ({ status, ...(code === '' ? {} : { body: errorXml(code) }) }))
  expect(await failure(lake.putIfAbsent('x', text('x')))).toBe(expected)
  expect(requests).toEqual(['PUT /lake/x?x-id=PutObject'])
})

it('keeps nothing of the request, whose headers hold the signature, in the error', async () => {
  const lake = await storeAnswered(() => ({ status: 403, body: errorXml('AccessDenied') }))
  const error: unknown = await lake.get('x').catch(e => e)
  expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/AWS4-HMAC|Signature=/)
  expect(error).toMatchObject({ cause: { name: 'AccessDenied', status: 403 } })
})

it('names the region that the bucket is in', async () => {
  const lake = await storeAnswered(() => ({
    status: 301,
    body: errorXml('PermanentRedirect'),
    headers: { 'x-amz-bucket-region': 'eu-west-1' },
  }))
  await expect(lake.get('x')).rejects.toThrow(/another region, eu-west-1: set lake.region/)
})

it('takes a version that is gone for a condition that does not hold', async () => {
  const lake = await storeAnswered(() => ({ status: 404, body: errorXml('NoSuchKey') }))
  expect(await lake.putIfMatch('x', text('x'), '"etag"')).toEqual({ written: false })
})

it('raises what DeleteObjects could not delete, though the answer is 200', async () => {
  let code = 'AccessDenied'
  const lake = await storeAnswered(() => ({
    status: 200,
    body: `<DeleteResult><Error><Key>b</Key><Code>${code}</Code><Message>no</Message></Error></DeleteResult>`,
  }))
  const error: unknown = await lake.delete(['a', 'b']).catch(e => e)
  expect(error).toMatchObject({ code: 'LAKE_FORBIDDEN', details: { key: 'b' } })
  expect(String(error)).toMatch(/1 of 2 objects were not deleted/)
  for (const [next, expected] of [
    ['InternalError', 'LAKE_UNREACHABLE'],
    ['SlowDown', 'LAKE_UNREACHABLE'],
    ['MalformedXML', 'LAKE_REFUSED'],
    ['NoSuchKey', 'no failure'],
  ] as const) {
    code = next
    expect(await failure(lake.delete(['a', 'b']))).toBe(expected)
  }
})

it('deletes in batches of 1,000, and one by one where there is no DeleteObjects', async () => {
  let keys = 0
  const batches = await storeAnswered((_, body) => {
    keys += body.split('<Key>').length - 1
    return { status: 200, body: '<DeleteResult/>' }
  })
  await batches.delete(Array.from({ length: 2_001 }, (_, i) => `k${i}`))
  expect(requests).toHaveLength(3)
  expect(keys).toBe(2_001)

  const single = await storeAnswered(({ method }) =>
    method === 'POST' ? { status: 501, body: errorXml('NotImplemented') } : { status: 204 },
  )
  await single.delete(['a', 'b'])
  expect(requests.slice(1)).toEqual(['DELETE /lake/a?x-id=DeleteObject', 'DELETE /lake/b?x-id=DeleteObject'])
})

it('never takes a page without a way on for the end of a listing', async () => {
  const lake = await storeAnswered(() => ({
    status: 200,
    body: '<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a</Key><Size>1</Size></Contents></ListBucketResult>',
  }))
  expect(await failure(keysOf(lake, ''))).toBe('LAKE_REFUSED')
})

it('takes a web page for no answer of an object store', async () => {
  const lake = await storeAnswered(() => ({ status: 200, body: '<!doctype html><p>Log in to the hotel</p>' }))
  expect(await failure(keysOf(lake, ''))).toBe('LAKE_REFUSED')
  expect(await failure(lake.get('x'))).toBe('LAKE_REFUSED')
  expect(await failure(lake.putIfAbsent('x', text('x')))).toBe('LAKE_REFUSED')
})

it.each([
  ['seconds', () => '7', 7_000, 0],
  ['no time at all', () => '0', 0, 0],
  // In whole seconds, and less with each moment that passes.
  ['a date', () => new Date(Date.now() + 3_600_000).toUTCString(), 3_600_000, 60_000],
  ['a date that is over', () => 'Wed, 21 Oct 2015 07:28:00 GMT', 0, 0],
])('hands on %s that the store asks to be left alone for', async (_, header, expected, within) => {
  const lake = await storeAnswered(() => ({
    status: 503,
    body: errorXml('SlowDown'),
    headers: { 'retry-after': header() },
  }))
  const error: unknown = await lake.get('x').catch(e => e)
  expect(error).toMatchObject({ code: 'LAKE_UNREACHABLE' })
  const { retryAfterMs } = (error as { details: { retryAfterMs: number } }).details
  expect(Math.abs(retryAfterMs - expected)).toBeLessThanOrEqual(within)
})

it('keeps to the time that it is asked for, and then succeeds', async () => {
  const waits: number[] = []
  let calls = 0
  const lake = await storeAnswered(() =>
    ++calls === 1
      ? { status: 503, body: errorXml('SlowDown'), headers: { 'retry-after': '3' } }
      : { status: 200, headers: { etag: '"1"' } },
  )
  const retried = withRetry(lake, { sleep: async ms => void waits.push(ms), random: () => 0 })
  expect(await retried.putIfAbsent('x', text('x'))).toBe('created')
  expect(waits).toEqual([3_000])
})

it('gives every page of unfinished uploads, and never takes a page without a way on for the last', async () => {
  const upload = (key: string): string =>
    `<Upload><Key>${key}</Key><UploadId>id-${key}</UploadId><Initiated>2026-11-22T02:00:00.000Z</Initiated></Upload>`
  const page = (key: string, more: string): CannedAnswer => ({
    status: 200,
    body: `<ListMultipartUploadsResult>${upload(key)}${more}</ListMultipartUploadsResult>`,
  })
  const parts = '<ListPartsResult><Part><Size>5</Size></Part><Part><Size>6</Size></Part></ListPartsResult>'
  const more =
    '<IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextUploadIdMarker>id-a</NextUploadIdMarker>'
  const lake = await storeAnswered(({ url = '' }) => {
    if (url.includes('uploadId=id-gone')) return { status: 404, body: errorXml('NoSuchUpload') }
    if (url.includes('uploadId=')) return { status: 200, body: parts }
    return url.includes('key-marker=a') ? page('gone', '<IsTruncated>false</IsTruncated>') : page('a', more)
  })
  expect(await leftoversOf(lake)).toEqual([
    { id: 'id-a', key: 'a', since: new Date('2026-11-22T02:00:00Z'), bytes: 11, abandoned: false },
  ])

  const stuck = await storeAnswered(({ url = '' }) =>
    url.includes('uploadId=') ? { status: 200, body: parts } : page('a', more),
  )
  expect(await failure(leftoversOf(stuck))).toBe('LAKE_REFUSED')
  const lost = await storeAnswered(() => ({
    status: 200,
    body: '<ListMultipartUploadsResult><IsTruncated>true</IsTruncated></ListMultipartUploadsResult>',
  }))
  expect(await failure(leftoversOf(lost))).toBe('LAKE_REFUSED')
  const none = await storeAnswered(() => ({ status: 501, body: errorXml('NotImplemented') }))
  expect(await leftoversOf(none)).toEqual([])
})
