import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type FixtureServer, openFixture } from '../web/fixture-server.js'
import { NO_CHROMIUM, openBrowser, PATIENCE_MS, TEST_MS, untilFocus } from './chromium.js'
import { formPages, pages } from './pages.js'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const DESK = { width: 1200, height: 860 }
const PHONE = { width: 390, height: 780 }
const PHONE_RULES = '["color-contrast", "scrollable-region-focusable", "target-size"]'

/** What makes the page wider than a phone; a question widens nothing, and would be cut off. */
const WIDER = `[
  ...(document.documentElement.scrollWidth > 390 ? document.querySelectorAll('main *') : []),
  ...document.querySelectorAll('dialog, dialog *'),
].filter(one => one.getBoundingClientRect().right > 390).map(one => one.tagName + '.' + one.className).join(', ')`

const now = Date.now()

/** What is open only after a click: the page, the button, and a text that is there then. */
const OPENED: readonly (readonly [name: string, path: string, button: RegExp, there: string])[] = [
  ['removal of a paper', '/papers/p0', /^Remove…$/, 'Remove this paper?'],
  ['editing of a comment', '/papers/p0', /^Edit the comment of Jun/, 'Discard the changes'],
  ['removal of a comment', '/papers/p0', /^Remove the comment of Reviewer 2/, 'Remove this comment?'],
  ['reply', '/papers/p0', /^Reply to Jun/, 'Post the reply'],
  ['silence', '/alerts', /^Add a silence$/, 'Of which datasets'],
  ['acknowledgement', '/alerts', /^Acknowledge/, 'Who has it'],
  ['run under way', '/', /^Run now$/, 'A run is under way'],
]

describe('the dashboard for everybody', { timeout: TEST_MS }, () => {
  let browser: Browser
  let server: FixtureServer
  let page: Page
  beforeAll(async () => {
    if (NO_CHROMIUM !== undefined) return
    ;[browser, server] = await Promise.all([openBrowser(), openFixture({ now })])
    page = await browser.newPage({ viewport: DESK, reducedMotion: 'reduce' })
    page.setDefaultTimeout(PATIENCE_MS)
  })
  beforeEach(({ skip }) => {
    if (NO_CHROMIUM !== undefined) skip(NO_CHROMIUM)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  async function violations(name: string, options = ''): Promise<readonly string[]> {
    const found = await page.evaluate<AxeAnswer>(`axe.run({ resultTypes: ['violations'], ${options} })`)
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${name}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join('; ')}`)
  }

  /** Every rule in the light; in the dark and on a phone those of which the answer can be another one. */
  async function check(name: string): Promise<void> {
    const found: string[] = []
    await page.evaluate(AXE)
    found.push(...(await violations(`${name}, light`)))
    await page.emulateMedia({ colorScheme: 'dark' })
    found.push(...(await violations(`${name}, dark`, 'runOnly: ["color-contrast"]')))
    await page.setViewportSize(PHONE)
    found.push(...(await violations(`${name}, dark, on a phone`, `runOnly: ${PHONE_RULES}`)))
    await expect.poll(() => page.evaluate<string>(WIDER), { message: `${name} on a phone`, timeout: 30_000 }).toBe('')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize(DESK)
    expect(found).toEqual([])
  }

  it.each([...pages(now), ...formPages()])('has no serious violation on the page %s', async (name, path, there) => {
    await page.goto(server.url + path)
    await page.getByText(there).first().waitFor()
    await check(name)
  })

  it.each(OPENED)('has no serious violation when the %s is open', async (name, path, button, there) => {
    await page.goto(server.url + path)
    await page.getByRole('button', { name: button }).first().click()
    await page
      .getByText(there)
      .or(page.getByRole('button', { name: 'Cancel' }))
      .first()
      .waitFor()
    await check(name)
  })

  it('keeps the focus within a question, and gives it back when Escape has closed that', async () => {
    await page.goto(`${server.url}/alerts`)
    await page.getByRole('button', { name: 'Add a silence' }).press('Enter')
    await page.getByRole('dialog').getByRole('checkbox').first().waitFor()
    for (let tab = 0; tab < 12; tab += 1) {
      await page.keyboard.press('Tab')
      const where = 'document.activeElement === document.body || document.activeElement.closest("dialog") !== null'
      expect(await page.evaluate(where)).toBe(true)
    }
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await untilFocus(page, 'it.textContent === "Add a silence"')
  })
})

interface AxeAnswer {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string
    readonly nodes: readonly { readonly target: readonly string[] }[]
  }[]
}
