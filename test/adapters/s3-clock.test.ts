import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { withRetry } from '../../src/adapters/retry.js'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { freshPrefix, s3 } from '../support/services.js'

let server: Server | undefined
let store: ObjectStore | undefined
afterEach(async () => {
  await store?.close()
  if (server?.listening) await new Promise(resolve => server?.close(resolve))
})

async function storeThat(answer: (response: ServerResponse) => void): Promise<ObjectStore> {
  server = createServer((_, response) => {
    response.sendDate = false
    answer(response)
  })
  await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' }
  store = await openS3Store({ bucket: 'lake', endpoint, region: 'us-east-1', credentials })
  return store
}
const hourAgo = (): string => new Date(Date.now() - 3_600_000).toUTCString()

describe('the clock of a lake in S3', () => {
  it('is that of the store, within a second or so, behind retries too', async () => {
    const { bucket, ...connection } = await s3()
    const credentials = { accessKeyId: connection.accessKeyId, secretAccessKey: connection.secretAccessKey }
    const { endpoint, region } = connection
    store = withRetry(await openS3Store({ bucket, endpoint, region, credentials, prefix: freshPrefix() }))
    const reading = await store.readClock?.()
    // Both are of one machine; how long the answer took is in `withinMs`.
    const { aheadMs = Number.NaN, withinMs = Number.NaN } = reading ?? {}
    expect(Math.abs(aheadMs)).toBeLessThan(withinMs + 1_000)
    expect(withinMs).toBeGreaterThanOrEqual(500)
  })

  it.each([
    ['in an answer', 200],
    ['in a refusal, which is what a clock that is off gets', 403],
  ])('is told %s', async (_, status) => {
    const lake = await storeThat(response => response.writeHead(status, { date: hourAgo() }).end())
    const reading = await lake.readClock?.()
    expect(reading?.aheadMs).toBeLessThan(-3_590_000)
    expect(reading?.aheadMs).toBeGreaterThan(-3_610_000)
  })

  it('is nothing where an answer tells no time', async () => {
    const lake = await storeThat(response => response.writeHead(200).end())
    expect(await lake.readClock?.()).toBeUndefined()
  })

  it('of a store that is not there is a failure', async () => {
    const lake = await storeThat(response => response.socket?.resetAndDestroy())
    await expect(lake.readClock?.()).rejects.toMatchObject({ code: 'LAKE_UNREACHABLE' })
  })
})
