import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lakeKey } from '../../src/model/lake-key.js'
import type { Rule } from '../../src/model/rule.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { LOOKS_MOST, otherRuns } from '../../src/validate/other-runs.js'
import { commit, manifestOf, runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { rule } from './validate-rows.js'

let lake: ObjectStore
let remove: () => Promise<void>
beforeEach(async () => {
  const temporary = await temporaryLake()
  lake = temporary.lake
  remove = temporary.remove
})
afterEach(() => remove())

const foreignKey = (dataset: string, id = 'paper.exists'): Rule =>
  rule({ kind: 'foreignKey', id, columns: [['paper']], dataset, to: [['id']] })
const change = rule({ kind: 'rowCountChange', maxDecrease: 0.1 })
const comments = manifestOf(runAt(10), { dataset: 'comments' })

async function found(rules: readonly Rule[]): Promise<{ references: string[]; previous: string | undefined }> {
  const { references, previous } = await otherRuns({ lake }, comments, { rules })
  return {
    references: references.map(({ dataset, manifest }) => `${dataset} ${manifest.runId}`),
    previous: previous?.runId,
  }
}

/** The requests that the lake is asked. */
function counting(): { lake: ObjectStore; requests: () => number } {
  let requests = 0
  const counted = new Proxy(lake, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        requests += 1
        return value.apply(target, args)
      }
    },
  })
  return { lake: counted, requests: () => requests }
}

describe('the run that a foreign key is held to', () => {
  it.each<[string, readonly number[], number]>([
    ['is that of the same cycle', [9, 10, 11], 10],
    ['else the newest that is not younger', [7, 9, 11], 9],
    ['else the oldest that is younger', [12, 11, 15], 11],
  ])('%s', async (_, minutes, wanted) => {
    for (const minute of minutes) await commit(lake, runAt(minute))
    expect(await found([foreignKey('papers')])).toEqual({
      references: [`papers ${runAt(wanted)}`],
      previous: undefined,
    })
  })

  it('is the one that the words say, whatever runs there are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 6 }),
        async minutes => {
          const fresh = await temporaryLake()
          try {
            for (const minute of minutes) await commit(fresh.lake, runAt(minute))
            const older = minutes.filter(minute => minute <= 10)
            const wanted = older.length > 0 ? Math.max(...older) : Math.min(...minutes)
            const { references } = await otherRuns({ lake: fresh.lake }, comments, { rules: [foreignKey('papers')] })
            expect(references[0]?.manifest.runId).toBe(runAt(wanted))
          } finally {
            await fresh.remove()
          }
        },
      ),
      { numRuns: 20 },
    )
  })

  it('is never one that is not committed', async () => {
    await commit(lake, runAt(5))
    await lake.put(lakeKey.part('papers', runAt(9), 'parquet', 0), new Uint8Array(1))
    await lake.put(lakeKey.part('papers', runAt(10), 'parquet', 0), new Uint8Array(1))
    expect((await found([foreignKey('papers')])).references).toEqual([`papers ${runAt(5)}`])
  })

  it('is looked for once for each dataset, and is the run itself for its own', async () => {
    await commit(lake, runAt(9))
    await commit(lake, runAt(8), { dataset: 'people' })
    const rules = [foreignKey('people'), foreignKey('papers'), foreignKey('people', 'b'), foreignKey('comments')]
    expect((await found(rules)).references).toEqual([
      `people ${runAt(8)}`,
      `papers ${runAt(9)}`,
      `comments ${runAt(10)}`,
    ])
  })

  it('has to be there, and have Parquet, or the rule cannot run', async () => {
    await expect(found([foreignKey('papers')])).rejects.toMatchObject({
      code: 'RULE_CANNOT_RUN',
      message: expect.stringContaining('rule paper.exists of comments cannot run: papers has no committed run'),
      hint: 'lakeferry export papers',
    })
    await commit(lake, runAt(10), { formats: ['json'] })
    await expect(found([foreignKey('papers')])).rejects.toMatchObject({
      code: 'RULE_CANNOT_RUN',
      message: expect.stringContaining('has no parquet (json)'),
    })
  })

  it('costs a bounded number of requests, however much lies around', async () => {
    for (let minute = 0; minute < 10; minute++) await commit(lake, runAt(minute), { dataset: 'papers' })
    const settled = counting()
    await otherRuns({ lake: settled.lake }, comments, { rules: [foreignKey('papers'), change] })
    expect(settled.requests()).toBeLessThanOrEqual(4)
    for (let minute = 100; minute < 100 + 2 * LOOKS_MOST; minute++)
      await lake.put(lakeKey.part('broken', runAt(minute), 'parquet', 0), new Uint8Array(1))
    const lost = counting()
    await expect(otherRuns({ lake: lost.lake }, comments, { rules: [foreignKey('broken')] })).rejects.toThrow()
    expect(lost.requests()).toBeLessThanOrEqual(2 + LOOKS_MOST)
  })
})

describe('the run before', () => {
  it('is the newest committed one with a smaller id', async () => {
    for (const minute of [3, 7, 10, 12]) await commit(lake, runAt(minute), { dataset: 'comments' })
    await lake.put(lakeKey.part('comments', runAt(9), 'parquet', 0), new Uint8Array(1))
    expect(await found([change])).toEqual({ references: [], previous: runAt(7) })
  })

  it('may be none, and is not looked for when no rule wants it', async () => {
    expect(await found([change])).toEqual({ references: [], previous: undefined })
    const { lake: counted, requests } = counting()
    await otherRuns({ lake: counted }, comments, { rules: [rule({ kind: 'rowCount', min: 1 })] })
    expect(requests()).toBe(0)
  })
})
