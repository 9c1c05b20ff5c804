import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterEach, expect, it } from 'vitest'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { failure, keysOf, text } from '../ports/object-store-suite.js'

// Answers that S3 documents and that the server of the other tests cannot be brought to give.

let server: Server | undefined
let store: ObjectStore | undefined
const requests: string[] = []

interface Answer {
  readonly status: number
  readonly body?: string
  readonly headers?: Record<string, string>
}

/** A store whose bucket exists and whose server answers everything else as it is told. */
async function storeAnswered(answer: (request: IncomingMessage, body: string) => Answer): Promise<ObjectStore> {
  requests.length = 0
  server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (request.method === 'HEAD' && request.url === '/lake/') return void response.writeHead(200).end()
    requests.push(`${request.method} ${request.url}`)
    const { status, body: xml = '', headers = {} } = answer(request, body)
    response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(xml)
  })
  await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' }
  store = await openS3Store({ bucket: 'lake', endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials })
  return store
}

const errorXml = (code: string): string => `<Error><Code>${code}</Code><Message>because of ${code}</Message></Error>`

afterEach(async () => {
  await store?.close()
  await new Promise(resolve => server?.close(resolve))
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
  await batches.close()
  await new Promise(resolve => server?.close(resolve))

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
