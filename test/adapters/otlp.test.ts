import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openOtlp } from '../../src/adapters/otlp/otlp-exporter.js'
import type { RunEvent } from '../../src/model/run-event.js'
import type { RunObserver } from '../../src/ports/run-observer.js'
import { runTrace } from '../../src/telemetry/run-trace.js'
import { type OtlpReceiver, otlpReceiver } from '../support/otlp-receiver.js'
import { at, failure, RUN, WHOLE } from '../telemetry/run-events.js'

const TRACE = '0af7651916cd43dd8448eb211c80319c'

let receiver: OtlpReceiver
beforeEach(async () => {
  receiver = await otlpReceiver()
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await receiver.close()
})

function traced(events: readonly RunEvent[], options: { url?: string; timeoutMs?: number } = {}): RunObserver {
  const exporter = openOtlp({ url: `${receiver.url}/v1/traces`, version: '1.2.3', ...options })
  const observer = runTrace({ exporter, traceId: TRACE, command: 'run', database: 'iclr_2024' })
  for (const event of events) observer.on(event)
  return observer
}

describe('a trace, as a receiver of OTLP gets it', () => {
  it('has the command as root and each step below it, with times and attributes', async () => {
    const plain = {
      dataset: 'comments',
      runId: RUN,
      event: 'export.started',
      at: at(0.25),
      collection: 'comments',
    } as const
    expect(await traced([plain, ...WHOLE, failure({ dataset: 'comments', at: at(20) })]).settled()).toEqual([])
    const [root, ...children] = receiver.spans
    expect(root).toMatchObject({
      ...{ traceId: TRACE, parentSpanId: undefined, name: 'lakeferry run' },
      ...{ startMs: Date.parse(at(0.25)), endMs: Date.parse(at(20)) },
      status: { code: 2, message: expect.stringContaining('comments: SOURCE_INTERRUPTED: ') },
      attributes: { 'lakeferry.command': 'run', 'lakeferry.run.id': RUN },
      resource: { 'service.name': 'lakeferry', 'service.version': '1.2.3' },
    })
    expect(new Set(receiver.spans.map(({ spanId }) => spanId)).size).toBe(4)
    for (const child of children) expect(child).toMatchObject({ traceId: TRACE, parentSpanId: root?.spanId })
    const [exported, validated, failed] = children
    expect(exported).toMatchObject({
      ...{ name: 'export papers', startMs: Date.parse(at(1)), endMs: Date.parse(at(13.5)) },
      attributes: {
        ...{ 'lakeferry.dataset': 'papers', 'lakeferry.run.id': RUN, 'db.system.name': 'mongodb' },
        ...{ 'db.namespace': 'iclr_2024', 'db.collection.name': 'all_papers', 'lakeferry.documents': 8_623 },
        ...{ 'lakeferry.bytes': 3_600_000, 'lakeferry.rejects': 3 },
      },
    })
    // Unset, not OK: a bad verdict is no failure of the program.
    expect(validated).toMatchObject({
      ...{ name: 'validation papers', startMs: Date.parse(at(14)), endMs: Date.parse(at(16.25)), status: { code: 0 } },
      attributes: { 'lakeferry.engine': 'duckdb', 'lakeferry.gate': 'bad', 'lakeferry.violations': 9 },
    })
    expect(failed).toMatchObject({
      ...{ name: 'export comments', startMs: Date.parse(at(0.25)), endMs: Date.parse(at(20)) },
      ...{ status: { code: 2 }, attributes: { 'error.type': 'SOURCE_INTERRUPTED' } },
    })
  })

  it('has a span also for what failed before it was begun, and its slot', async () => {
    const slot = { set: 'nightly', at: at(0) }
    await traced([{ ...failure({ runId: undefined }), slot }]).settled()
    expect(receiver.spans.map(({ name }) => name)).toEqual(['lakeferry run', 'export papers'])
    expect(receiver.spans[0]?.attributes).toMatchObject({ 'lakeferry.slot.set': 'nightly', 'lakeferry.slot.at': at(0) })
  })

  it('is not sent when nothing happened', async () => {
    expect(await traced([]).settled()).toEqual([])
    expect(receiver.spans).toEqual([])
  })

  it('is sent with the headers and the names of OpenTelemetry’s variables', async () => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer%20t0ken')
    vi.stubEnv('OTEL_SERVICE_NAME', 'nightly-export')
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=test')
    vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip')
    await traced(WHOLE).settled()
    expect(receiver.headers[0]).toMatchObject({ authorization: 'Bearer t0ken', 'content-encoding': 'gzip' })
    expect(receiver.spans[0]?.resource).toMatchObject({
      ...{ 'service.name': 'nightly-export', 'deployment.environment.name': 'test' },
    })
  })
})

describe('a receiver that does not take it', () => {
  it('is a warning without secrets, at once when nobody is there', async () => {
    const free = createServer()
    await new Promise<void>(resolve => free.listen(0, '127.0.0.1', resolve))
    const { port } = free.address() as AddressInfo
    await new Promise(resolve => free.close(resolve))
    const url = `http://me:pa55@127.0.0.1:${port}/v1/traces`
    const [warning, ...more] = await traced(WHOLE, { url, timeoutMs: 1_500 }).settled()
    expect(more).toEqual([])
    expect(warning).toContain(`no trace of this run: http://***@127.0.0.1:${port}/v1/traces did not take it: `)
  })

  it('is a warning when it refuses, or says nothing, after the time it is given', async () => {
    receiver.answer(401)
    expect((await traced(WHOLE).settled())[0]).toMatch(/did not take it: /)
    receiver.answer(0)
    const began = performance.now()
    expect((await traced(WHOLE, { timeoutMs: 700 }).settled())[0]).toMatch(/did not take it: /)
    // Untold it would be 5 s.
    expect(performance.now() - began).toBeLessThan(4_500)
  })
})
