import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NO_CHROMIUM, TEST_MS } from './chromium.js'
import { openReal, type RealServer, UNTITLED } from './real-server.js'

describe('the dashboard as it is served, over MongoDB and a lake', { timeout: TEST_MS }, () => {
  let real: RealServer
  beforeAll(async () => {
    if (NO_CHROMIUM === undefined) real = await openReal()
  })
  beforeEach(({ skip }) => {
    if (NO_CHROMIUM !== undefined) skip(NO_CHROMIUM)
  })
  afterEach(() => expect(real?.errors ?? []).toEqual([]))
  afterAll(async () => await real?.close())

  it('exports at a click, tells how it goes, and leads to the documents with the defect', async () => {
    const page = await real.open('/')
    await page.getByText('No export yet', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Run now' }).click()
    await page.locator('[data-run-state=finished]').waitFor()
    await page.getByRole('article').filter({ hasText: 'Bad' }).getByRole('link', { name: 'Its quality' }).click()
    await page.getByText(`${UNTITLED} violations, ${UNTITLED} shown.`).waitFor()
    await page.getByRole('link', { name: 'The run', exact: true }).click()
    await page.getByText('Check it yourself').waitFor()
    expect(await page.getByRole('heading', { name: 'Verdict' }).count()).toBe(1)
    await page.goto(`${real.url()}/contract/papers`)
    await page.getByText('What it is called').first().waitFor()
    await page.close()
  })

  it('shows a comment in a second window when it is posted, and again when the server was away', async () => {
    const [first, second] = [await real.open('/papers/p1'), await real.open('/papers/p1')]
    await second.getByText('live', { exact: true }).waitFor()
    const write = async (text: string): Promise<void> => {
      await first.locator('[name=author]').fill('Mira')
      await first.locator('textarea').fill(text)
    }
    const post = async (text: string): Promise<void> => {
      await first.getByRole('button', { name: 'Post the comment' }).click()
      await second.getByText(text).waitFor()
    }
    await write('Seen at once')
    await post('Seen at once')
    await write('And after it was away')
    await real.stop()
    await second.getByRole('region', { name: 'Connection' }).waitFor()
    // What is typed while nobody answers stays, and goes when there is somebody again.
    await first.getByRole('button', { name: 'Post the comment' }).click()
    await first.getByRole('alert').getByText('No connection').waitFor()
    expect(await first.locator('textarea').inputValue()).toBe('And after it was away')
    await real.back()
    for (const page of [first, second])
      await page.getByRole('region', { name: 'Connection' }).waitFor({ state: 'detached' })
    await second.getByText('live', { exact: true }).waitFor()
    await post('And after it was away')
    await Promise.all([first.close(), second.close()])
  })

  it('silences alerts for a time, and ends it', async () => {
    const page = await real.open('/alerts')
    await page.getByRole('button', { name: 'Add a silence' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add a silence' })
    await dialog.getByLabel('papers').check()
    await dialog.getByRole('button', { name: 'Add the silence' }).click()
    await dialog.getByText('It is needed.').waitFor()
    await dialog.getByLabel('For how long').selectOption('until…')
    await dialog.getByLabel('Until, UTC').fill('2020-01-01T00:00')
    await dialog.getByLabel('Reason').fill('The collection is being moved')
    await dialog.getByRole('button', { name: 'Add the silence' }).click()
    await dialog.getByText('It would be over already.').waitFor()
    await dialog.getByLabel('For how long').selectOption('a day')
    await dialog.getByRole('button', { name: 'Add the silence' }).click()
    const row = page.getByRole('row').filter({ hasText: 'The collection is being moved' })
    await row.getByText('in 24 hours').or(row.getByText('tomorrow')).waitFor()
    expect(await row.getByRole('rowheader').textContent()).toBe('papers')
    await dialog.waitFor({ state: 'detached' })
    await row.getByRole('button', { name: /^End it/ }).click()
    await row.waitFor({ state: 'detached' })
    await page.close()
  })
})
