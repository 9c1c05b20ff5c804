import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LakeferryError, reasonOf } from '../../errors.js'
import type { MetricDefinition, MetricSample } from '../../model/metric.js'
import { redactUris } from '../../model/redact-uri.js'
import { METRICS_TYPE, processMetrics, renderMetrics } from './render-metrics.js'

export interface MetricsServerOptions {
  /** Address that it listens on. */
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  readonly definitions: readonly MetricDefinition[]
  readonly collect: () => Promise<readonly MetricSample[]>
  /** What was collected is told again for so long, in milliseconds: however often it is asked, the lake is not. @defaultValue 10_000 */
  readonly cacheMs?: number
  /** Longest that an answer takes, in milliseconds: less than the 10 s after which Prometheus hangs up. @defaultValue 8_000 */
  readonly timeoutMs?: number
}

export interface MetricsServer {
  /** `http://127.0.0.1:9464` */
  readonly url: string
  /** Answers nobody any more. */
  close(): Promise<void>
}

/** A slow client holds a connection for so long, in milliseconds. */
const REQUEST_MS = 5_000

/**
 * `/metrics` for Prometheus and `/healthz`. An answer that cannot be made is a 500 with one line that says why.
 *
 * @throws {@link LakeferryError} `USAGE` when nobody can listen there
 */
export async function openMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const { host, port, definitions, collect, cacheMs = 10_000, timeoutMs = 8_000 } = options
  const own = processMetrics()
  let collected: { readonly samples: readonly MetricSample[]; readonly at: number } | undefined
  let collecting: Promise<readonly MetricSample[]> | undefined

  // Whoever asks meanwhile waits for the same answer.
  const fresh = (): Promise<readonly MetricSample[]> => {
    collecting ??= collect()
      .then(samples => {
        collected = { samples, at: performance.now() }
        return samples
      })
      .finally(() => {
        collecting = undefined
      })
    return collecting
  }

  const samples = async (): Promise<readonly MetricSample[]> => {
    if (collected !== undefined && performance.now() - collected.at < cacheMs) return collected.samples
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the lake did not answer within ${timeoutMs} ms`)), timeoutMs)
    })
    try {
      return await Promise.race([fresh(), late])
    } finally {
      clearTimeout(timer)
    }
  }

  const answer = async ({ method, url = '/' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const say = (status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' })
      response.end(method === 'HEAD' ? undefined : body)
    }
    const path = url.split('?', 1)[0]
    if (path !== '/metrics' && path !== '/healthz') return say(404, 'not found: /metrics and /healthz are here\n')
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD')
      return say(405, 'only GET and HEAD\n')
    }
    if (path === '/healthz') return say(200, 'ok\n')
    try {
      say(200, await renderMetrics(definitions, await samples(), own), METRICS_TYPE)
    } catch (error) {
      say(500, `${redactUris(reasonOf(error)).replaceAll(/\s+/g, ' ')}\n`)
    }
  }

  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
    void answer(request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  }).catch(error => {
    throw new LakeferryError(
      'USAGE',
      { problem: `nobody can listen on ${host}:${port}: ${reasonOf(error)}`, next: 'Choose another schedule.port.' },
      { cause: error },
    )
  })
  const at = server.address() as AddressInfo
  return {
    url: `http://${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
