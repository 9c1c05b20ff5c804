import { afterAll, beforeAll, expect, it } from 'vitest'
import { PipelineWorld } from './pipeline-world.js'
import { PIPELINE_TOKEN, WRITE_TOKEN } from './server-fixture.js'

let world: PipelineWorld
beforeAll(async () => {
  world = await PipelineWorld.make()
})
afterAll(() => world.remove())

const SAMPLES: Readonly<Record<string, string>> = {
  ...{ dataset: 'papers', runId: '20260501T020000.000Z-000000', key: '20260501T020000.000Z-000000' },
  ...{ id: '3f9c21ab', '*': 'parquet/part-00000.parquet' },
}

it('asks each of its routes for the token of the pipeline, and takes no other', async () => {
  const server = { host: '0.0.0.0', writeToken: WRITE_TOKEN, pipelineToken: PIPELINE_TOKEN }
  const app = await world.serve({ server, program: ['/nowhere/node'] })
  const { paths } = (await app.inject('/docs/json')).json<{ paths: Record<string, Record<string, unknown>> }>()
  const routes = Object.entries(paths)
    .filter(([path]) => path.startsWith('/api/pipeline/') || path === '/metrics')
    .flatMap(([path, operations]) => Object.keys(operations).map(method => ({ path, method })))
  expect(routes.length).toBeGreaterThan(20)
  for (const { path, method } of routes) {
    const url = path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => SAMPLES[name] ?? 'x')
    const ask = async (authorization?: string): Promise<number> => {
      const answer = await app.inject({
        // Events never end for who is let in: what they begin with is enough.
        ...{ method: method as 'GET', url, payloadAsStream: true },
        ...(method === 'post' ? { payload: {} } : {}),
        headers: { host: 'lake.example', ...(authorization === undefined ? {} : { authorization }) },
      })
      answer.stream().destroy()
      return answer.statusCode
    }
    const name = `${method} ${path}`
    expect(await ask(), name).toBe(401)
    expect(await ask(`Bearer ${WRITE_TOKEN}`), name).toBe(403)
    expect([401, 403], name).not.toContain(await ask(`Bearer ${PIPELINE_TOKEN}`))
  }
})
