import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** A browser of the machine's own; undefined where none is on the PATH. */
export const CHROMIUM: string | undefined = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap(folder => NAMES.map(name => join(folder, name)))
  .find(existsSync)

/** Why tests in a browser are left out. */
export const NO_CHROMIUM: string | undefined =
  CHROMIUM === undefined ? `none of ${NAMES.join(', ')} is on the PATH` : undefined

export function openBrowser(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(NO_CHROMIUM)
  // Root, which containers mostly are, has no sandbox of Chromium's; it opens pages of this machine only.
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
    timeout: PATIENCE_MS,
  })
}

/** How long a page is waited for, in milliseconds: others may be at work on the machine. */
export const PATIENCE_MS = 90_000
/** Of a test in a browser, in milliseconds. */
export const TEST_MS = 300_000

/** Waits until what has the focus is so; a page sets it only after it has drawn. @param is - of `it`, in JavaScript */
export async function untilFocus(page: Page, is: string): Promise<void> {
  await page.waitForFunction(`(it => ${is})(document.activeElement)`)
}
