import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Budget } from '../../src/export/budget.js'

const turn = () => new Promise(resolve => setImmediate(resolve))

describe('Budget', () => {
  it('never lends more than its limit, except to one that is larger than all of it and then alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 30 }),
        async (limit, wishes) => {
          const budget = new Budget(limit)
          const out: number[] = []
          let served = 0
          await Promise.all(
            wishes.map(async wish => {
              await budget.take(wish)
              out.push(wish)
              served++
              const sum = out.reduce((a, b) => a + b, 0)
              expect(sum <= limit || out.filter(amount => amount > 0).length === 1).toBe(true)
              await turn()
              out.splice(out.indexOf(wish), 1)
              budget.give(wish)
            }),
          )
          expect(served).toBe(wishes.length)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('serves in the order of asking, so that a large wish is not starved by small ones', async () => {
    const budget = new Budget(4)
    const served: string[] = []
    await budget.take(3)
    const large = budget.take(4).then(() => served.push('large'))
    const small = budget.take(1).then(() => served.push('small'))
    await turn()
    expect(served).toEqual([])
    budget.give(3)
    await large
    budget.give(4)
    await small
    expect(served).toEqual(['large', 'small'])
  })

  it('tells the reason to those who wait and those who come after a failure', async () => {
    const budget = new Budget(1)
    await budget.take(1)
    const waiting = budget.take(1)
    budget.fail(new Error('the worker died'))
    await expect(waiting).rejects.toThrow('the worker died')
    await expect(budget.take(1)).rejects.toThrow('the worker died')
  })
})
