import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recordAttempt } from '../../src/catalog/attempts.js'
import { LakeferryError } from '../../src/errors.js'
import { newProcessOwner } from '../../src/host/process-owner.js'
import type { Attempt } from '../../src/model/attempt.js'
import { lakeKey } from '../../src/model/lake-key.js'
import { ask } from './described-answers.js'
import { PipelineWorld } from './pipeline-world.js'

let world: PipelineWorld
let app: FastifyInstance

const away = new LakeferryError('SOURCE_UNREACHABLE', { uri: 'mongodb://db', reason: 'refused', waitedMs: 3000 })
const NOTHING = { documents: null, bytes: null, exportSeconds: null, validationSeconds: null, violated: null }
const attempt = (began: string, changes: Partial<Attempt> = {}): Attempt => ({
  ...{ runId: null, began, ended: began, outcome: 'failed', ...NOTHING },
  error: { step: 'export', code: away.code, message: away.message, hint: away.hint },
  ...changes,
})
const RUN = '20260503T020000.500Z-0000aa'

beforeAll(async () => {
  world = await PipelineWorld.make()
  const owner = newProcessOwner()
  for (const one of [
    attempt('2026-05-01T02:00:00.123Z'),
    attempt('2026-05-02T02:00:00.000Z', { error: { step: 'validation', code: 'UNEXPECTED', message: 'x' } }),
    attempt('2026-05-03T02:00:00.000Z', { runId: RUN }),
    attempt('2026-05-04T02:00:00.000Z', { ended: null, outcome: 'under way', error: null, owner }),
  ])
    await recordAttempt(world.lake, 'papers', one)
  app = await world.serve()
})
afterAll(() => world.remove())

const json = async (url: string) => (await ask(app, `/api/pipeline/${url}`)).json()

describe('an attempt that never came to have a run id', () => {
  it('has a key of its own in the list and the history, and a page by it', async () => {
    const { runs, problems } = await json('runs')
    expect(runs.map(({ key, runId, state }: Record<string, unknown>) => [key, runId, state])).toEqual([
      ['20260504T020000.000Z', null, 'under way'],
      [RUN, RUN, 'failed'],
      ['20260502T020000.000Z', null, 'failed'],
      ['20260501T020000.123Z', null, 'failed'],
    ])
    expect(problems).toEqual([])
    const { attempts } = await json('history?dataset=papers')
    expect(attempts.map(({ key }: { key: string }) => key)).toEqual(
      runs.map((one: { key: string }) => one.key).reverse(),
    )
    for (const run of runs) expect((await json(`runs/papers/${run.key}`)).run).toEqual(run)
  })

  it('tells the code, what was wanted and arrived, the step and what to do', async () => {
    const error = { code: away.code, message: away.message, hint: away.hint, step: 'export' }
    const detail = await json('runs/papers/20260501T020000.123Z')
    expect(detail).toMatchObject({ manifest: null, result: null, execution: null, gate: null, run: { error } })
    expect(detail.attempts).toEqual([
      { ...NOTHING, began: '2026-05-01T02:00:00.123Z', ended: '2026-05-01T02:00:00.123Z', outcome: 'failed', error },
    ])
    expect((await json('history?dataset=papers')).attempts[0].error).toEqual(error)
    // A mistake of ours has no way out to tell.
    const { run } = await json('runs/papers/20260502T020000.000Z')
    expect(run.error).toEqual({ code: 'UNEXPECTED', message: 'x', hint: null, step: 'validation' })
  })

  it('is found by the time it began also when it has come to have a run id', async () => {
    const { run } = await json('runs/papers/20260503T020000.000Z')
    expect(run).toMatchObject({ key: RUN, runId: RUN })
  })

  it.each([
    ['runs/papers/20260501T020000.124Z', 404],
    ['runs/comments/20260501T020000.123Z', 404],
    ['runs/papers/20260230T020000.123Z', 400],
    ['runs/papers/20260501T020000Z', 400],
    ['runs/papers/20260501T020000.123Z/result', 400],
    ['runs/papers/20260501T020000.123Z/parts', 400],
  ])('%s is %i', async (url, status) => {
    expect((await ask(app, `/api/pipeline/${url}`)).statusCode).toBe(status)
  })

  it('comes in its place, page by page', async () => {
    const { runs } = await json('runs')
    const { runs: first, next } = await json('runs?limit=2')
    const rest = await json(`runs?limit=2&before=${encodeURIComponent(next)}`)
    expect([...first, ...rest.runs]).toEqual(runs)
    expect(rest.next).toBeNull()
  })
})

describe('a record of attempts that is damaged', () => {
  it('is told: the list does not pass for a whole one', async () => {
    await world.lake.put(lakeKey.attempts('papers'), Buffer.from('{'))
    const { runs, problems } = await json('runs')
    expect(runs).toEqual([])
    expect(problems).toEqual([expect.stringContaining(lakeKey.attempts('papers'))])
  })
})
