import { describe, expect, it } from 'vitest'
import { lineOf, play, scenarios } from './scenario.js'

describe('the log of messages is the one that was worked out by hand', () => {
  it.each(scenarios())('%s', (_, scenario) => {
    const { messages } = play(scenario)
    expect(messages.map(lineOf)).toEqual(scenario.log)
    if (scenario.ids !== undefined) expect(new Set(messages.map(({ alertId }) => alertId)).size).toBe(scenario.ids)
    expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length)
  })

  it('has ten scenarios at least', () => {
    expect(scenarios().length).toBeGreaterThanOrEqual(10)
  })

  it.each(scenarios())('and no other when every pass is made twice: %s', (_, scenario) => {
    expect(play(scenario, true)).toEqual(play(scenario))
  })
})
