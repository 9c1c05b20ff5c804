import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFileSink } from '../../src/adapters/openlineage/file-sink.js'
import { type HttpSinkOptions, openHttpSink as openSink } from '../../src/adapters/openlineage/http-sink.js'
import type { LineageSink } from '../../src/ports/lineage-sink.js'
import { runLineage } from '../../src/telemetry/run-lineage.js'
import { WHOLE } from '../telemetry/run-events.js'

const OPTIONS = {
  ...{ namespace: 'lakeferry', version: '1.2.3', lakeUrl: 'file:/lake', collections: new Map<string, string>() },
  source: { uri: 'mongodb://127.0.0.1', database: 'db' },
}

/** Long: how fast this machine is matters to none of these tests. */
const PATIENT_MS = 50_000

const openHttpSink = (options: HttpSinkOptions): LineageSink => openSink({ timeoutMs: PATIENT_MS, ...options })

/** Tells everything, and gives the warnings. */
async function tell(sink: LineageSink, waitMs = PATIENT_MS): Promise<readonly string[]> {
  const observer = runLineage(sink, { ...OPTIONS, waitMs })
  for (const event of WHOLE) observer.on(event)
  return await observer.settled()
}

describe('a server of OpenLineage', () => {
  let server: Server
  let url: string
  let got: { path: string; headers: IncomingHttpHeaders; body: string }[]
  /** Statuses of the next answers; 201 when there are none, none at all for 0. */
  let answers: number[]

  beforeEach(async () => {
    got = []
    answers = []
    server = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      const status = answers.shift() ?? 201
      if (status === 0) return
      if (status < 300) got.push({ path: `${request.method} ${request.url}`, headers: request.headers, body })
      response.writeHead(status).end()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(
    () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )

  it('gets each event in order, at the path of the specification, with the token', async () => {
    expect(await tell(openHttpSink({ url, apiKey: 't0ken' }))).toEqual([])
    expect(got.map(({ body }) => JSON.parse(body).eventType)).toEqual(['START', 'COMPLETE', 'START', 'COMPLETE'])
    for (const { path, headers } of got) {
      expect(path).toBe('POST /api/v1/lineage')
      expect(headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer t0ken' })
    }
  })

  it('may have a path of its own, and a password', async () => {
    await tell(openHttpSink({ url: `${url.replace('//', '//me:p%40ss@')}/in/here?x=1` }))
    expect(got[0]).toMatchObject({
      path: 'POST /in/here?x=1',
      headers: { authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
    })
  })

  it('is asked again when it is busy, and not when it refuses', async () => {
    answers = [503, 429]
    expect(await tell(openHttpSink({ url }))).toEqual([])
    expect(got).toHaveLength(4)
    answers = [401, 201, 422, 201]
    const where = url.replace('//', '//me:pa55@')
    expect(await tell(openHttpSink({ url: where }))).toEqual([
      `2 of 4 lineage events did not arrive: ${url}/api/v1/lineage did not take it: HTTP 401`,
    ])
  })

  it('that is silent, or not there, costs a bounded time and a warning', async () => {
    answers = [0, 0, 0, 0]
    const began = performance.now()
    expect(await tell(openHttpSink({ url }), 300)).toEqual([
      '4 of 4 lineage events did not arrive: no answer within 300 ms',
    ])
    // The request itself would have waited for much longer.
    expect(performance.now() - began).toBeLessThan(20_000)
    await new Promise(resolve => {
      server.close(resolve)
      server.closeAllConnections()
    })
    const [warning] = await tell(openHttpSink({ url }))
    expect(warning).toMatch(/^4 of 4 lineage events did not arrive: .* did not take it: .*ECONNREFUSED/)
    server.listen(0)
  })
})

describe('a file of lineage events', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'lakeferry-lineage-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  it('gets one line an event, after what is there, and from several writers at once', async () => {
    const path = join(dir, 'made/here/lineage.ndjson')
    expect(await tell(openFileSink(path))).toEqual([])
    await Promise.all([tell(openFileSink(path)), tell(openFileSink(path))])
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(12)
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty('eventType')
  })

  it('that cannot be written is a warning', async () => {
    expect(await tell(openFileSink(dir))).toEqual([
      expect.stringMatching(/^4 of 4 lineage events did not arrive: EISDIR/),
    ])
  })
})
