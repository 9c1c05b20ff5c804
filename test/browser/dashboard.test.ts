import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HttpProblem } from '../../src/server/problems.js'
import { runs } from '../web/bodies/runs.js'
import { type FixtureServer, openFixture, WEB_ROOT } from '../web/fixture-server.js'
import { NO_CHROMIUM, openBrowser, PATIENCE_MS, TEST_MS, untilFocus } from './chromium.js'

/** JavaScript of the first page, gzipped, in bytes; all of it, charts included. */
const FIRST_PAGE_BYTES = 250 * 1024
/** First contentful paint from this machine, in milliseconds: the best of several, since others may be at work on it. */
const FIRST_PAINT_MS = 1_000
const MOST_LOADS = 30

const now = Date.now()

describe('the dashboard in a browser', { timeout: TEST_MS }, () => {
  let browser: Browser
  let server: FixtureServer
  let context: BrowserContext
  let page: Page
  let errors: string[]

  beforeAll(async () => {
    if (NO_CHROMIUM === undefined) browser = await openBrowser()
  })
  afterAll(async () => await browser?.close())
  beforeEach(async ({ skip }) => {
    if (NO_CHROMIUM !== undefined) return skip(NO_CHROMIUM)
    server = await openFixture({ now })
    context = await browser.newContext({ viewport: { width: 1200, height: 860 }, reducedMotion: 'reduce' })
    context.setDefaultTimeout(PATIENCE_MS)
    page = await open(context)
  })
  afterEach(async () => {
    await context?.close()
    await server?.close()
    expect(errors ?? []).toEqual([])
  })

  async function open(of: BrowserContext): Promise<Page> {
    const opened = await of.newPage()
    errors = []
    opened.on('pageerror', error => errors.push(String(error)))
    opened.on('console', message => {
      // What is refused, or not answered, is said there by the browser itself.
      if (message.type() === 'error' && !/Failed to load resource|net::ERR/.test(message.text()))
        errors.push(message.text())
    })
    return opened
  }

  it('starts a run and watches it finish', async () => {
    await page.goto(server.url)
    await page.getByRole('button', { name: 'Run now' }).click()
    await page.locator('[data-run-state="under way"]').waitFor()
    server.advance()
    await page.getByRole('progressbar', { name: 'papers: exporting' }).waitFor()
    await page.getByText('1,456 documents of about 7,281').waitFor()
    const advancing = setInterval(server.advance, 20)
    await page.locator('[data-run-state=finished]').waitFor()
    clearInterval(advancing)
    expect(await page.getByRole('progressbar', { name: /finished/ }).count()).toBe(2)
    await page.getByRole('button', { name: 'Run now' }).waitFor()
  })

  it('leads from the verdict to the documents with the defect, at an address that can be shared', async () => {
    await page.goto(server.url)
    await page.getByRole('article').filter({ hasText: 'Bad' }).getByRole('link', { name: 'Its quality' }).click()
    await page.getByRole('button', { name: 'Rating above 10' }).click()
    await page.getByText('31 violations, 20 shown.').waitFor()
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByText('31 violations, 31 shown.').waitFor()
    const other = await open(context)
    await other.goto(page.url())
    await other.getByText('31 violations, 20 shown.').waitFor()
  })

  it('shows a comment in a second window when it is posted, and what is wrong with one at its field', async () => {
    const other = await open(context)
    await Promise.all([page.goto(`${server.url}/papers/p0`), other.goto(`${server.url}/papers/p0`)])
    await other.getByText('live', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Post the comment' }).click()
    await page.locator('[name=author][aria-invalid=true]').waitFor()
    await page.locator('[name=author]').fill('Sena <b>Yildiz</b>')
    await page.locator('textarea').fill('Seen at once, <img src=x onerror=alert(1)> and as text.')
    await page.getByRole('button', { name: 'Post the comment' }).click()
    await other.getByText('Seen at once, <img src=x onerror=alert(1)> and as text.').waitFor()
    await page.locator('[data-comment]').nth(3).waitFor()
    expect(await page.locator('[data-comment]').count()).toBe(4)
    expect(await other.locator('[data-comment]').count()).toBe(4)
  })

  it('says that the server is lost, keeps what is there, and goes on when it is back', async () => {
    await page.goto(`${server.url}/papers/p0`)
    await page.getByText('Is the code available?').waitFor()
    const port = Number(new URL(server.url).port)
    await server.close()
    await page.getByRole('region', { name: 'Connection' }).waitFor()
    expect(await page.getByText('Is the code available?').count()).toBe(1)
    // A page whose code is not there yet waits for the server, too.
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    server = await openFixture({ port, now })
    // By itself, and not with the next thing that is fetched.
    await page.getByRole('region', { name: 'Connection' }).waitFor({ state: 'detached' })
    await page.getByText('SOURCE_UNREACHABLE').first().waitFor()
    await page.goBack()
    await page.getByText('live', { exact: true }).waitFor()
  })

  it('asks for the token, keeps it for the tab, and shows other problems with what to quote', async () => {
    server.requireToken('token-of-the-pipeline')
    await page.goto(`${server.url}/alerts`)
    await page.getByRole('heading', { name: 'A token is needed' }).waitFor()
    await page.getByLabel(/^Token/).fill('token-of-the-pipeline')
    await page.getByRole('button', { name: 'Use this token' }).click()
    await page.getByRole('heading', { name: 'papers breaks its contract' }).waitFor()
    await page.getByRole('button', { name: /^Acknowledge/ }).click()
    await page.getByLabel('Note (if you like)').fill('I have it')
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).click()
    await page.getByText('I have it').waitFor()
    server.failWith(new HttpProblem(400, 'The dataset is not known.', 'lakeferry status lists them.'))
    await page.goto(`${server.url}/runs`)
    await page.getByText('lakeferry status lists them.').waitFor()
    server.failWith(undefined)
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('SOURCE_UNREACHABLE').first().waitFor()
  })

  it('asks for the token to write with, and sends what was typed when there is one', async () => {
    server.requireToken('token-to-write')
    await page.goto(`${server.url}/papers/p0`)
    await page.locator('[name=author]').fill('Sena')
    await page.locator('textarea').fill('Not to be typed again')
    await page.getByRole('button', { name: 'Post the comment' }).click()
    await page.getByLabel(/^Token/).fill('token-to-write')
    await page.getByLabel(/^Token/).press('Enter')
    await page.getByRole('button', { name: 'Post the comment' }).click()
    await page.locator('[data-comment]').getByText('Not to be typed again').waitFor()
    expect(page.url()).toBe(`${server.url}/papers/p0`)
  })

  it('is used by the keyboard: the skip link, the search by a slash, the focus at the heading of a new page', async () => {
    await page.goto(`${server.url}/papers`)
    await page.getByText('137 papers').first().waitFor()
    await page.keyboard.press('Tab')
    await untilFocus(page, 'it.textContent.includes("Skip to the content")')
    await page.keyboard.press('Enter')
    await untilFocus(page, 'it.id === "main"')
    await page.keyboard.press('/')
    await page.keyboard.type('diffusion')
    await page.waitForURL(/q=diffusion/)
    await page.getByRole('link', { name: 'Alerts' }).press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Alerts' }).waitFor()
    await untilFocus(page, 'it.tagName === "H1"')
  })

  it('shows an attempt that never came to be a run, with the way on', async () => {
    await page.goto(`${server.url}/runs?dataset=papers`)
    await page.getByRole('row').filter({ hasText: 'SOURCE_UNREACHABLE' }).getByRole('link', { name: 'papers' }).click()
    await page.getByRole('heading', { name: 'The export failed' }).waitFor()
    await page.getByText('Check the address and that the server runs.').first().waitFor()
    const { key } = runs(now, 'papers').find(({ runId }) => runId === null)!
    await expect.poll(() => page.title(), { timeout: PATIENCE_MS }).toContain(`papers, run ${key}`)
    await page.getByRole('button', { name: 'Run it again' }).click()
    await page.locator('[data-run-state="under way"]').waitFor()
    await page.waitForURL(`${server.url}/runs?dataset=papers`)
  })

  it('says that attempts may be missing, also where there is no run', async () => {
    const problems = ['_lakeferry/attempts/papers.json is damaged: not JSON']
    await page.route('**/api/pipeline/runs?*', route => route.fulfill({ json: { runs: [], next: null, problems } }))
    await page.goto(`${server.url}/runs`)
    await page.getByText('is damaged: not JSON').waitFor()
    await page.getByText('No run yet').waitFor()
  })

  it('keeps filters and the chosen rule in the address, and goes back through them', async () => {
    await page.goto(`${server.url}/quality/papers`)
    await page.getByRole('button', { name: 'Rating above 10' }).click()
    await page.getByText('31 violations').waitFor()
    await untilFocus(page, 'it.textContent === "Documents that break rating_avg.maximum"')
    await page.goBack()
    await page.getByText('46 violations, 20 shown.').waitFor()
    await page.goto(`${server.url}/papers`)
    await page.getByLabel('Status').fill('Poster')
    await page.waitForURL(/status=Poster/)
    await page.getByRole('link', { name: 'Page 2' }).click()
    await page.getByText('21 to 35 of 35 papers').waitFor()
    await page.goBack()
    await page.getByText('1 to 20 of 35 papers').waitFor()
    await page.reload()
    await page.getByText('1 to 20 of 35 papers').waitFor()
    expect(await page.getByLabel('Status').inputValue()).toBe('Poster')
  })

  it('is small and quick', async () => {
    const scripts = new Set<string>()
    page.on('response', response => {
      if (response.url().endsWith('.js')) scripts.add(new URL(response.url()).pathname)
    })
    await page.goto(server.url, { waitUntil: 'networkidle', timeout: 3_000 }).catch(() => undefined) // events have no end
    await page.locator('.recharts-surface').first().waitFor()
    const bytes = [...scripts].reduce((sum, path) => sum + gzipSync(readFileSync(join(WEB_ROOT, path))).length, 0)
    expect(bytes).toBeLessThan(FIRST_PAGE_BYTES)
    expect(await firstPaint(page)).toBeLessThan(FIRST_PAINT_MS)
  })
})

async function firstPaint(page: Page): Promise<number> {
  const paints: number[] = []
  for (let load = 0; load < MOST_LOADS && Math.min(...paints) >= FIRST_PAINT_MS; load += 1) {
    await page.reload({ waitUntil: 'load' })
    await page.getByText('What needs attention').waitFor()
    // What is there may not be drawn yet.
    const painted = await page.waitForFunction('performance.getEntriesByName("first-contentful-paint")[0]?.startTime')
    paints.push((await painted.jsonValue()) as number)
  }
  return Math.min(...paints)
}
