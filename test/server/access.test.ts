import { describe, expect, it } from 'vitest'
import { isLoopback } from '../../src/server/access.js'
import { bareServer, PIPELINE_TOKEN, WRITE_TOKEN } from './server-fixture.js'

const routes = (app: Awaited<ReturnType<typeof bareServer>>): void => {
  for (const access of ['read', 'write', 'pipeline'] as const)
    app.get(`/${access}`, { config: { access } }, async () => ({ access }))
}
const tokens = { writeToken: WRITE_TOKEN, pipelineToken: PIPELINE_TOKEN }

describe('a server with tokens', () => {
  it.each([
    ['read', undefined, 200],
    ['write', undefined, 401],
    ['write', 'Bearer wrong', 403],
    ['write', `Basic ${WRITE_TOKEN}`, 401],
    ['write', `Bearer ${WRITE_TOKEN.slice(0, -1)}`, 403],
    ['write', `Bearer ${WRITE_TOKEN}`, 200],
    ['write', `bearer ${PIPELINE_TOKEN}`, 200],
    ['pipeline', `Bearer ${WRITE_TOKEN}`, 403],
    ['pipeline', `Bearer ${PIPELINE_TOKEN}`, 200],
  ])('answers %s with %s by %s', async (route, authorization, status) => {
    const app = await bareServer({ ...tokens, host: '0.0.0.0' }, { routes })
    const answer = await app.inject({
      url: `/${route}`,
      headers: { host: 'papers.example', ...(authorization === undefined ? {} : { authorization }) },
    })
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer realm="lakeferry"' : undefined)
    expect(answer.body).not.toMatch(/-token-/)
  })

  it('does not listen to the world without both', async () => {
    for (const some of [{}, { writeToken: WRITE_TOKEN }, { pipelineToken: PIPELINE_TOKEN }]) {
      await expect(bareServer({ ...some, host: '0.0.0.0' })).rejects.toMatchObject({ code: 'USAGE' })
      await expect(bareServer({ ...some, host: '::' })).rejects.toMatchObject({ code: 'USAGE' })
    }
  })
})

describe('a server on the loopback without tokens', () => {
  it('lets everybody there do everything', async () => {
    const app = await bareServer({}, { routes })
    for (const host of ['localhost:3000', '127.0.0.1:1', '[::1]:3000', 'LOCALHOST'])
      for (const url of ['/read', '/write', '/pipeline'])
        expect((await app.inject({ url, headers: { host } })).statusCode, `${url} of ${host}`).toBe(200)
  })

  it('answers no page of another site that has a name of its own for the loopback', async () => {
    const app = await bareServer({}, { routes })
    for (const host of ['evil.example', 'localhost.evil.example:3000', '127.0.0.1.evil.example', '10.0.0.1'])
      expect((await app.inject({ url: '/read', headers: { host } })).statusCode, host).toBe(403)
  })

  it('knows what the loopback is', () => {
    expect(['127.0.0.1', '127.1.2.3', 'localhost', '::1'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '::', '128.0.0.1', '127.evil', 'papers.example', ''].some(isLoopback)).toBe(false)
  })
})
