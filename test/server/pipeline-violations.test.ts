import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import type { ValidationResult } from '../../src/model/result.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { MOST_LOOKED_THROUGH, violationPage } from '../../src/server/pipeline-violations.js'
import { runAt, temporaryLake } from '../catalog/lake-fixture.js'

let lake: ObjectStore
let remove: () => Promise<void>
const runId = runAt(1)
beforeAll(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterAll(() => remove())

interface Line {
  readonly rule: string
  readonly value?: unknown
}
let lists = 0

/** A result with these violations, an object for each list. */
async function resultOf(...parts: readonly (readonly Line[])[]): Promise<ValidationResult> {
  lists += 1
  const keys: string[] = []
  for (const [part, lines] of parts.entries()) {
    const key = lakeKey.report('papers', runId, `violations/part-${lists}${part}.ndjson.gz`)
    const text = lines.map(({ rule, value = null }, at) =>
      JSON.stringify({ _id: `${part}/${at}`, column: 'title', reason: 'r', rule, value }),
    )
    await lake.put(key, gzipSync(`${text.join('\n')}\n`, { level: 1 }))
    keys.push(key)
  }
  const all = parts.flat()
  const rules = [...new Set(all.map(({ rule }) => rule))].map(id => ({
    ...{ id, kind: 'required', column: 'title', severity: 'error', status: 'fail', checked: all.length },
    violated: all.filter(({ rule }) => rule === id).length,
  }))
  return {
    ...{ version: 1, dataset: 'papers', runId, status: 'fail', documents: all.length },
    ...{ contract: { id: 'c', version: '1.0.0', fingerprint: 'f' }, failingDocuments: { error: 1, any: 1 } },
    ...{ violations: { count: all.length, keys }, rules },
  } as unknown as ValidationResult
}
const times = (count: number, line: Line): Line[] => Array.from({ length: count }, () => line)

describe('a page of violations', () => {
  it('is the last one when it holds all that there is of a rule, whatever comes after it', async () => {
    const result = await resultOf([...times(5, { rule: 'a' }), ...times(5, { rule: 'b' })])
    const page = await violationPage(lake, result, { rule: 'a', limit: 5 })
    expect(page).toMatchObject({ total: 5, next: null })
    expect(page.violations).toHaveLength(5)
    expect((await violationPage(lake, result, { limit: 10 })).next).toBeNull()
    // It counts what the pages before it had.
    const found: unknown[] = []
    let pages = 0
    for (let next: string | null | undefined; next !== null && pages < 7; pages++) {
      const one = await violationPage(lake, result, { rule: 'a', limit: 1, ...(next ? { cursor: next } : {}) })
      found.push(...one.violations.map(({ _id }) => _id))
      next = one.next
    }
    expect(found).toEqual(['0/0', '0/1', '0/2', '0/3', '0/4'])
    expect(pages).toBe(5)
  })

  it('of one rule has no other whose value happens to read the same', async () => {
    const result = await resultOf([
      { rule: 'b', value: { rule: 'a' } },
      { rule: 'a', value: 'mine' },
    ])
    const page = await violationPage(lake, result, { rule: 'a', limit: 10 })
    expect(page.violations).toMatchObject([{ _id: '0/1', rule: 'a', value: 'mine' }])
  })

  it('of a rule that is seldom broken ends where enough was looked through, and the next one goes on', async () => {
    const seldom = times(MOST_LOOKED_THROUGH + 1_000, { rule: 'b' })
    const result = await resultOf([{ rule: 'a' }, ...seldom, { rule: 'a' }], [{ rule: 'a' }])
    const found: string[] = []
    let pages = 0
    for (let next: string | null | undefined; next !== null && pages < 5; pages++) {
      const page = await violationPage(lake, result, { rule: 'a', limit: 10, ...(next ? { cursor: next } : {}) })
      found.push(...page.violations.map(({ _id }) => String(_id)))
      next = page.next
    }
    expect(found).toEqual(['0/0', `0/${MOST_LOOKED_THROUGH + 1_001}`, '1/0'])
    expect(pages).toBe(2)
  })

  it('refuses a place that was made up, also with the name of the list', async () => {
    const result = await resultOf(times(5, { rule: 'a' }))
    const { next } = await violationPage(lake, result, { limit: 2 })
    const [name, ...place] = JSON.parse(Buffer.from(next ?? '', 'base64url').toString())
    expect(place).toEqual([0, 2, 2])
    for (const made of [
      [0, -1, 0],
      [0, 0.5, 0],
      [-1, 0, 0],
      [0, 0, -5],
      ['0', 0, 0],
      [0, 0],
      [1e300, 0, 0],
    ]) {
      const cursor = Buffer.from(JSON.stringify([name, ...made])).toString('base64url')
      await expect(violationPage(lake, result, { limit: 2, cursor }), JSON.stringify(made)).rejects.toMatchObject({
        status: 400,
      })
    }
  })

  it('is of one validation: after another one its cursor is refused, for the same rule too', async () => {
    const before = await resultOf(times(5, { rule: 'a' }))
    const { next } = await violationPage(lake, before, { rule: 'a', limit: 2 })
    const after = await resultOf(times(6, { rule: 'a' }))
    const question = { rule: 'a', limit: 2, cursor: next ?? '' }
    await expect(violationPage(lake, after, question)).rejects.toMatchObject({ status: 400 })
  })
})
