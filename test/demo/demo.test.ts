import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { MongoClient } from 'mongodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateComments } from '../../src/demo/generate-comments.js'
import { generatePapers } from '../../src/demo/generate-papers.js'
import { PACKAGE_ROOT } from '../../src/demo/services-home.js'
import { startMongo } from '../support/services.js'

const CLI = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js')
const SIZE = ['--papers', '400', '--comments', '600', '--seed', '11']

let folder: string
/** Where the demo's server keeps its files: empty when it is gone. */
let temporary: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lakeferry-demo-'))
  temporary = join(folder, 'tmp')
  await mkdir(temporary)
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const { MONGODB_URI: _, ...rest } = process.env
  return spawn(process.execPath, [CLI, ...args], {
    cwd: folder,
    // Nothing of this machine's own is found: the demo has to bring its server.
    env: { ...rest, PATH: '/usr/bin:/bin', TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

async function run(args: readonly string[], env?: Readonly<Record<string, string>>) {
  const child = start(args, env)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, 'exit')])
  return { stdout, stderr, code }
}

/** What it has written when it comes to that. It is read on: a program whose reader has gone may end for that reason. */
async function said(child: ChildProcess, what: RegExp): Promise<string> {
  let all = ''
  return new Promise((resolve, reject) => {
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      all += chunk
      if (what.test(all)) resolve(all)
    })
    child.stdout!.once('close', () => reject(new Error(`never said ${what}, but: ${all}`)))
  })
}

const servers = (): string[] => readdirSync(temporary).filter(name => name.startsWith('lakeferry-secantusd'))

describe('lakeferry demo', { timeout: 300_000 }, () => {
  it('reports what was planted and nothing else, and what it suggests works without its server', async () => {
    const { stdout, stderr, code } = await run(['demo', ...SIZE])
    expect(stderr).not.toContain('error')
    expect(code).toBe(0)
    expect(stdout).toContain('SecantusDB')
    expect(stdout).toContain('Everything that was planted was reported, and nothing else')
    expect(stdout).toMatch(/^ +no title +7 +7 +title\.notEmpty$/m)
    expect(servers()).toEqual([])

    const suggested = [...stdout.matchAll(/npx lakeferry (.+)$/gm)].map(([, command]) => command!.split(' '))
    expect(suggested).toHaveLength(3)
    const codes = []
    for (const command of suggested) codes.push((await run(command)).code)
    expect(codes).toEqual([1, 0, 1])
    const reports = [...stdout.matchAll(/(\S+report\.html)$/gm)].map(([, file]) => join(folder, file!))
    expect(reports).toHaveLength(2)
    for (const report of reports) expect(await readFile(report, 'utf8')).toMatch(/^<!doctype html>/i)
  })

  it('gives programs one object with the figures, the same again for the same seed', async () => {
    const runs = [await run(['demo', '--json', ...SIZE]), await run(['demo', '--json', '--dir', 'other', ...SIZE])]
    const outcomes = runs.map(({ stdout }) => JSON.parse(stdout))
    const planted = [
      generatePapers({ count: 400, seed: 11 }).planted,
      generateComments({ count: 600, seed: 11, papers: 400 }).planted,
    ].map(({ expected }) => [...expected.values()].flat().length)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ command: 'demo', ok: true, seed: 11 })
      const figures = { missing: 0, unexpected: 0 }
      expect(outcome.datasets).toMatchObject([
        { dataset: 'papers', documents: 400, planted: planted[0], reported: planted[0], ...figures },
        { dataset: 'comments', documents: 600, planted: planted[1], reported: planted[1], ...figures },
      ])
    }
    expect(outcomes[1].lake).toBe(join(folder, 'other', 'lake'))
  })

  it('uses a configured server, writes none of its credentials down and leaves nothing in it', async () => {
    const auth = { user: 'ferry', password: 'over-the-lake' }
    const server = await startMongo({ auth })
    try {
      const uri = server.uri.replace('mongodb://', `mongodb://${auth.user}:${auth.password}@`)
      const { stdout, stderr, code } = await run(['demo', ...SIZE], { MONGODB_URI: uri })
      expect(stderr).not.toContain('error')
      expect(code).toBe(0)
      expect(stdout).toContain(`the server of MONGODB_URI at 127.0.0.1:${server.port}`)
      const written = readdirSync(join(folder, '.demo'), { recursive: true, withFileTypes: true })
      for (const entry of written.filter(entry => entry.isFile())) {
        expect((await readFile(join(entry.parentPath, entry.name))).includes(auth.password)).toBe(false)
      }
      const client = await MongoClient.connect(uri)
      const { databases } = await client.db('admin').admin().listDatabases()
      expect(databases.map(({ name }) => name)).not.toContain('lakeferry_demo')
      await client.close()
    } finally {
      await server.stop()
    }
  })

  it('refuses a folder with something else in it, before it starts anything', async () => {
    await mkdir(join(folder, '.demo'))
    await writeFile(join(folder, '.demo', 'thesis.txt'), 'mine')
    const { stdout, stderr, code } = await run(['demo', ...SIZE])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/USAGE.*no earlier demo/s)
    expect(readdirSync(join(folder, '.demo'))).toEqual(['thesis.txt'])
  })

  it('stops on Ctrl-C while it works, and takes its server with it', async () => {
    const child = start(['demo', '--papers', '200000', '--comments', '1'])
    await said(child, /MongoDB +SecantusDB/)
    expect(servers()).toHaveLength(1)
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(130)
    expect(servers()).toEqual([])
    expect(existsSync(join(folder, '.demo', 'lake', 'papers'))).toBe(false)
  })

  it('keeps the server and serves the dashboard until Ctrl-C when asked to, and leaves nothing of them', async () => {
    // Settings of this machine's must not send the runs of the dashboard to another lake.
    const child = start(['demo', '--keep', ...SIZE], { LAKEFERRY_LAKE_URL: 'file:/nowhere/lake' })
    const stdout = await said(child, /until Ctrl-C/)
    expect(stdout).toMatch(/MongoDB stays at mongodb:\/\/127\.0\.0\.1:\d+/)
    const at = /^The dashboard.*: (http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(stdout)?.[1] ?? ''
    const ask = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(new URL(path, at), init)
      expect(answer.ok, `${path} ${answer.status}`).toBe(true)
      return answer
    }
    // biome-ignore lint/suspicious/noExplicitAny: whatever was answered; what it should be is said below
    const json = async (path: string, init?: RequestInit): Promise<any> => (await ask(path, init)).json()

    expect(await (await ask('/')).text()).toMatch(/<script type="module"/)
    const papers = await json('/api/iclr?limit=5')
    expect(papers).toHaveLength(5)
    const { runs } = await json('/api/pipeline/runs?dataset=papers')
    // Three nights before the last one, each with more documents.
    expect(runs.map((run: { documents: number }) => run.documents)).toEqual([400, 360, 320, 280])
    const violations = `/api/pipeline/runs/papers/${runs[0].runId}/violations`
    expect((await json(`${violations}?rule=title.notEmpty`)).total).toBe(7)

    // A run of the dashboard is one over the demo's own lake; Ctrl-C ends what is under way with all the rest.
    const started = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"datasets":["papers"]}' }
    const { runId } = await json('/api/pipeline/runs', started)
    await expect
      .poll(async () => (await json('/api/pipeline/runs/current')).run.state, { timeout: 120_000, interval: 200 })
      .toBe('finished')
    expect((await json(`/api/pipeline/runs/papers/${runId}`)).run).toMatchObject({ state: 'committed', outcome: 'bad' })
    await json('/api/pipeline/runs', started)
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    expect(servers()).toEqual([])
    await expect(fetch(at)).rejects.toThrow()
    const left = spawnSync('pgrep', ['-f', folder], { encoding: 'utf8' })
    expect(left.stdout).toBe('')
  })
})
