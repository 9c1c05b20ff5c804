import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openS3Store } from '../../src/adapters/s3/s3-store.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { bodyServer } from './body-server.js'

export interface CannedAnswer {
  readonly status: number
  readonly body?: string
  readonly headers?: Record<string, string>
}

export interface CannedS3 {
  readonly store: ObjectStore
  readonly endpoint: string
  /** `PUT /lake/x?x-id=PutObject`, in order. */
  readonly requests: string[]
  stop(): Promise<void>
}

/**
 * A server whose bucket `lake` exists and that answers everything else as it is told: answers that S3 documents and that the
 * server of the other tests cannot be brought to give. Undefined: it hangs up instead.
 */
export async function startCannedS3(
  answer: (request: IncomingMessage, body: Buffer) => CannedAnswer | undefined | Promise<CannedAnswer | undefined>,
): Promise<CannedS3> {
  const requests: string[] = []
  const server = bodyServer(async (request, response, body) => {
    if (request.method === 'HEAD' && request.url === '/lake/') return void response.writeHead(200).end()
    requests.push(`${request.method} ${request.url}`)
    const told = await answer(request, body)
    if (told === undefined) return void request.socket.resetAndDestroy()
    const { status, body: xml = '', headers = {} } = told
    response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(xml)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' }
  const endpoint = `http://127.0.0.1:${port}`
  const store = await openS3Store({ bucket: 'lake', endpoint, region: 'us-east-1', credentials })
  return {
    store,
    endpoint,
    requests,
    async stop() {
      await store.close()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

export const errorXml = (code: string): string =>
  `<Error><Code>${code}</Code><Message>because of ${code}</Message></Error>`
