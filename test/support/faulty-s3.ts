import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { CannedAnswer } from './canned-s3.js'

/**
 * What becomes of one request: an answer that the store never gave; `reset`: the connection breaks and the store heard
 * nothing; `lost`: it did as it was asked, and the answer never comes; `cut`: half of the answer's body comes.
 */
export type S3Fault = CannedAnswer | 'reset' | 'lost' | 'cut'

export interface FaultyS3 {
  readonly endpoint: string
  /** Faults that struck. */
  readonly struck: number
  stop(): Promise<void>
}

/** What a fault may depend on. */
export type S3Call = Pick<IncomingMessage, 'method' | 'headers'> & { readonly url: string }

/** A proxy in front of a real S3 store, for faults of single requests; `next` is asked for each. */
export async function startFaultyS3(target: string, next: (call: S3Call) => S3Fault | undefined): Promise<FaultyS3> {
  const { hostname, port } = new URL(target)
  let struck = 0
  const server = createServer(async (incoming, outgoing) => {
    try {
      // All of it before it is passed on: what the store gets of a request is whole.
      const body = await buffer(incoming)
      const { method, headers, url = '' } = incoming
      const fault = next({ method, headers, url })
      if (fault !== undefined) struck += 1
      if (fault === 'reset') return void incoming.socket.resetAndDestroy()
      if (typeof fault === 'object') {
        const { status, body: text = '', headers: told = {} } = fault
        return void outgoing.writeHead(status, { 'content-type': 'application/xml', ...told }).end(text)
      }
      // With the headers as they came, `host` included: they are signed.
      const options = { hostname, port, method, path: url, headers }
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        httpRequest(options, resolve).once('error', reject).end(body)
      })
      await passOn(answer, outgoing, fault)
    } catch {
      incoming.socket.destroy()
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get struck() {
      return struck
    },
    async stop() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function passOn(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  fault: 'lost' | 'cut' | undefined,
): Promise<void> {
  const body = await buffer(answer)
  if (fault === 'lost') return void outgoing.socket?.resetAndDestroy()
  outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
  if (fault !== 'cut') return void outgoing.end(body)
  outgoing.write(body.subarray(0, body.length / 2), () => outgoing.socket?.destroy())
  // An answer without a body is cut within its head.
  if (body.length === 0) outgoing.socket?.destroy()
}
