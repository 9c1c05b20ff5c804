import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

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
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}
