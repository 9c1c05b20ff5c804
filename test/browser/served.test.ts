import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { lakeferry, type Spawned } from '../cli/spawned.js'
import { freshDatabase, mongo } from '../support/services.js'
import { NO_CHROMIUM, openBrowser } from './chromium.js'

const PAPERS = 400
/** Every hundredth paper has none. */
const UNTITLED = 4

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

describe.skipIf(NO_CHROMIUM !== undefined)('the dashboard as it is served, over MongoDB and a lake', () => {
  let folder: string
  let client: MongoClient
  let database: string
  let browser: Browser
  let served: Spawned
  let url: string
  const errors: string[] = []

  beforeAll(async () => {
    const { uri } = await mongo()
    database = freshDatabase()
    client = await MongoClient.connect(uri)
    const papers = Array.from({ length: PAPERS }, (_, at) => ({
      id: `p${at}`,
      ...(at % 100 === 0 ? {} : { title: `Paper ${at} about lakes` }),
      year: 2020 + (at % 5),
    }))
    await client.db(database).collection('papers').insertMany(papers)
    await client
      .db(database)
      .collection('comments')
      .insertOne({ id: 'c1', paperId: 'p1', author: 'Ada', text: 'The first one', createdAt: new Date() })
    folder = await mkdtemp(join(tmpdir(), 'lakeferry-browser-'))
    await mkdir(join(folder, 'lake'))
    await writeFile(join(folder, 'papers.odcs.yaml'), CONTRACT)
    await writeFile(
      join(folder, 'lakeferry.yaml'),
      `source: {uri: "${uri}", database: ${database}}\nlake: {url: file:./lake}\nserver: {requestsPerMinute: 100000}\ndatasets:\n  papers: {collection: papers, contract: papers.odcs.yaml}\n`,
    )
    ;[browser] = await Promise.all([openBrowser(), serve(0)])
  })
  afterAll(async () => {
    await browser?.close()
    served?.child.kill('SIGTERM')
    await served?.ended
    await client?.db(database).dropDatabase()
    await client?.close()
    await rm(folder, { recursive: true, force: true })
  })

  afterEach(() => expect(errors).toEqual([]))

  async function serve(port: number): Promise<void> {
    served = lakeferry(['serve', '--port', String(port), '--json'], { cwd: folder, env: { HOME: folder } })
    url = await new Promise((resolve, reject) => {
      let said = ''
      served.child.stderr?.on('data', (text: string) => {
        said += text
        const listening = /"event":"listening","url":"([^"]+)"/.exec(said)
        if (listening !== null) resolve(listening[1]!)
      })
      void served.ended.then(({ stderr, stdout }) => reject(new Error(`${stderr}${stdout}`)))
    })
  }

  async function open(path: string): Promise<Page> {
    const page = await browser.newPage()
    page.on('pageerror', error => errors.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error' && /Content Security Policy/.test(message.text())) errors.push(message.text())
    })
    await page.goto(url + path)
    return page
  }

  it('exports at a click, tells how it goes, and leads to the documents with the defect', async () => {
    const page = await open('/')
    await page.getByText('No export yet', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Run now' }).click()
    await page.locator('[data-run-state=finished]').waitFor({ timeout: 40_000 })
    await page.getByRole('article').filter({ hasText: 'Bad' }).getByRole('link', { name: 'Its quality' }).click()
    await page.getByText(`${UNTITLED} violations, ${UNTITLED} shown.`).waitFor()
    await page.getByRole('link', { name: 'The run', exact: true }).click()
    await page.getByText('Check it yourself').waitFor()
    expect(await page.getByRole('heading', { name: 'Verdict' }).count()).toBe(1)
    await page.goto(`${url}/contract/papers`)
    await page.getByText('What it is called').first().waitFor()
    await page.close()
  })

  it('shows a comment in a second window when it is posted, and again when the server was away', async () => {
    const [first, second] = [await open('/papers/p1'), await open('/papers/p1')]
    await second.getByText('live', { exact: true }).waitFor()
    const post = async (text: string): Promise<void> => {
      await first.locator('[name=author]').fill('Mira')
      await first.locator('textarea').fill(text)
      await first.getByRole('button', { name: 'Post the comment' }).click()
      await second.getByText(text).waitFor()
    }
    await post('Seen at once')
    served.child.kill('SIGTERM')
    await served.ended
    await second.getByRole('region', { name: 'Connection' }).waitFor()
    await serve(Number(new URL(url).port))
    await second.getByRole('region', { name: 'Connection' }).waitFor({ state: 'detached' })
    await second.getByText('live', { exact: true }).waitFor()
    await post('And after it was away')
    await first.close()
    await second.close()
  })
})
