import fc from 'fast-check'
import { expect, it } from 'vitest'
import { InOrder } from '../../src/retain/in-order.js'

/** Each work tells some events and ends; in which order they come is for the scheduler. */
const works = fc.array(fc.nat(4), { maxLength: 6 })

it('tells the events of works that go on at once in the order of the works, and none twice', async () => {
  await fc.assert(
    fc.asyncProperty(works, fc.scheduler(), async (counts, scheduler) => {
      const order = new InOrder()
      const told: string[] = []
      const all = counts.map(async (count, work) => {
        for (let n = 0; n < count; n++) {
          await scheduler.schedule(Promise.resolve())
          order.tell(work, () => told.push(`${work}.${n}`))
        }
        await scheduler.schedule(Promise.resolve())
        order.end(work)
      })
      await scheduler.waitFor(Promise.all(all))
      expect(told).toEqual(counts.flatMap((count, work) => Array.from({ length: count }, (_, n) => `${work}.${n}`)))
    }),
  )
})

it('tells what the first says at once, and holds the second until the first has ended', () => {
  const order = new InOrder()
  const told: string[] = []
  order.tell(1, () => told.push('b'))
  order.tell(0, () => told.push('a'))
  expect(told).toEqual(['a'])
  order.end(0)
  expect(told).toEqual(['a', 'b'])
  order.tell(1, () => told.push('c'))
  expect(told).toEqual(['a', 'b', 'c'])
})

it('tells everything at the end, although one never ended', () => {
  const order = new InOrder()
  const told: string[] = []
  order.tell(2, () => told.push('c'))
  order.tell(1, () => told.push('b'))
  order.end(2)
  order.flush()
  expect(told).toEqual(['b', 'c'])
})
