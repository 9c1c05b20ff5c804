import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, type AskOptions, type LiveServer, liveServer } from './live-server.js'

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >
}
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

let server: LiveServer
let paths: Paths
const ajv = new Ajv({ strict: false, allErrors: true })
beforeAll(async () => {
  server = await liveServer({
    papers: [{ id: 'paper1', title: 'One', year: 2020 }],
    comments: [{ id: 'comment1', paperId: 'paper1', author: null, text: 'x', createdAt: new Date() }],
  })
  const { json } = await server.ask('GET', '/docs/json')
  paths = json.paths
  ajv.addSchema(json, 'api')
})
afterAll(() => server.close())

const OURS = /^\/api\/(?:iclr|comments)/
const asked = new Set<string>()

/** Asks, and holds the answer to what the document says of it. */
async function ask(
  method: string,
  path: string,
  params: Record<string, string> = {},
  options: AskOptions = {},
): Promise<Answer> {
  const url = Object.entries(params).reduce((url, [name, value]) => url.replace(`{${name}}`, value), path)
  const answer = await server.ask(method, url, options)
  const [template] = path.split('?') as [string]
  const described = paths[template]?.[method.toLowerCase()]?.responses[answer.status]
  expect(described, `${method} ${template} ${answer.status} ${answer.text}`).toBeDefined()
  asked.add(`${method} ${template} ${answer.status}`)
  const type = answer.headers['content-type']?.split(';')[0]
  if (answer.text === '')
    expect(Object.keys(described?.content ?? {}).filter(type => type !== 'application/json')).toEqual([])
  else {
    expect(Object.keys(described?.content ?? {}), `${method} ${template} ${answer.status}`).toContain(type)
    const at = ['paths', template, method.toLowerCase(), 'responses', String(answer.status), 'content', type!, 'schema']
    const pointer = at.map(part => encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'))).join('/')
    const validate = ajv.compile({ $ref: `api#/${pointer}` })
    expect(validate(answer.json), JSON.stringify(validate.errors)).toBe(true)
  }
  return answer
}

describe('every answer is as the document says', () => {
  const patch = { 'content-type': 'application/merge-patch+json' }
  it('of papers', async () => {
    for (const query of ['', '?limit=1', '?q=one', '?sort=-year&year=2020', '?limit=0', '?cursor=x', '?status=None']) {
      await ask('GET', `/api/iclr${query}`)
    }
    const made = await ask('POST', '/api/iclr', {}, { body: { title: 'New' }, headers: { 'idempotency-key': 'k' } })
    await ask('POST', '/api/iclr', {}, { body: { title: 'Other' }, headers: { 'idempotency-key': 'k' } })
    await ask('POST', '/api/iclr', {}, { body: { title: 'x', id: 'paper1' } })
    await ask('POST', '/api/iclr', {}, { body: {} })
    await ask('POST', '/api/iclr', {}, { body: 'x', headers: { 'content-type': 'text/plain' } })
    const id = made.json.id as string
    const etag = made.headers['etag']!
    const one = '/api/iclr/{id}'
    await ask('GET', one, { id })
    await ask('GET', one, { id }, { headers: { 'if-none-match': etag } })
    await ask('GET', one, { id: 'none' })
    await ask('PUT', one, { id }, { body: { title: 'Put' } })
    await ask('PUT', one, { id }, { body: { title: 'Put' }, headers: { 'if-match': '"old"' } })
    await ask('PUT', one, { id }, { body: { title: 'Put' }, headers: { 'if-match': etag } })
    await ask('PUT', one, { id }, { body: { title: 'Put', id: 'x' }, headers: { 'if-match': '*' } })
    await ask('PATCH', one, { id }, { body: { year: 2000 }, headers: patch })
    await ask('PATCH', one, { id }, { body: { year: 'x' }, headers: patch })
    await ask('PATCH', one, { id: 'none' }, { body: {}, headers: patch })
    await ask('DELETE', one, { id }, { headers: { 'if-match': '"old"' } })
    await ask('DELETE', one, { id })
    await ask('DELETE', one, { id })
  })

  it('of comments', async () => {
    const thread = '/api/iclr/{id}/comments'
    await ask('GET', thread, { id: 'paper1' })
    await ask('GET', thread, { id: 'none' })
    await ask('GET', `${thread}?limit=x`, { id: 'paper1' })
    const body = { paperId: 'paper1', author: 'A', text: 'x' }
    const made = await ask('POST', '/api/comments', {}, { body })
    await ask('POST', '/api/comments', {}, { body: { ...body, paperId: 'none' } })
    await ask('POST', '/api/comments', {}, { body: { ...body, replyTo: 'none' } })
    const id = made.json.id as string
    const one = '/api/comments/{id}'
    await ask('GET', one, { id })
    await ask('GET', one, { id: 'comment1' })
    await ask('GET', one, { id }, { headers: { 'if-none-match': made.headers['etag']! } })
    await ask('GET', one, { id: 'none' })
    await ask('PATCH', one, { id }, { body: { text: 'y' }, headers: patch })
    await ask('PATCH', one, { id }, { body: {}, headers: patch })
    await ask('PATCH', one, { id }, { body: { text: 'y' }, headers: { ...patch, 'if-match': '"old"' } })
    await ask('DELETE', one, { id })
    await ask('DELETE', one, { id })
    await ask('GET', '/api/comments/events?x=1')
  })

  it('and every route was asked', () => {
    const missing = Object.entries(paths)
      .filter(([path]) => OURS.test(path))
      .flatMap(([path, operations]) => Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`))
      .filter(route => !route.startsWith('HEAD') && ![...asked].some(one => one.startsWith(`${route} `)))
    expect(missing).toEqual([])
  })
})

describe('docs/api.md', () => {
  const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
  const documented = [...text.matchAll(/^### `(GET|POST|PUT|PATCH|DELETE) (\/api\/(?:iclr|comments)[^`]*)`$/gm)].map(
    ([, method, path]) => `${method} ${path}`,
  )

  it('has every route of papers and comments, and none that is not there', () => {
    const served = Object.entries(paths)
      .filter(([path]) => OURS.test(path))
      .flatMap(([path, operations]) =>
        Object.keys(operations)
          .filter(method => method !== 'head')
          .map(method => `${method.toUpperCase()} ${path}`),
      )
    expect(documented.sort()).toEqual(served.sort())
  })

  it('has every parameter of each', () => {
    for (const [path, operations] of Object.entries(paths).filter(([path]) => OURS.test(path))) {
      for (const [method, { parameters = [] }] of Object.entries(operations)) {
        if (method === 'head') continue
        const section = text.split(`### \`${method.toUpperCase()} ${path}\``)[1]?.split(/^##/m)[0] ?? ''
        for (const { name, in: place } of parameters) {
          if (place === 'path') continue
          expect(section, `${method} ${path}`).toContain(`\`${name}\``)
        }
      }
    }
  })
})
