import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Db, MongoClient } from 'mongodb'
import type { Browser, Page } from 'playwright-core'
import { lakeferry, type Spawned } from '../cli/spawned.js'
import { freshDatabase, mongo } from '../support/services.js'
import { openBrowser, PATIENCE_MS } from './chromium.js'

export const PAPERS = 400
/** Every hundredth paper has no title. */
export const UNTITLED = 4

const CONTRACT = `apiVersion: v3.1.0
kind: DataContract
id: urn:test:papers
name: Papers
version: 1.0.0
status: active
schema:
  - name: papers
    properties:
      - {name: id, logicalType: string, required: true}
      - {name: title, logicalType: string, required: true, description: What it is called}
      - {name: year, logicalType: integer, logicalTypeOptions: {minimum: 2000}}
`

/** `lakeferry serve` over MongoDB and a lake on disk, and a browser. */
export interface RealServer {
  readonly database: Db
  url(): string
  /** A page, with what goes wrong on it in `errors`. */
  open(path: string): Promise<Page>
  readonly errors: string[]
  /** The server goes away, as when it is told to by its service manager. */
  stop(): Promise<void>
  /** It comes back where it was. */
  back(): Promise<void>
  /** Runs a command beside it. */
  run(...args: readonly string[]): Promise<void>
  close(): Promise<void>
}

export async function openReal(): Promise<RealServer> {
  const { uri } = await mongo()
  const name = freshDatabase()
  const client = await MongoClient.connect(uri)
  const database = client.db(name)
  await fill(database)
  const folder = await mkdtemp(join(tmpdir(), 'lakeferry-browser-'))
  await mkdir(join(folder, 'lake'))
  await writeFile(join(folder, 'papers.odcs.yaml'), CONTRACT)
  await writeFile(
    join(folder, 'lakeferry.yaml'),
    `source: {uri: "${uri}", database: ${name}}\nlake: {url: file:./lake}\nserver: {requestsPerMinute: 100000}\ndatasets:\n  papers: {collection: papers, contract: papers.odcs.yaml}\n`,
  )
  const options = { cwd: folder, env: { HOME: folder } }
  let [browser, [served, url]]: [Browser, [Spawned, string]] = await Promise.all([openBrowser(), serve(options, 0)])
  const errors: string[] = []
  const stop = async (): Promise<void> => {
    served.child.kill('SIGTERM')
    await served.ended
  }
  return {
    ...{ database, errors, stop },
    url: () => url,
    open: async path => {
      const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
      page.setDefaultTimeout(PATIENCE_MS)
      page.on('pageerror', error => errors.push(String(error)))
      page.on('console', message => {
        if (message.type() === 'error' && /Content Security Policy/.test(message.text())) errors.push(message.text())
      })
      await page.goto(url + path)
      return page
    },
    back: async () => {
      ;[served, url] = await serve(options, Number(new URL(url).port))
    },
    run: async (...args) => void (await lakeferry(args, options).ended),
    close: async () => {
      await browser.close()
      await stop()
      await database.dropDatabase()
      await client.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function fill(database: Db): Promise<void> {
  await database.collection('papers').insertMany(
    Array.from({ length: PAPERS }, (_, at) => ({
      id: `p${at}`,
      ...(at % 100 === 0 ? {} : { title: `Paper ${at} about lakes` }),
      year: 2020 + (at % 5),
    })),
  )
  await database
    .collection('comments')
    .insertOne({ id: 'c1', paperId: 'p1', author: 'Ada', text: 'The first one', createdAt: new Date() })
}

async function serve(options: Parameters<typeof lakeferry>[1], port: number): Promise<[Spawned, string]> {
  const served = lakeferry(['serve', '--port', String(port), '--json'], options)
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    served.child.stderr?.on('data', (text: string) => {
      said += text
      const listening = /"event":"listening","url":"([^"]+)"/.exec(said)
      if (listening !== null) resolve(listening[1]!)
    })
    void served.ended.then(({ stderr, stdout }) => reject(new Error(`${stderr}${stdout}`)))
  })
  return [served, url]
}
