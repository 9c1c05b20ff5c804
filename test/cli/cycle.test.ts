import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Cycle, exportOrder } from '../../src/cli/steps/cycle.js'
import type { DatasetConfig } from '../../src/config/config.js'
import type { Contract } from '../../src/model/contract.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { encodeJson } from '../../src/model/manifest.js'
import { DEFAULT_COMPRESSION, PART_BYTES } from '../../src/model/part-options.js'
import { runIdInstant } from '../../src/model/run-id.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { commit, runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { contractOf, rule } from '../validate/validate-rows.js'

function dataset(name: string): DatasetConfig {
  return {
    name,
    collection: name,
    formats: ['parquet'],
    compression: DEFAULT_COMPRESSION,
    partBytes: PART_BYTES.default,
  }
}

function referring(...datasets: readonly string[]): Contract {
  const rules = datasets.map(to => rule({ kind: 'foreignKey', id: to, columns: [['a']], dataset: to, to: [['b']] }))
  return contractOf([], rules)
}

const order = (names: readonly string[], references: Readonly<Record<string, readonly string[]>>): string[] => {
  const contracts = new Map(Object.entries(references).map(([name, to]) => [name, referring(...to)]))
  return exportOrder(names.map(dataset), contracts).map(({ name }) => name)
}

describe('the order of exports', () => {
  it.each<[string, Parameters<typeof order>, string[]]>([
    ['stays without foreign keys', [['b', 'a', 'c'], {}], ['b', 'a', 'c']],
    [
      'puts who refers before what is referred to',
      [['papers', 'comments'], { comments: ['papers'] }],
      ['comments', 'papers'],
    ],
    ['goes along a chain', [['a', 'b', 'c'], { b: ['a'], c: ['b'] }], ['c', 'b', 'a']],
    ['does not mind a dataset that is not exported, or itself', [['b', 'a'], { b: ['x', 'b'] }], ['b', 'a']],
    ['stays in a ring', [['a', 'b', 'c'], { a: ['b'], b: ['a'] }], ['c', 'a', 'b']],
  ])('%s', (_, given, wanted) => expect(order(...given)).toEqual(wanted))

  it('has each dataset once, and none after what it refers to, unless there is a ring', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const pairs = fc.array(fc.tuple(fc.nat(4), fc.nat(4)).filter(([from, to]) => from < to))
    fc.assert(
      fc.property(pairs, fc.shuffledSubarray(names, { minLength: 5 }), (edges, given) => {
        const references: Record<string, string[]> = {}
        for (const [from] of edges) {
          const to = edges.filter(edge => edge[0] === from).map(edge => names[edge[1]]!)
          references[names[from]!] = to
        }
        const ordered = order(given, references)
        expect(ordered.toSorted()).toEqual(names)
        for (const [from, to] of edges) expect(ordered.indexOf(names[from]!)).toBeLessThan(ordered.indexOf(names[to]!))
      }),
    )
  })
})

describe('the run ids of a cycle', () => {
  let lake: ObjectStore
  let remove: () => Promise<void>
  beforeEach(async () => {
    const temporary = await temporaryLake()
    lake = temporary.lake
    remove = temporary.remove
  })
  afterEach(() => remove())

  const datasets = ['papers', 'comments', 'people'].map(dataset)
  const now = runIdInstant(runAt(99))
  const begin = (resume: boolean, runId?: string): Promise<Cycle> => Cycle.begin(lake, datasets, { runId, resume, now })
  /** A claim that nobody renews any more. */
  const breakOff = (name: string, runId: string): Promise<unknown> =>
    lake.put(lakeKey.claim(name, runId), encodeJson({ at: '2026-01-01T00:00:00.000Z', by: 'x' }))
  const idOf = async (cycle: Cycle, name: string): Promise<string | undefined> => {
    const planned = await cycle.exportOf(name)
    return planned.kind === 'committed' ? `${planned.outcome.runId} is there` : planned.runId
  }

  it('are one, new or asked for', async () => {
    const cycle = await begin(false)
    const ids = await Promise.all(datasets.map(({ name }) => idOf(cycle, name)))
    expect(new Set(ids).size).toBe(1)
    expect(runIdInstant(ids[0]!)).toEqual(now)
    expect(await idOf(await begin(false, runAt(7)), 'papers')).toBe(runAt(7))
    await expect(begin(false, 'no id')).rejects.toMatchObject({ code: 'RUN_ID_INVALID' })
  })

  it('are gone on with after a kill: what is committed stays, what is left is finished, what never began gets the same id', async () => {
    await commit(lake, runAt(50), { dataset: 'comments', documents: 7 })
    await breakOff('papers', runAt(50))
    await commit(lake, runAt(20), { dataset: 'people' })
    const cycle = await begin(true)
    expect(await idOf(cycle, 'comments')).toBe(`${runAt(50)} is there`)
    // The export looks for it by itself.
    expect(await idOf(cycle, 'papers')).toBeUndefined()
    expect(await idOf(cycle, 'people')).toBe(runAt(50))
    expect(await cycle.exportOf('comments')).toMatchObject({
      outcome: { resumed: 7, seconds: 0, warnings: [expect.stringContaining('committed before')] },
    })
  })

  it('are new for a dataset that has gone on meanwhile, and when nothing was left', async () => {
    await breakOff('papers', runAt(50))
    await commit(lake, runAt(60), { dataset: 'people' })
    expect(runIdInstant((await idOf(await begin(true), 'people'))!)).toEqual(now)
    await lake.delete([lakeKey.claim('papers', runAt(50))])
    expect(runIdInstant((await idOf(await begin(true), 'papers'))!)).toEqual(now)
  })

  it('are those asked for with --resume, too', async () => {
    await commit(lake, runAt(50), { dataset: 'comments' })
    const cycle = await begin(true, runAt(50))
    expect(await idOf(cycle, 'comments')).toBe(`${runAt(50)} is there`)
    expect(await idOf(cycle, 'people')).toBe(runAt(50))
    // Without it, a second export of a run id is an error, as ever.
    expect(await idOf(await begin(false, runAt(50)), 'comments')).toBe(runAt(50))
  })
})
