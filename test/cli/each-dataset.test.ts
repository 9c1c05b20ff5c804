import { describe, expect, it } from 'vitest'
import type { CommandContext, Told } from '../../src/cli/command.js'
import { eachDataset } from '../../src/cli/steps/each-dataset.js'
import type { DatasetConfig } from '../../src/config/config.js'
import { LakeferryError } from '../../src/errors.js'
import { DEFAULT_COMPRESSION, PART_BYTES } from '../../src/model/part-options.js'

const datasets: DatasetConfig[] = ['a', 'b', 'c'].map(name => ({
  name,
  collection: name,
  formats: ['parquet'],
  compression: DEFAULT_COMPRESSION,
  partBytes: PART_BYTES.default,
}))

function contextWith(signal: AbortSignal): { context: CommandContext; told: Told } {
  const told: Told = { body: {} }
  return { context: { told, signal } as CommandContext, told }
}

describe('one dataset after the other', () => {
  it('gathers what each has to tell, a little at a time', async () => {
    const { context, told } = contextWith(new AbortController().signal)
    await eachDataset(context, datasets.slice(0, 2), async ({ name }, tell) => {
      tell({ runId: `run of ${name}` })
      tell({ status: 'pass' })
    })
    expect(told).toEqual({
      body: {
        datasets: [
          { dataset: 'a', runId: 'run of a', status: 'pass' },
          { dataset: 'b', runId: 'run of b', status: 'pass' },
        ],
      },
    })
  })

  it('ends at the first failure, and keeps what was done and told before it', async () => {
    const { context, told } = contextWith(new AbortController().signal)
    const work = eachDataset(context, datasets, async ({ name }, tell) => {
      tell({ runId: name })
      if (name === 'b') throw new Error('broken')
      tell({ status: 'pass' })
    })
    await expect(work).rejects.toThrow('broken')
    expect(told).toEqual({
      body: {
        datasets: [
          { dataset: 'a', runId: 'a', status: 'pass' },
          { dataset: 'b', runId: 'b' },
        ],
      },
      dataset: 'b',
    })
  })

  it('begins no further one after a signal to stop', async () => {
    const controller = new AbortController()
    const { context, told } = contextWith(controller.signal)
    const work = eachDataset(context, datasets, async (_, tell) => {
      tell({ runId: 'x' })
      controller.abort(new LakeferryError('INTERRUPTED', { signal: 'SIGINT' }))
    })
    await expect(work).rejects.toMatchObject({ code: 'INTERRUPTED' })
    expect(told.body).toEqual({ datasets: [{ dataset: 'a', runId: 'x' }] })
  })
})
