import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { it } from 'vitest'
import { openFixture } from '../web/fixture-server.js'
import { NO_CHROMIUM, openBrowser } from './chromium.js'
import { pages } from './pages.js'

/** Where the pictures go: `docs/images`, for those of the README. Nothing is drawn without it. */
const folder = process.env['LAKEFERRY_PICTURES']
const FORMS = [
  ['light', { width: 1120, height: 680 }, 'light'],
  ['dark', { width: 1120, height: 680 }, 'dark'],
  ['phone', { width: 390, height: 780 }, 'light'],
] as const

it('draws every page, light, dark and on a phone', { timeout: 300_000 }, async ({ skip }) => {
  if (folder === undefined) return skip('LAKEFERRY_PICTURES does not say where the pictures go')
  if (NO_CHROMIUM !== undefined) return skip(NO_CHROMIUM)
  const now = Date.parse('2026-11-22T08:00:00Z')
  const target = join(fileURLToPath(new URL('../..', import.meta.url)), folder)
  mkdirSync(target, { recursive: true })
  const server = await openFixture({ now })
  const browser = await openBrowser()
  try {
    for (const [form, viewport, colorScheme] of FORMS) {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' })
      const page = await context.newPage()
      page.on('console', message => {
        if (message.type() === 'error') console.error(form, message.text())
      })
      page.on('pageerror', error => console.error(form, error))
      await page.clock.setFixedTime(now)
      for (const [name, path, there] of pages(now)) {
        await page.goto(server.url + path)
        await page.getByText(there).first().waitFor()
        await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' })
        await page.waitForTimeout(250) // charts are drawn a frame after their data
        await page.screenshot({
          path: join(target, `dashboard-${name}-${form}.png`),
          fullPage: process.env['LAKEFERRY_WHOLE'] !== undefined,
        })
      }
      await context.close()
    }
  } finally {
    await browser.close()
    await server.close()
  }
})
