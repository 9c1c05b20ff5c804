import { describe, expect, it } from 'vitest'
import type { DatasetConfig } from '../../src/config/config.js'
import type { SlotOrder, SlotOutcome } from '../../src/ports/slot-runner.js'
import { CurrentRun, type RunNews } from '../../src/server/pipeline-current-run.js'

const datasets = ['papers', 'comments'].map(name => ({ name }) as DatasetConfig)
const said = (event: string, more: object): string => JSON.stringify({ event, ...more })

/** A run whose process is the test: it says what it is told to, and ends when it is told to. */
function world() {
  let end: (outcome: SlotOutcome) => void = () => undefined
  let say: (line: string) => void = () => undefined
  const orders: SlotOrder[] = []
  const changes: (string | undefined)[] = []
  const current = new CurrentRun({
    clock: { now: () => new Date('2026-05-01T02:00:00Z') },
    runner: onLine => {
      say = onLine
      return {
        run: order => {
          orders.push(order)
          return new Promise(resolve => {
            end = resolve
          })
        },
      }
    },
    onChange: () => changes.push(current.view()?.state),
  })
  const over = async (outcome: SlotOutcome): Promise<void> => {
    end(outcome)
    await new Promise(resolve => setImmediate(resolve))
  }
  return { current, orders, changes, over, say: (line: string) => say(line) }
}

describe('the run of a server', () => {
  it('is over as its process ended: a verdict is none of its failures', async () => {
    const error = { code: 'LAKE_FULL', message: 'no room', hint: 'make room', retryable: false }
    for (const [outcome, state] of [
      [{ exitCode: 0 }, 'finished'],
      [{ exitCode: 1 }, 'finished'],
      [{ exitCode: 4 }, 'finished'],
      [{ exitCode: 3, error }, 'failed'],
      [{ exitCode: null, error: { ...error, code: 'KILLED' } }, 'failed'],
    ] as const) {
      const { current, over } = world()
      current.start(datasets)
      await over(outcome)
      expect(current.view(), JSON.stringify(outcome)).toMatchObject({ state, exitCode: outcome.exitCode })
      expect(current.isUnderWay).toBe(false)
      if (state === 'failed')
        expect(current.view()?.error).toMatchObject({ message: 'no room', hint: 'make room', step: null })
    }
  })

  it('that was stopped is stopped, unless it had come to its verdict', async () => {
    for (const [outcome, state] of [
      [{ exitCode: 130 }, 'stopped'],
      [{ exitCode: null }, 'stopped'],
      [{ exitCode: 1 }, 'finished'],
    ] as const) {
      const { current, over } = world()
      current.start(datasets)
      expect(current.stop()).toBe(true)
      expect(current.view()?.state).toBe('stopping')
      expect(current.isUnderWay).toBe(true)
      await over(outcome)
      expect(current.view()).toMatchObject({ state, endedAt: '2026-05-01T02:00:00.000Z' })
      expect(current.stop()).toBe(false)
    }
  })

  it('says that what is known of the lake is old when it begins and when it is over', async () => {
    const { current, changes, over } = world()
    current.start(datasets)
    expect(changes).toEqual(['under way'])
    await over({ exitCode: 0 })
    expect(changes.at(-1)).toBe('finished')
  })

  it('tells progress of the datasets that it was asked for, and of no other', async () => {
    const { current, say, over } = world()
    const news: RunNews[] = []
    current.start(datasets.slice(0, 1))
    const leave = current.listen(one => news.push(one))
    say(said('progress', { dataset: 'papers', documents: 5, expected: 10, bytes: 7 }))
    say(said('progress', { dataset: 'comments', documents: 1, expected: 1, bytes: 1 }))
    say('no JSON')
    say(said('progress', { documents: 3 }))
    expect(current.view()?.progress).toMatchObject([{ dataset: 'papers', step: 'export', documents: 5, expected: 10 }])
    expect(news).toMatchObject([{ event: 'progress', data: { dataset: 'papers', documents: 5 } }])
    leave()
    say(said('progress', { dataset: 'papers', documents: 6 }))
    expect(news).toHaveLength(1)
    await over({ exitCode: 0 })
  })

  it('goes from export to validation to its end, and a failure has what to do', async () => {
    const { current, say, over } = world()
    current.start(datasets)
    const papers = { dataset: 'papers', time: '2026-05-01T02:00:01.000Z' }
    const step = () => current.view()?.progress.map(({ dataset, step, documents }) => [dataset, step, documents])
    say(said('export.started', papers))
    say(said('export.committed', { ...papers, documents: 9, bytes: 90 }))
    expect(step()).toEqual([['papers', 'export', 9]])
    say(said('validation.started', papers))
    // Of the validation's own engine: it is none of the export's.
    say(said('progress', { dataset: 'papers', documents: 1 }))
    expect(step()).toEqual([['papers', 'validation', 9]])
    say(said('run.finished', { ...papers, documents: 9, gate: 'bad' }))
    const failed = { code: 'SOURCE_AUTH', message: 'wrong password', hint: 'check it', step: 'export' }
    say(said('run.failed', { ...papers, dataset: 'comments', ...failed }))
    expect(current.view()?.progress).toMatchObject([
      { dataset: 'papers', step: 'finished', outcome: 'bad', error: null },
      { dataset: 'comments', step: 'failed', error: failed },
    ])
    await over({ exitCode: 3 })
  })

  it('begins without what the last one said, under a run id of its own', async () => {
    const { current, say, over, orders } = world()
    current.start(datasets)
    say(said('run.finished', { dataset: 'papers', documents: 9, gate: 'bad' }))
    await over({ exitCode: 1 })
    expect(current.view()?.progress).toHaveLength(1)
    const again = current.start(datasets)
    expect(again).toMatchObject({ state: 'under way', progress: [], endedAt: null, error: null })
    expect(() => current.start(datasets)).toThrow('under way')
    await over({ exitCode: 0 })
    expect(new Set(orders.map(({ runId }) => runId)).size).toBe(2)
    expect(orders[1]).toMatchObject({ set: 'serve', datasets: ['papers', 'comments'] })
  })
})
