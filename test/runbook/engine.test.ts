import { afterAll, beforeAll, expect, it } from 'vitest'
import { procedure } from './book.js'
import { World } from './world.js'

let world: World
beforeAll(async () => {
  world = await World.make({ rest: 'engine: {kind: spark}\nspark: {submit: /nowhere/spark-submit}\n' })
})
afterAll(() => world.end())

it('where Spark is down, DuckDB gives the verdict, and a night that broke off is gone on with', async () => {
  const book = procedure('Validation cannot run')
  await world.papers.updateOne({ _id: 'p1' } as object, { $unset: { title: '' } })
  await world.papers.updateOne({ _id: 'p1' } as object, { $set: { title: 'back' } })
  const night = await world.facts('run papers')
  expect(night).toMatchObject({ exitCode: 3, documents: 200, error: { code: 'JOB_UNAVAILABLE' } })
  const RUN = night['runId'] as string
  const situation = world.situation({ RUN })
  await book.see(situation)
  await book.act(situation)
  await book.after(situation)
  expect(await world.facts('validate papers')).toMatchObject({ exitCode: 0, reused: true, engine: 'duckdb' })
  expect(await world.facts('run papers --resume --engine duckdb')).toMatchObject({ exitCode: 0, documents: 200 })
})
