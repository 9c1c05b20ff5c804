import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readResult } from '../../src/catalog/catalog.js'
import { LakeferryError } from '../../src/errors.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { Violation } from '../../src/model/result.js'
import { violationPage } from '../../src/server/pipeline-violations.js'
import { ask } from './described-answers.js'
import { PAPERS, PipelineWorld, UNTITLED } from './pipeline-world.js'
import { remoteLake } from './remote-lake.js'

let world: PipelineWorld
let app: FastifyInstance
let run = ''
let runId = ''
let comments = ''

beforeAll(async () => {
  world = await PipelineWorld.make()
  await world.call('run')
  app = await world.serve()
  const { runs } = (await ask(app, '/api/pipeline/runs')).json()
  runId = runs[0].runId
  run = `/api/pipeline/runs/papers/${runId}`
  comments = `/api/pipeline/runs/comments/${runId}`
})
afterAll(() => world.remove())

const onLake = (key: string): string => join(world.folder, 'lake', key)

describe('violations', () => {
  const pages = async (query: string): Promise<{ found: Violation[]; totals: Set<number>; longest: number }> => {
    const [found, totals] = [[] as Violation[], new Set<number>()]
    let [cursor, longest] = ['', 0]
    for (let asked = 0; asked < 300; asked++) {
      const { violations, total, next } = (await ask(app, `${run}/violations?${query}${cursor}`)).json()
      found.push(...violations)
      totals.add(total)
      longest = Math.max(longest, violations.length)
      if (next === null) return { found, totals, longest }
      cursor = `&cursor=${encodeURIComponent(next)}`
    }
    throw new Error('the pages have no end')
  }
  const allOnLake = async (): Promise<Violation[]> => {
    const text = gunzipSync(await readFile(onLake(lakeKey.report('papers', runId, 'violations/part-00000.ndjson.gz'))))
    return text
      .toString()
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
  }

  it('come page by page, all of them, once, in the order of the lake', async () => {
    for (const limit of [1000, 50, 7]) {
      const { found, totals, longest } = await pages(`limit=${limit}`)
      expect(found).toEqual(await allOnLake())
      expect([...totals]).toEqual([UNTITLED + 3])
      expect(longest).toBeLessThanOrEqual(limit)
    }
  })

  it('of one rule are those of that rule', async () => {
    const { found, totals } = await pages('rule=title.required&limit=33')
    expect(found).toEqual((await allOnLake()).filter(({ rule }) => rule === 'title.required'))
    expect([...totals]).toEqual([UNTITLED])
    expect((await ask(app, `${run}/violations?rule=nothing`)).statusCode).toBe(404)
  })

  it('refuse a cursor of another list, and one that is none', async () => {
    const { next } = (await ask(app, `${run}/violations?limit=5`)).json()
    for (const cursor of [`${next}&rule=title.required`, 'x', Buffer.from('[1]').toString('base64url'), '%00'])
      expect((await ask(app, `${run}/violations?cursor=${cursor}`)).statusCode, cursor).toBe(400)
  })

  it('are found across objects, and a seldom rule does not read on when all of it is told', async () => {
    const result = await readResult(world.lake, 'papers', runId)
    if (result === undefined) throw new Error('no result')
    const all = await allOnLake()
    const keys = [0, 1, 2].map(part => lakeKey.report('papers', runId, `violations/part-${900 + part}.ndjson.gz`))
    const read: string[] = []
    const lake = {
      ...{ url: 'test' },
      get: async (key: string) => {
        read.push(key)
        const part = keys.indexOf(key)
        const lines = all.filter((_, at) => at % 3 === part).map(one => `${JSON.stringify(one)}\n`)
        return { body: gzipSync(lines.join('')), etag: '' }
      },
    } as unknown as typeof world.lake
    const spread = { ...result, violations: { count: all.length, keys } }
    const inOrder = [0, 1, 2].flatMap(part => all.filter((_, at) => at % 3 === part))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 150 }), async limit => {
        const found: unknown[] = []
        let next: string | null | undefined
        while (next !== null) {
          const page = await violationPage(lake, spread, { limit, ...(next === undefined ? {} : { cursor: next }) })
          found.push(...page.violations)
          next = page.next
        }
        expect(found).toEqual(inOrder)
      }),
      { numRuns: 20 },
    )
    read.length = 0
    const rule = all.filter((_, at) => at % 3 === 0)[0]?.rule ?? ''
    const rules = result.rules.map(one => (one.id === rule ? { ...one, violated: 1 } : one))
    await violationPage(lake, { ...spread, rules }, { rule, limit: 10 })
    expect(read).toEqual([keys[0]])
  })

  it('never read another object than those of the report, whatever a result says', async () => {
    const key = onLake(lakeKey.report('papers', runId, 'result.json'))
    const kept = await readFile(key, 'utf8')
    const result = JSON.parse(kept)
    for (const stray of ['_lakeferry/alerts.json', `validation-reports/papers/run=${runId}/violations/../../x`]) {
      await writeFile(key, JSON.stringify({ ...result, violations: { ...result.violations, keys: [stray] } }))
      const answer = await ask(app, `${run}/violations`)
      expect(answer.json()).toMatchObject({ status: 503, code: 'LAKE_OBJECT_DAMAGED' })
    }
    await writeFile(key, kept)
  })
})

describe('parts', () => {
  it('are those of the manifest, and come as they are on the lake', async () => {
    const { parts } = (await ask(app, `${run}/parts`)).json()
    expect(parts).toHaveLength(2)
    for (const { path, bytes, sha256, documents } of parts) {
      const { rawPayload, headers } = await ask(app, `${run}/parts/${path}`)
      expect(documents).toBe(PAPERS)
      expect(createHash('sha256').update(rawPayload).digest('hex')).toBe(sha256)
      expect(headers).toMatchObject({ 'content-length': String(bytes), etag: `"${sha256}"` })
      expect(headers['content-disposition']).toMatch(/^attachment; filename="papers-[\w.-]+"$/)
      expect(headers['repr-digest']).toBe(`sha-256=:${createHash('sha256').update(rawPayload).digest('base64')}:`)
      const type = path.startsWith('parquet') ? 'application/vnd.apache.parquet' : 'application/gzip'
      expect(headers['content-type']).toBe(type)
    }
  })

  it('of a lake that is elsewhere are copied, and no copy stays', async () => {
    const lake = remoteLake(world.lake)
    const other = await world.serve({ lake: async () => lake })
    const { parts } = (await ask(other, `${run}/parts`)).json()
    // Others have copies of their own in the machine's folder, which come and go.
    const own = join(world.folder, 'temporary')
    await mkdir(own)
    vi.stubEnv('TMPDIR', own)
    const { rawPayload } = await ask(other, `${run}/parts/${parts[0].path}`).finally(() => vi.unstubAllEnvs())
    expect(createHash('sha256').update(rawPayload).digest('hex')).toBe(parts[0].sha256)
    expect(await readdir(own)).toEqual([])
  })

  it('of a lake that is elsewhere are fetched four at a time: one more is asked to come again, and no place is lost', async () => {
    let [fetching, failing] = [[] as (() => void)[], false]
    const lake = remoteLake(world.lake, async () => {
      await new Promise<void>(resolve => fetching.push(resolve))
      if (failing) throw new LakeferryError('LAKE_UNREACHABLE', { lake: 'x', operation: 'read', reason: 'gone' })
    })
    const other = await world.serve({ lake: async () => lake })
    const { parts } = (await ask(other, `${run}/parts`)).json()
    const fetchOne = () => ask(other, `${run}/parts/${parts[0].path}`)
    for (failing of [true, false]) {
      fetching = []
      const four = [fetchOne(), fetchOne(), fetchOne(), fetchOne()]
      await expect.poll(() => fetching.length, { timeout: 30_000 }).toBe(4)
      expect((await fetchOne()).json()).toMatchObject({ status: 503, hint: 'Ask again later.' })
      for (const go of fetching) go()
      const statuses = (await Promise.all(four)).map(({ statusCode }) => statusCode)
      expect(statuses).toEqual(Array.from({ length: 4 }, () => (failing ? 503 : 200)))
    }
  })

  it('are none that a bent manifest names elsewhere', async () => {
    const key = onLake(lakeKey.manifest('papers', runId))
    const kept = await readFile(key, 'utf8')
    const manifest = JSON.parse(kept)
    const strange = lakeKey.part('comments', runId, 'parquet', 0)
    await writeFile(key, JSON.stringify({ ...manifest, parts: [{ ...manifest.parts[0], key: strange }] }))
    const { statusCode, body } = await ask(app, `${run}/parts`)
    // Refused as a manifest, or without the part: in no case with it.
    expect(body).not.toContain('comments/')
    if (statusCode === 200) expect(JSON.parse(body).parts).toEqual([])
    await writeFile(key, kept)
  })

  it.each([
    '_manifest.json',
    'parquet/../_manifest.json',
    'parquet/%2e%2e/_manifest.json',
    '..%2f..%2f_latest.json',
    '%2e%2e/%2e%2e/comments/_latest.json',
    'parquet/part-00000.parquet%00',
    '/parquet/part-00000.parquet',
    'parquet//part-00000.parquet',
    'PARQUET/part-00000.parquet',
    '....//parquet/part-00000.parquet',
    '%c0%ae%c0%ae/x',
    '%',
  ])('have no %s', async path => {
    const { statusCode, body } = await ask(app, `${run}/parts/${path}`)
    expect([400, 404]).toContain(statusCode)
    expect(body).not.toContain('"digest"')
  })

  it('are not found by whatever somebody makes up', async () => {
    const paths = new Set<string>(
      (await ask(app, `${run}/parts`)).json().parts.map((part: { path: string }) => part.path),
    )
    const pieces = fc.constantFrom(
      '..',
      '.',
      '/',
      '%2e',
      '%2f',
      '\\',
      'parquet',
      'part-00000.parquet',
      '_manifest.json',
      'run=',
      runId,
      'comments',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { minLength: 1, maxLength: 6 }), async words => {
        const url = `${run}/parts/${words.join('')}`
        const { pathname } = new URL(url, 'http://localhost')
        // Dots are taken out before it is sent; then it may be another route, or a part all the same.
        fc.pre(
          pathname.startsWith(`${run}/parts/`) && !paths.has(pathname.slice(`${run}/parts/`.length).replace(/\/$/, '')),
        )
        fc.pre(!pathname.endsWith('/parts/'))
        const { statusCode } = await app.inject({ url, headers: { host: 'localhost' } })
        expect(statusCode === 404 || statusCode === 400).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('that have lost bytes are not served as if they were whole', async () => {
    const [part] = (await ask(app, `${comments}/parts`)).json().parts
    const file = onLake(lakeKey.run('comments', runId) + part.path)
    await writeFile(file, 'cut')
    expect((await ask(app, `${comments}/parts/${part.path}`)).json()).toMatchObject({ code: 'LAKE_OBJECT_DAMAGED' })
    await rm(file)
    expect((await ask(app, `${comments}/parts/${part.path}`)).json()).toMatchObject({ code: 'LAKE_OBJECT_MISSING' })
  })
})

describe('the report and the certificate', () => {
  it('serves the stored report, which may reach nobody', async () => {
    const { body, headers } = await ask(app, `${run}/report.html`)
    expect(body).toBe(await readFile(onLake(lakeKey.report('papers', runId, 'report.html')), 'utf8'))
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox allow-scripts$/)
    expect((await ask(app, `${comments}/report.html`)).statusCode).toBe(404)
  })

  it('gives the certificate as JSON, and as a page to who asks for one', async () => {
    const { digest } = JSON.parse(await readFile(onLake(lakeKey.manifest('papers', runId)), 'utf8'))
    const certificate = (await ask(app, `${run}/certificate`)).json()
    expect(certificate.digests[0].digest).toBe(digest)
    for (const [accept, type] of [
      ['text/html,application/xhtml+xml,*/*;q=0.8', 'text/html'],
      ['application/json', 'application/json'],
      ['*/*', 'application/json'],
      ['text/html;q=0.1, application/json', 'application/json'],
    ] as const) {
      const { headers } = await ask(app, `${run}/certificate`, { headers: { accept } })
      expect(headers['content-type'], accept).toContain(type)
      expect(headers['vary']).toContain('Accept')
    }
  })
})

describe('caching', () => {
  it('is for parts alone, which never change; whatever may be another later is asked for again', async () => {
    const { parts } = (await ask(app, `${run}/parts`)).json()
    for (const [url, wanted] of [
      [`${run}/parts/${parts[0].path}`, 'private, max-age=31536000, immutable'],
      [`${run}/parts/${parts[0].path}x`, 'no-cache'],
      [run, 'no-cache'],
      [`${run}/result`, 'no-cache'],
      [`${run}/violations`, 'no-cache'],
      [`${run}/certificate`, 'no-cache'],
      [`${run}/report.html`, 'no-cache'],
      [`${run}/nothing`, undefined],
      ['/api/pipeline/runs', 'no-cache'],
      ['/api/pipeline/runs/current', 'no-store'],
      ['/api/pipeline/alerts', 'no-cache'],
      ['/api/pipeline/contracts/nothing', 'no-cache'],
    ] as const)
      expect((await ask(app, url)).headers['cache-control'], url).toBe(wanted)
    const page = await ask(app, `${run}/certificate`, { headers: { accept: 'text/html' } })
    expect(page.headers).toMatchObject({ 'cache-control': 'no-cache' })
    expect(page.headers['content-security-policy']).not.toContain('allow-same-origin')
  })
})
