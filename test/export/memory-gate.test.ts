import { expect, it } from 'vitest'
import { MemoryGate } from '../../src/export/memory-gate.js'

const MEGABYTE = 1024 * 1024

function gateAt(resident: number, ceiling: number) {
  const state = { resident: resident * MEGABYTE, garbage: 0, calls: [] as string[] }
  const gate = new MemoryGate({
    ceilingBytes: ceiling * MEGABYTE,
    resident: () => state.resident,
    quiet: async () => void state.calls.push('quiet'),
    collect: async () => {
      state.calls.push('collect')
      state.resident -= state.garbage
      state.garbage = 0
    },
  })
  return { gate, state }
}

it('lets in at once what fits below the ceiling', async () => {
  const { gate, state } = gateAt(300, 400)
  await gate.pass(() => 100 * MEGABYTE)
  expect(state.calls).toEqual([])
})

it('waits until nothing else is under way, and collects, before it lets in what does not', async () => {
  const { gate, state } = gateAt(300, 400)
  await gate.pass(() => 100 * MEGABYTE + 1)
  expect(state.calls).toEqual(['quiet', 'collect'])
})

it('does not collect again as long as there is hardly anything to collect', async () => {
  const { gate, state } = gateAt(450, 400)
  state.garbage = 20 * MEGABYTE
  for (let n = 0; n < 3; n++) await gate.pass(() => 1)
  expect(state.calls).toEqual(['quiet', 'collect', 'quiet', 'quiet'])
  state.resident += 30 * MEGABYTE
  await gate.pass(() => 1)
  expect(state.calls.slice(4)).toEqual(['quiet', 'collect'])
})

it('looks at the next only when the one before has begun', async () => {
  const { gate, state } = gateAt(300, 400)
  let begun = 0
  const enter = async () => {
    await gate.pass(() => 60 * MEGABYTE * (begun + 1))
    begun++
  }
  await Promise.all([enter(), enter()])
  expect(state.calls).toEqual(['quiet', 'collect'])
})
