import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparePlanted } from '../../src/demo/compare.js'
import type { PlantedDefects } from '../../src/demo/planted.js'

type Pair = { rule: string; _id: string }

async function* from(pairs: readonly Pair[]): AsyncGenerator<Pair> {
  yield* pairs
}

const pairs = fc.uniqueArray(
  fc.record({ rule: fc.constantFrom('a.required', 'b.type', 'c.enum'), _id: fc.constantFrom('1', '2', '3', '4') }),
  { selector: ({ rule, _id }) => `${rule} ${_id}` },
)

function plantedOf(list: readonly Pair[]): PlantedDefects {
  const expected = new Map<string, string[]>()
  for (const { rule, _id } of list) expected.set(rule, [...(expected.get(rule) ?? []), _id])
  return { defects: [], expected }
}

describe('comparing what was reported with what was planted', () => {
  it('tells the two differences of the sets, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, pairs, async (planted, reported) => {
        const key = ({ rule, _id }: Pair): string => `${rule} ${_id}`
        const [wanted, got] = [new Set(planted.map(key)), new Set(reported.map(key))]
        const outcome = await comparePlanted(plantedOf(planted), from(reported))
        expect(new Set(outcome.missing)).toEqual(new Set([...wanted].filter(one => !got.has(one))))
        expect(new Set(outcome.unexpected)).toEqual(new Set([...got].filter(one => !wanted.has(one))))
        expect([outcome.planted, outcome.reported]).toEqual([planted.length, reported.length])
      }),
    )
  })

  it('does not take a violation that is told twice for one', async () => {
    const once = { rule: 'a.required', _id: '1' }
    const { unexpected, found } = await comparePlanted(plantedOf([once]), from([once, once]))
    expect(unexpected).toEqual(['a.required 1'])
    expect(found('a.required', ['1'])).toBe(1)
  })
})
