import { describe, expect, it } from 'vitest'
import { Observers } from '../../src/cli/steps/observers.js'
import { slotOf, slotText } from '../../src/cli/steps/slot-variable.js'
import type { RunEvent } from '../../src/model/run-event.js'
import type { RunObserver } from '../../src/ports/run-observer.js'
import { WHOLE } from '../telemetry/run-events.js'

const [EVENT] = WHOLE as readonly [RunEvent]

function observer(changes: Partial<RunObserver> = {}): RunObserver & { readonly told: RunEvent[] } {
  const told: RunEvent[] = []
  return { told, on: event => void told.push(event), settled: async () => [], ...changes }
}

describe('several observers', () => {
  it('are told everything, whatever one of them throws, and the warnings have no secrets', async () => {
    const warnings: string[] = []
    const observers = new Observers(text => void warnings.push(text))
    const last = observer({ settled: async () => ['no trace: http://me:pa55@h refused it'] })
    const throws = (): never => {
      throw new Error('a defect of ours')
    }
    for (const one of [observer({ on: throws }), observer({ settled: async () => throws() }), last]) observers.add(one)
    observers.on(EVENT)
    await observers.settle()
    expect(last.told).toEqual([EVENT])
    expect(warnings).toEqual(['a defect of ours', 'a defect of ours', 'no trace: http://***@h refused it'])
  })

  it('are waited for a stated time, one that never comes to its end as well', async () => {
    const warnings: string[] = []
    const observers = new Observers(text => void warnings.push(text), 100)
    observers.add(observer({ settled: () => new Promise(() => undefined) }))
    await observers.settle()
    expect(warnings).toEqual(['what observes the run was not done after 0.1 s'])
  })

  it('may leave one by one, and are told nothing afterwards', async () => {
    const observers = new Observers(() => undefined)
    const [leaves, stays] = [observer(), observer()]
    observers.add(leaves)
    observers.add(stays)
    await observers.settle(leaves)
    observers.on(EVENT)
    expect([leaves.told, stays.told]).toEqual([[], [EVENT]])
  })
})

describe('the slot in the environment', () => {
  it('is read as it was written, and is none when it cannot be read', () => {
    const slot = { set: 'weekly', at: '2026-11-23T02:00:00.000Z' }
    expect(slotOf({ LAKEFERRY_SLOT: slotText(slot) })).toEqual(slot)
    for (const text of [undefined, '', 'weekly', 'weekly yesterday', '2026-11-23T02:00:00Z'])
      expect(slotOf({ LAKEFERRY_SLOT: text })).toBeUndefined()
  })
})
