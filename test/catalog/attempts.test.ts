import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAttempts, recordAttempt, withAttempt } from '../../src/catalog/attempts.js'
import { ATTEMPTS_KEPT, type Attempt } from '../../src/model/attempt.js'
import { lakeKey } from '../../src/model/lake-key.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { ago, attempt, failure, runBefore } from '../monitor/watched-lake.js'
import { temporaryLake } from './lake-fixture.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  ;({ lake, remove } = await temporaryLake())
})
afterEach(() => remove())

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe('the record of attempts', () => {
  it('is empty as long as there is none, and has what was put on it, in the order in which it began', async () => {
    expect(await readAttempts(lake, 'papers')).toEqual({ attempts: [] })
    const [first, second] = [attempt({ began: ago(90) }), attempt({ began: ago(30), ...failure() })]
    await recordAttempt(lake, 'papers', second)
    await recordAttempt(lake, 'papers', first)
    expect(await readAttempts(lake, 'papers')).toEqual({ attempts: [first, second] })
    expect(await readAttempts(lake, 'comments')).toEqual({ attempts: [] })
  })

  it('has what became of an attempt in the place of the attempt', async () => {
    const began = ago(30)
    const underWay = attempt({ began, ended: null, outcome: 'under way' })
    await recordAttempt(lake, 'papers', underWay)
    await recordAttempt(lake, 'papers', { ...underWay, runId: runBefore(30) })
    const done = { ...underWay, runId: runBefore(30), ended: ago(20), outcome: 'good' } as const
    await recordAttempt(lake, 'papers', done)
    expect((await readAttempts(lake, 'papers')).attempts).toEqual([done])
  })

  it('keeps those of all who write at once', async () => {
    const many = Array.from({ length: 6 }, (_, index) => attempt({ began: ago(60 - index) }))
    await Promise.all(many.map(one => recordAttempt(lake, 'papers', one)))
    expect((await readAttempts(lake, 'papers')).attempts).toEqual(many)
  })

  it('gives up when others keep winning', async () => {
    const always: ObjectStore = Object.assign(Object.create(lake), {
      ...{ get: lake.get.bind(lake), putIfMatch: async () => ({ written: false }) },
    })
    await expect(recordAttempt(always, 'papers', attempt())).rejects.toMatchObject({ code: 'LAKE_REFUSED' })
  })

  it.each([
    ['{', 'what is not JSON'],
    ['null', 'null'],
    ['{"version":2}', 'version 2'],
    ['{"version":1,"dataset":"comments","attempts":[]}', 'those of comments'],
    ['{"version":1,"dataset":"papers"}', 'one without attempts'],
    ['{"version":1,"dataset":"papers","attempts":[{"began":"soon"}]}', 'no time or no outcome'],
  ])('that is damaged (%s) says so, and is begun anew', async (body, problem) => {
    await lake.put(lakeKey.attempts('papers'), text(body))
    expect(await readAttempts(lake, 'papers')).toEqual({ attempts: [], problem: expect.stringContaining(problem) })
    await recordAttempt(lake, 'papers', attempt())
    expect(await readAttempts(lake, 'papers')).toEqual({ attempts: [attempt()] })
  })

  it('keeps to its schema, and is written canonically', async () => {
    const schema = JSON.parse(readFileSync(new URL('../../schema/attempts.schema.json', import.meta.url), 'utf8'))
    const validate = new Ajv({ strict: true, formats: { 'date-time': true } }).compile(schema)
    await recordAttempt(lake, 'papers', attempt({ began: ago(9), ended: null, outcome: 'under way', owner: 'o' }))
    await recordAttempt(lake, 'papers', attempt({ ...failure(), runId: runBefore(60), exportSeconds: 1.5 }))
    const body = Buffer.from((await lake.get(lakeKey.attempts('papers')))!.body).toString()
    expect(validate(JSON.parse(body)), JSON.stringify(validate.errors)).toBe(true)
    expect(body.startsWith('{"attempts":[{"began":')).toBe(true)
    expect(schema.properties.attempts.maxItems).toBe(ATTEMPTS_KEPT)
  })
})

describe('putting an attempt among others', () => {
  const instant = fc.integer({ min: 0, max: 200 }).map(minutes => ago(minutes))

  it('keeps the newest, in order, and never more than are kept', () => {
    fc.assert(
      fc.property(fc.array(instant, { maxLength: 90, size: 'max' }), instants => {
        let kept: readonly Attempt[] = []
        for (const began of instants) kept = withAttempt(kept, attempt({ began }))
        const wanted = [...new Set(instants)].sort()
        // What came too late to be among the newest is dropped at once, and stays so.
        expect(kept.length).toBe(Math.min(ATTEMPTS_KEPT, wanted.length))
        expect(kept.map(one => one.began)).toEqual(wanted.slice(-ATTEMPTS_KEPT))
      }),
    )
  })
})
