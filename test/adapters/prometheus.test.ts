import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type MetricsServer,
  type MetricsServerOptions,
  openMetricsServer,
} from '../../src/adapters/prometheus/metrics-server.js'
import { processMetrics, renderMetrics } from '../../src/adapters/prometheus/render-metrics.js'
import type { MetricDefinition, MetricSample } from '../../src/model/metric.js'
import { METRICS } from '../../src/telemetry/metric-names.js'
import { exposition } from '../support/exposition.js'

const AGE: MetricDefinition = { name: 'lakeferry_age_seconds', help: 'How old.', labels: ['dataset'] }
const UP: MetricDefinition = { name: 'lakeferry_up', help: 'Whether.', labels: [] }
const sample = (dataset: string, value: number): MetricSample => ({ name: AGE.name, labels: { dataset }, value })

describe('metrics as text', () => {
  it('are what another reader of the format finds in them, awkward names included', async () => {
    const samples = [sample('papers', 1.5), sample('a "b"\\c\nd', 3e9)]
    const found = exposition(await renderMetrics([AGE, UP], samples))
    expect(found.samples).toEqual(samples)
    expect(found.types).toEqual({ lakeferry_age_seconds: 'gauge', lakeferry_up: 'gauge' })
    expect(found.helps['lakeferry_age_seconds']).toBe('How old.')
  })

  it('are none of anybody else’s, and one without a sample has none', async () => {
    await expect(renderMetrics([UP], [sample('papers', 1)])).rejects.toThrow('is no metric of the table')
    expect(exposition(await renderMetrics([AGE, UP], [])).samples).toEqual([])
  })

  it('of the whole table, and of the process, are accepted by promtool', async context => {
    const samples = METRICS.map(({ name, labels }) => ({
      ...{ name, value: 1 },
      labels: Object.fromEntries(labels.map(label => [label, 'x'])),
    }))
    expect(exposition(await renderMetrics(METRICS, samples)).samples).toHaveLength(METRICS.length)
    const text = await renderMetrics(METRICS, samples, processMetrics())
    try {
      execFileSync('promtool', ['--version'], { stdio: 'ignore' })
    } catch {
      context.skip('metrics are linted by promtool, which is not on the PATH (it comes with Prometheus)')
    }
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text }).toString()).toBe('')
  })
})

describe('a server of metrics', () => {
  const open: MetricsServer[] = []
  afterEach(() => Promise.all(open.splice(0).map(server => server.close())))

  async function serve(options: Partial<MetricsServerOptions>): Promise<string> {
    const server = await openMetricsServer({
      ...{ host: '127.0.0.1', port: 0, definitions: [AGE], collect: async () => [], ...options },
    })
    open.push(server)
    return server.url
  }

  it('answers /metrics with ours and the process’s own, and /healthz; nothing else', async () => {
    const url = await serve({ collect: async () => [sample('papers', 7)] })
    const answer = await fetch(`${url}/metrics`)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const { samples } = exposition(await answer.text())
    expect(samples).toContainEqual(sample('papers', 7))
    const names = new Set(samples.map(({ name }) => name))
    expect(names).toContain('process_resident_memory_bytes')
    for (const name of names) expect(name).toMatch(/^(lakeferry|process|nodejs)_/)
    expect(await (await fetch(`${url}/healthz?x`)).text()).toBe('ok\n')
    expect((await fetch(url)).status).toBe(404)
    const posted = await fetch(`${url}/metrics`, { method: 'POST', body: 'x' })
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect(await (await fetch(`${url}/metrics`, { method: 'HEAD' })).text()).toBe('')
  })

  it('asks the lake once, however many ask it at once, and again after a while', async () => {
    let asked = 0
    const collect = async (): Promise<MetricSample[]> => {
      await sleep(30)
      return [sample('papers', ++asked)]
    }
    const value = async (url: string): Promise<number | undefined> =>
      exposition(await (await fetch(`${url}/metrics`)).text()).samples.find(({ name }) => name === AGE.name)?.value
    const long = await serve({ collect, cacheMs: 600_000 })
    expect(await Promise.all([value(long), value(long), value(long)])).toEqual([1, 1, 1])
    expect(await value(long)).toBe(1)
    const short = await serve({ collect, cacheMs: 50 })
    expect(await value(short)).toBe(2)
    await sleep(100)
    expect(await value(short)).toBe(3)
  })

  it('says in one line why it has none, masks secrets, and is well again afterwards', async () => {
    let broken = true
    const collect = async (): Promise<MetricSample[]> => {
      if (!broken) return [sample('papers', 1)]
      throw new Error('no answer\nfrom mongodb://me:pa55@h')
    }
    const url = await serve({ collect })
    const answer = await fetch(`${url}/metrics`)
    expect([answer.status, await answer.text()]).toEqual([500, 'no answer from mongodb://***@h\n'])
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    broken = false
    expect((await fetch(`${url}/metrics`)).status).toBe(200)
  })

  it('never hangs: not on a lake that is silent, not on a client that is', async () => {
    let asked = 0
    const collect = (): Promise<never> => {
      asked++
      return new Promise(() => undefined)
    }
    const url = await serve({ collect, timeoutMs: 150 })
    for (let scrape = 0; scrape < 3; scrape++) {
      const answer = await fetch(`${url}/metrics`)
      expect([answer.status, await answer.text()]).toEqual([500, 'the lake did not answer within 150 ms\n'])
    }
    // Those that come later wait for the question that is under way.
    expect(asked).toBe(1)
    const silent = connect(Number(new URL(url).port), '127.0.0.1')
    await new Promise(resolve => silent.once('connect', resolve))
    const closed = new Promise(resolve => silent.once('close', resolve))
    await open.splice(0)[0]?.close()
    await closed
  })

  it('says who has the port', async () => {
    const { port } = new URL(await serve({}))
    await expect(serve({ port: Number(port) })).rejects.toMatchObject({
      ...{ code: 'USAGE', message: expect.stringContaining(`nobody can listen on 127.0.0.1:${port}`) },
    })
  })
})
