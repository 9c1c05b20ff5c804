import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  CHANNEL_PATIENCE_SECONDS,
  CLOCK_TOLERANCE_SECONDS,
  GONE_AFTER_SECONDS,
  REOPENED_WITHIN_SECONDS,
  REOPENINGS_TOLD,
  UNKNOWN_PATIENCE_SECONDS,
} from '../../src/alert/alert-settings.js'
import { alertTitle } from '../../src/alert/alert-title.js'
import { SEND_ATTEMPTS } from '../../src/alert/deliver.js'
import {
  CLAIM_SECONDS,
  FIRST_WAIT_SECONDS,
  GIVEN_UP_AFTER_SECONDS,
  LONGEST_WAIT_SECONDS,
} from '../../src/alert/outbox.js'
import { CHECK_KINDS } from '../../src/model/check.js'

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const docs = read('docs/alerts.md').replaceAll(/\s+/g, ' ')

describe('docs/alerts.md', () => {
  it('has a row for every kind of check that there is, in order, and no other', () => {
    const rows = [...read('docs/alerts.md').matchAll(/^\| `([a-z]+)` \|([^|]+)\|([^|]+)\|([^|]+)\|$/gm)]
    expect(rows.map(([, kind]) => kind)).toEqual(CHECK_KINDS)
    for (const [, , ...cells] of rows) for (const cell of cells) expect(cell.trim()).not.toBe('')
  })

  it('tells the times that hold', () => {
    expect([UNKNOWN_PATIENCE_SECONDS, CHANNEL_PATIENCE_SECONDS, CLOCK_TOLERANCE_SECONDS]).toEqual([300, 300, 300])
    expect(docs).toContain('when every pass for **5 minutes** could not tell')
    expect(docs).toContain('A channel that fails is told after 5 minutes, too')
    expect(docs).toContain('up to 5 minutes behind')
    expect([GONE_AFTER_SECONDS, REOPENED_WITHIN_SECONDS, REOPENINGS_TOLD]).toEqual([86_400, 3_600, 2])
    expect(docs).toContain('nobody has looked at for **a day**')
    expect(docs).toContain('within **an hour** of its end is the same alert')
    expect(docs).toContain('That is told **twice**')
    expect([CLAIM_SECONDS, GIVEN_UP_AFTER_SECONDS, SEND_ATTEMPTS]).toEqual([600, 3 * 86_400, 3])
    expect(docs).toContain('**10 minutes** later')
    expect(docs).toContain('After **three days** a message is given up')
    expect([FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS]).toEqual([60, 3600])
    expect(docs).toContain('left alone for 1 minute, 2, 4, … up to an hour')
  })
})

describe('titles', () => {
  it('are one line of their own for every kind and state', () => {
    const states = ['wrong', 'none', 'unknown'] as const
    const titles = CHECK_KINDS.flatMap(kind => states.map(state => alertTitle({ kind, subject: 'papers', state })))
    expect(new Set(titles).size).toBe(titles.length)
    for (const title of titles) expect(title).toMatch(/^[^\n]{8,80}$/)
  })
})
