import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { lakeferry, type Spawned } from '../cli/spawned.js'
import { procedure } from './book.js'
import { World, type WorldOptions } from './world.js'

let world: World
const started: Spawned[] = []
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL')
  await world.end()
})

const make = async (options?: WorldOptions): Promise<World> => {
  world = await World.make(options)
  return world
}
const HOUR = 3_600_000
/** A machine whose clock is so far ahead. */
const clock = (ms: number): Record<string, string> => ({
  NODE_OPTIONS: `--import=${fileURLToPath(new URL('fake-clock.mjs', import.meta.url))}`,
  FAKE_CLOCK_MS: String(ms),
})

/** An export in mid-run: it reads slowly, and has put down its first segment as finished. There is an older run. */
async function underWay(): Promise<{ readonly RUN: string; readonly spawned: Spawned }> {
  await world.export(FAST)
  const spawned = lakeferry(['export', 'papers', '--quiet'], { cwd: world.cwd })
  started.push(spawned)
  const plans = world.inLake('_lakeferry/plans/papers')
  const deadline = Date.now() + 45_000
  while (spawned.child.exitCode === null && Date.now() < deadline) {
    const [RUN] = existsSync(plans) ? readdirSync(plans) : []
    // The record itself: its folder is made a moment before it, and a kill in between would leave nothing finished.
    if (RUN !== undefined && existsSync(`${plans}/${RUN}/range-000/segment-000000.json`)) return { RUN, spawned }
    await sleep(20)
  }
  const { exitCode } = spawned.child
  throw new Error(exitCode === null ? 'it has finished no segment' : `it has ended with ${exitCode}`)
}

async function killed({ child }: Spawned, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

/** Ten segments, one in about a second: it is far from its end when the first is seen, even if the test stands still meanwhile. */
const SLOW: WorldOptions = {
  ...{ papers: 2_400, fillerBytes: 3_000 },
  source: '  maxDocumentsPerSecond: 200\n',
  dataset: 'partSize: 1MB',
}
const FAST = { LAKEFERRY_SOURCE_MAX_DOCUMENTS_PER_SECOND: '1000000' }

it('a stale dataset is told with how old it is, and fresh after a run', async () => {
  await make()
  const book = procedure('A dataset is stale')
  const situation = world.situation({ RUN: await world.export(clock(-30 * HOUR)) })
  await book.see(situation)
  await book.act(situation)
  await book.after(situation)
})

it('an export that was killed is gone on with, and leaves nothing', async () => {
  await make(SLOW)
  const book = procedure('An export was killed')
  const { RUN, spawned } = await underWay()
  await killed(spawned, 'SIGKILL')
  const situation = world.situation({ RUN }, FAST)
  await book.see(situation)
  await book.act(situation)
  await book.after(situation)
  expect(await world.facts('verify papers --against both', FAST)).toMatchObject({
    ...{ exitCode: 0, runId: RUN, documents: 2_400, digest: await world.digest() },
  })
})

it('an export that hangs is ended, and its run gone on with by another', async () => {
  await make(SLOW)
  const book = procedure('An export hangs')
  const { RUN, spawned } = await underWay()
  spawned.child.kill('SIGSTOP')
  const situation = world.situation({ RUN, PID: String(spawned.child.pid) }, FAST)
  await book.see(situation)
  expect((await world.facts('export papers --resume', FAST))['error']).toMatchObject({ code: 'RUN_CLAIMED' })
  await book.act(situation, () => undefined)
  await book.after(situation)
  expect(await world.facts('verify papers --against both', FAST)).toMatchObject({ exitCode: 0, runId: RUN })
})

it('two machines that export one run at once make one whole run', async () => {
  await make()
  const book = procedure('Two machines export at once')
  const RUN = '20260102T020000.000Z-1a2b3c'
  const words = `export papers --run-id ${RUN}`
  const both = await Promise.all([world.facts(words), world.facts(words)])
  expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 2])
  expect(['RUN_CLAIMED', 'RUN_EXISTS']).toContain(both.find(({ exitCode }) => exitCode === 2)?.['error'].code)
  // An old run id, as a schedule may have it; its data are of now.
  const situation = world.situation({ RUN })
  await book.see(situation)
  await book.act(situation)
  await book.after(situation, () => undefined)
  expect((await world.facts('runs papers'))['runs']).toHaveLength(1)
})

it('a run from a clock that was ahead does not hide the later ones for ever', async () => {
  await make()
  const book = procedure('A clock was wrong')
  const RUN = await world.export(clock(400 * 24 * HOUR))
  await world.papers.insertOne({ title: 'since then', year: 2026 })
  const situation = world.situation({ RUN })
  await book.see(situation)
  await book.act(situation, () => undefined)
  await book.after(situation)
  expect(await world.titles()).toContain('since then')
})
