import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import { countedLake } from './counted-lake.js'
import { ask } from './described-answers.js'
import { PAPERS, PipelineWorld, UNTITLED } from './pipeline-world.js'

let world: PipelineWorld
let app: FastifyInstance
const HOUR = 3_600_000
let [older, newer] = ['', '']

beforeAll(async () => {
  world = await PipelineWorld.make()
  for (let night = 0; night < 2; night++) await world.call('run')
  await world.failingRun()
  app = await world.serve({ now: new Date(Date.now() + 2 * HOUR) })
  const { runs } = (await ask(app, '/api/pipeline/runs?dataset=papers')).json()
  ;[, newer, older] = runs.map((run: { runId: string }) => run.runId)
})
afterEach(() => vi.restoreAllMocks())
afterAll(() => world.remove())

const json = async (url: string) => (await ask(app, url)).json()

describe('the status', () => {
  it('says of each dataset whether it is fresh and good, and what the monitor found', async () => {
    const status = await json('/api/pipeline/status')
    expect(status.datasets).toMatchObject([
      { dataset: 'papers', state: 'fresh', runId: newer, documents: PAPERS, outcome: 'bad' },
      { dataset: 'comments', state: 'fresh', documents: 1, outcome: null, reasons: [] },
    ])
    expect(status.datasets[0].ageSeconds).toBeGreaterThanOrEqual(7200)
    expect(status.datasets[0].reasons[0]).toMatchObject({ outcome: 'bad', reason: expect.stringContaining('title') })
    const failed = status.checks.find((check: { kind: string }) => check.kind === 'run')
    expect(failed).toMatchObject({ subject: 'papers', state: 'wrong' })
    expect(status.openAlerts).toBe(0)
  })

  it('asks the lake once for what the monitor and the datasets are told by', async () => {
    const { lake, read } = countedLake(world.lake)
    const counted = await world.serve({ lake: async () => lake })
    await ask(counted, '/api/pipeline/status')
    const ofDatasets = read.filter(key => key !== lakeKey.alerts)
    expect(ofDatasets).toContain(lakeKey.manifest('papers', newer))
    expect(ofDatasets).toEqual([...new Set(ofDatasets)])
    read.length = 0
    // It is known for some seconds: none of them passes while these three are asked.
    const now = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    for (let again = 0; again < 3; again++) await ask(counted, '/api/pipeline/status')
    now.mockRestore()
    expect(read).toEqual([])
  })

  it('is stale when its time has passed, by the age that the contract or the configuration promises', async () => {
    const later = await world.serve({ now: new Date(Date.now() + 100 * HOUR) })
    const { datasets } = (await ask(later, '/api/pipeline/status')).json()
    expect(datasets[1]).toMatchObject({ state: 'stale', outcome: null })
    expect(datasets[0].reasons.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['bad', 'stale'])
  })
})

describe('the list of runs', () => {
  it('has runs and failed attempts of all datasets, newest first', async () => {
    const { runs, next } = await json('/api/pipeline/runs')
    expect(next).toBeNull()
    expect(runs.map((run: Record<string, unknown>) => [run['dataset'], run['state'], run['outcome']])).toEqual([
      ['papers', 'failed', null],
      ['papers', 'committed', 'bad'],
      ['comments', 'committed', null],
      ['papers', 'committed', 'bad'],
      ['comments', 'committed', null],
    ])
    expect(runs[0].error.code).toMatch(/^SOURCE_/)
    expect(runs[1]).toMatchObject({ documents: PAPERS, violated: UNTITLED + 3, rejects: 0 })
  })

  it('comes in pages that leave nothing out and bring nothing twice, whatever their size', async () => {
    const all = (await json('/api/pipeline/runs')).runs
    for (const limit of [1, 2, 3, 4, 5, 6]) {
      const paged: unknown[] = []
      let before = ''
      for (let pages = 0; pages < 7; pages++) {
        const { runs, next } = await json(`/api/pipeline/runs?limit=${limit}${before}`)
        paged.push(...runs)
        if (next === null) break
        before = `&before=${encodeURIComponent(next)}`
      }
      expect(paged).toEqual(all)
    }
    expect((await json(`/api/pipeline/runs?before=${newer}`)).runs).toEqual(all.slice(3))
  })

  it('reads of the lake no runs that are not on the page', async () => {
    const { lake, read } = countedLake(world.lake)
    const counted = await world.serve({ lake: async () => lake })
    await ask(counted, '/api/pipeline/runs?dataset=papers&limit=2')
    expect(read.filter(key => key.includes('run='))).toEqual([lakeKey.manifest('papers', newer)])
  })
})

describe('one run', () => {
  it('tells its manifest, its verdict and its attempts', async () => {
    const detail = await json(`/api/pipeline/runs/papers/${newer}`)
    const manifest = JSON.parse(await readFile(join(world.folder, 'lake', lakeKey.manifest('papers', newer)), 'utf8'))
    expect(detail.run).toMatchObject({ state: 'committed', outcome: 'bad', documents: PAPERS })
    expect(detail.manifest).toMatchObject({ digest: manifest.digest, guarantee: { kind: 'file' }, tool: manifest.tool })
    expect(detail.manifest.formats.map((format: { format: string }) => format.format)).toEqual(manifest.formats)
    expect(detail.gate.reasons[0].outcome).toBe('bad')
    expect(detail.attempts).toMatchObject([{ outcome: 'bad', documents: PAPERS }])
  })

  it('that failed tells why, and has no manifest', async () => {
    const { runs } = await json('/api/pipeline/runs?dataset=papers&limit=1')
    expect(runs[0].state).toBe('failed')
    if (runs[0].runId === null) return
    const detail = await json(`/api/pipeline/runs/papers/${runs[0].runId}`)
    expect(detail).toMatchObject({ manifest: null, result: null, attempts: [{ error: { code: runs[0].error.code } }] })
  })

  it('has its rules with their messages', async () => {
    const { rules, violations } = await json(`/api/pipeline/runs/papers/${newer}/result`)
    expect(violations).toBe(UNTITLED + 3)
    expect(rules.find((rule: { id: string }) => rule.id === 'title.required')).toMatchObject({
      ...{ message: 'Missing title', violated: UNTITLED, status: 'fail', severity: 'error' },
    })
  })
})

describe('history and contract', () => {
  it('has the numbers of each attempt, the oldest first', async () => {
    const { attempts } = await json('/api/pipeline/history?dataset=papers')
    expect(attempts.map((one: { outcome: string }) => one.outcome)).toEqual(['bad', 'bad', 'failed'])
    expect(attempts[0]).toMatchObject({ runId: older, documents: PAPERS, violated: UNTITLED + 3 })
    expect(attempts[0].exportSeconds).toBeGreaterThanOrEqual(0)
  })

  it('shows the contract as people read it', async () => {
    const contract = await json('/api/pipeline/contracts/papers')
    expect(contract).toMatchObject({
      ...{
        version: '1.0.0',
        columns: [{ name: 'title', type: 'string', note: 'What it is called' }, { name: 'year' }],
      },
      source: await readFile(join(world.folder, 'papers.odcs.yaml'), 'utf8'),
    })
    const minimum = contract.rules.find((rule: { kind: string }) => rule.kind === 'minimum')
    expect(minimum).toMatchObject({ column: 'year', expects: 'at least 2000' })
    expect((await ask(app, '/api/pipeline/contracts/comments')).statusCode).toBe(404)
  })
})

describe('what is not there', () => {
  it.each([
    ['/api/pipeline/runs/nothing/20260501T020000.000Z-000000', 404],
    ['/api/pipeline/runs/papers/20260501T020000.000Z-000000', 404],
    ['/api/pipeline/runs/papers/20260501T020000.000Z-000000/result', 404],
    ['/api/pipeline/runs/papers/20260501T020000.000Z-000000/violations', 404],
    ['/api/pipeline/runs/papers/20260501T020000.000Z-000000/certificate', 404],
    ['/api/pipeline/runs/papers/20260501T020000.000Z-000000/report.html', 404],
    ['/api/pipeline/runs/papers/20260501T020000.000Z-000000/anomalies', 404],
    ['/api/pipeline/runs/papers/20260501T020000.000Z-000000/parts', 404],
    ['/api/pipeline/runs/papers/20260230T020000.000Z-000000', 400],
    ['/api/pipeline/runs/papers/latest', 400],
    ['/api/pipeline/runs?limit=0', 400],
    ['/api/pipeline/runs?limit=x', 400],
    ['/api/pipeline/runs?dataset=nothing', 404],
    ['/api/pipeline/runs?other=1', 400],
    ['/api/pipeline/history', 400],
    ['/api/pipeline/contracts/nothing', 404],
  ])('%s is %i', async (url, status) => {
    expect((await ask(app, url)).statusCode).toBe(status)
  })
})
