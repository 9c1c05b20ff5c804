import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { bodyServer } from './body-server.js'

/** As OTLP's JSON mapping has it: ids as hex, times as text of nanoseconds. */
export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly status: { readonly code?: number; readonly message?: string }
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
}

export interface OtlpReceiver {
  /** Base address; traces go to `/v1/traces`. */
  readonly url: string
  readonly spans: ReceivedSpan[]
  readonly headers: IncomingHttpHeaders[]
  /** Status of the next answers; 0 answers nothing. */
  answer(status: number): void
  close(): Promise<void>
}

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

/** A receiver of OTLP over HTTP in JSON, written from the specification and with nothing of the SDK's. */
export async function otlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const headers: IncomingHttpHeaders[] = []
  let status = 200
  const server = bodyServer((request, response, body) => {
    if (status === 0) return
    const right = request.method === 'POST' && request.url === '/v1/traces'
    if (right && status === 200) {
      headers.push(request.headers)
      const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
      spans.push(...spansOf(JSON.parse(text.toString('utf8'))))
    }
    response.writeHead(right ? status : 404, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    headers,
    answer: next => {
      status = next
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the JSON of a stranger
function spansOf(body: any): ReceivedSpan[] {
  const found: ReceivedSpan[] = []
  for (const { resource, scopeSpans } of body.resourceSpans)
    for (const { spans } of scopeSpans)
      for (const span of spans)
        found.push({
          traceId: span.traceId,
          spanId: span.spanId,
          parentSpanId: span.parentSpanId || undefined,
          name: span.name,
          startMs: Number(BigInt(span.startTimeUnixNano) / 1_000_000n),
          endMs: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
          status: span.status,
          attributes: valuesOf(span.attributes),
          resource: valuesOf(resource.attributes),
        })
  return found
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
