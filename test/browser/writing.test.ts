import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { NO_CHROMIUM, TEST_MS } from './chromium.js'
import { openReal, type RealServer } from './real-server.js'

describe('writing in the dashboard, over MongoDB', { timeout: TEST_MS }, () => {
  let real: RealServer
  beforeAll(async () => {
    if (NO_CHROMIUM === undefined) real = await openReal()
  })
  beforeEach(({ skip }) => {
    if (NO_CHROMIUM !== undefined) skip(NO_CHROMIUM)
  })
  afterEach(() => expect(real?.errors ?? []).toEqual([]))
  afterAll(async () => await real?.close())

  const stored = (id: string) => real.database.collection('papers').findOne({ id })
  const save = (page: Page, name = 'Save') => page.getByRole('button', { name, exact: true }).click()

  it('adds a paper, edits it and takes it away again', async () => {
    const page = await real.open('/papers')
    await page.getByRole('link', { name: 'Add a paper' }).click()
    await page.getByLabel('Id').fill('ferries')
    await page.getByLabel('Year').fill('soon')
    await page.getByLabel('Authors, one a line').fill('A. Noether\nM. Agnesi')
    await page.getByRole('button', { name: 'Add the paper' }).click()
    await page.getByText('It is needed.').waitFor()
    // A way through other pages takes nothing away.
    await page.getByRole('link', { name: 'Alerts' }).click()
    await page.getByRole('heading', { name: 'Alerts' }).waitFor()
    await page.goBack()
    await page.getByLabel('Title').fill('On Ferries')
    await page.getByRole('button', { name: 'Add the paper' }).click()
    await page.getByText('A whole number is wanted.').waitFor()
    await page.getByLabel('Year').fill('2026')
    await page.getByRole('button', { name: 'Add the paper' }).click()
    await page.getByRole('heading', { level: 1, name: 'On Ferries' }).waitFor()
    expect(await stored('ferries')).toMatchObject({
      title: 'On Ferries',
      year: 2026,
      authors: ['A. Noether', 'M. Agnesi'],
    })
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    await page.getByLabel('Year').fill('')
    await page.getByLabel('Status').fill('Oral')
    await save(page)
    await page.getByRole('link', { name: 'Oral' }).waitFor()
    expect(await stored('ferries')).not.toHaveProperty('year')
    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('button', { name: 'Remove the paper' }).click()
    await page.waitForURL(`${real.url()}/papers`)
    expect(await stored('ferries')).toBeNull()
    await page.close()
  })

  it('tells when somebody else was quicker, keeps what both have written, and goes on', async () => {
    const [mine, theirs] = [await real.open('/papers/p1/edit'), await real.open('/papers/p1/edit')]
    await mine.getByLabel('Title').fill('Mine')
    await mine.getByLabel('Year').fill('2001')
    await theirs.getByLabel('Title').fill('Theirs')
    await theirs.getByLabel('Status').fill('Poster')
    await save(theirs)
    await theirs.getByRole('heading', { level: 1, name: 'Theirs' }).waitFor()
    await save(mine)
    const conflict = mine.getByRole('region', { name: 'Somebody else has changed this in the meantime' })
    await conflict.getByText('Theirs', { exact: true }).waitFor()
    expect(await mine.getByLabel('Title').inputValue()).toBe('Mine')
    expect(await mine.getByLabel('Status').inputValue()).toBe('Poster')
    expect(await stored('p1')).toMatchObject({ title: 'Theirs', year: 2021 })
    await save(mine, 'Save over theirs')
    await mine.getByRole('heading', { level: 1, name: 'Mine' }).waitFor()
    expect(await stored('p1')).toMatchObject({ title: 'Mine', year: 2001, status: 'Poster' })
    // The other page shows what was before: that is not removed unseen.
    await theirs.getByRole('button', { name: 'Remove…' }).click()
    await theirs.getByRole('button', { name: 'Remove the paper' }).click()
    await theirs.getByRole('button', { name: 'Show it as it is now' }).click()
    await theirs.getByRole('heading', { level: 1, name: 'Mine' }).waitFor()
    expect(await stored('p1')).not.toBeNull()
    await Promise.all([mine.close(), theirs.close()])
  })

  it('keeps what was typed when the paper is gone, and makes a new one of it', async () => {
    const page = await real.open('/papers/p2/edit')
    await page.getByLabel('Title').fill('Not to be lost')
    await real.database.collection('papers').deleteOne({ id: 'p2' })
    await save(page)
    await page.getByRole('button', { name: 'Add it as a new paper' }).click()
    await page.getByRole('button', { name: 'Add the paper' }).click()
    await page.getByRole('heading', { level: 1, name: 'Not to be lost' }).waitFor()
    expect(await real.database.collection('papers').countDocuments({ title: 'Not to be lost' })).toBe(1)
    await page.close()
  })

  it('edits and removes a comment, in a second window too, where nothing that is being typed is lost', async () => {
    const [first, second] = [await real.open('/papers/p1'), await real.open('/papers/p1')]
    for (const page of [first, second]) await page.getByText('live', { exact: true }).waitFor()
    const edit = (page: Page) => page.getByRole('button', { name: 'Edit the comment of Ada' }).click()
    const text = (page: Page) => page.getByRole('form', { name: 'Edit the comment' }).getByLabel('Text')
    await edit(second)
    await text(second).fill('Written in the second window')
    await edit(first)
    await text(first).fill('Written in the first window')
    await save(first)
    await first.getByText('Written in the first window').waitFor()
    // A reload in the middle of it, and it goes on where it was.
    await second.reload()
    await second.locator('[data-conflict]').waitFor()
    expect(await text(second).inputValue()).toBe('Written in the second window')
    await second.getByRole('button', { name: /^Take theirs/ }).click()
    await save(second)
    await second.getByRole('button', { name: 'Edit the comment of Ada' }).waitFor()
    await edit(second)
    await text(second).fill('Of what is removed')
    await first.getByRole('button', { name: 'Remove the comment of Ada' }).click()
    await first.getByRole('button', { name: 'Remove the comment', exact: true }).click()
    await first.getByText('No comment yet').waitFor()
    await save(second)
    await second.getByRole('alert').waitFor()
    expect(await text(second).inputValue()).toBe('Of what is removed')
    await Promise.all([first.close(), second.close()])
  })
})
