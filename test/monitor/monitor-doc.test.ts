import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { RUNS_MOST, RUNS_NEEDED } from '../../src/anomaly/detect.js'
import { CHECK_KINDS } from '../../src/model/check.js'
import { spanText } from '../../src/model/duration.js'
import { CLOCK_TOLERANCE_SECONDS } from '../../src/monitor/clock-check.js'
import { MAX_CLOCK_SKEW_SECONDS } from '../../src/monitor/freshness.js'
import { PATIENCE } from '../../src/monitor/observe.js'
import { OPLOG_MARGIN } from '../../src/monitor/oplog-check.js'
import { SLOT_GRACE_SECONDS } from '../../src/monitor/slots-check.js'
import { VERDICT_GRACE_SECONDS } from '../../src/monitor/verdict-check.js'

const text = readFileSync(new URL('../../docs/monitor.md', import.meta.url), 'utf8')
const lines = [...text.matchAll(/^\| `(\w+)` \|(.*)\|$/gm)]
const rows = new Map(lines.filter(([row]) => row.split('|').length > 5).map(([row, kind = '']) => [kind, row]))

describe('docs/monitor.md', () => {
  it('has a row for every check, in order, and no other', () => {
    expect([...rows.keys()]).toEqual(CHECK_KINDS)
  })

  it('has a row for every state, and no other', () => {
    const states = [...text.matchAll(/^\| `(\w+)` \| [^|]+ \|$/gm)].map(([, state]) => state)
    expect(states).toEqual(['fine', 'wrong', 'none', 'unknown'])
  })

  it('says the limits that hold', () => {
    expect(rows.get('volume')).toContain(`up to ${RUNS_MOST} runs before`)
    expect(rows.get('volume')).toContain(`until there are ${RUNS_NEEDED}`)
    expect([CLOCK_TOLERANCE_SECONDS, MAX_CLOCK_SKEW_SECONDS].map(spanText)).toEqual(['1m', '5m'])
    expect(rows.get('clock')).toMatch(/more than 1 minute apart .* more than 5 /)
    expect(rows.get('slots')).toContain(`for ${SLOT_GRACE_SECONDS / 60} minutes`)
    expect([OPLOG_MARGIN, VERDICT_GRACE_SECONDS]).toEqual([2, 3_600])
    expect(rows.get('lake')).toContain(`within ${PATIENCE.lakeMs / 1000} s`)
    expect(rows.get('source')).toContain(`within ${PATIENCE.sourceMs / 1000} s`)
  })

  it('links to pages and headings that are there', () => {
    const slug = (heading: string): string =>
      heading
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-')
    for (const [, page = '', anchor] of text.matchAll(/\]\(([a-z-]+\.md)(?:#([a-z-]+))?\)/g)) {
      const file = new URL(`../../docs/${page}`, import.meta.url)
      expect(existsSync(file), page).toBe(true)
      if (anchor === undefined) continue
      const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading))
      expect(headings, page).toContain(anchor)
    }
  })
})
