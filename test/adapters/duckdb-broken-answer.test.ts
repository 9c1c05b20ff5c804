import { expect, it } from 'vitest'
import { manifestOf, runAt, temporaryLake } from '../catalog/lake-fixture.js'
import { COUNT, DuckDbRuns } from './duckdb-runs.js'

it('a statement that fails in the middle of its answer is a failure, and not a short answer', async () => {
  const { lake, root, remove } = await temporaryLake()
  const runs = new DuckDbRuns(`${root}/.lakeferry`)
  try {
    const sql =
      "SELECT CASE WHEN range = 300000 THEN ('x' || range)::INTEGER ELSE range::INTEGER END FROM range(1000000)"
    const manifest = manifestOf(runAt(1))
    await expect(runs.run(lake, manifest, [{ name: 'long', sql }])).rejects.toMatchObject({
      code: 'ENGINE_FAILED',
      message: expect.stringMatching(/could not run the statement long: Conversion Error: .*'x300000'/),
    })
    // The engine is as good as before.
    expect(await runs.run(lake, manifest, [COUNT])).toEqual({ count: [[0n]] })
  } finally {
    await runs.close()
    await remove()
  }
})
