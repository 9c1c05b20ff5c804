import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { newProcessOwner } from '../../src/host/process-owner.js'
import { contentOf, failure, keysOf, text } from '../ports/object-store-suite.js'
import { type LakeProcess, runOnLake } from '../support/lake-script.js'

let root: string
const processes: LakeProcess[] = []
const run = (script: string): LakeProcess => {
  const started = runOnLake(root, script)
  processes.push(started)
  return started
}
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-processes-'))
})
afterEach(async () => {
  for (const { process } of processes) process.kill('SIGKILL')
  await Promise.all(processes.splice(0).map(({ ended }) => ended))
  await rm(root, { recursive: true, force: true })
})

/** Adds 1 to a counter by compare-and-set, until it has won `wins` times; prints each number that it wrote. */
const counting = (wins: number): string => `
  for (let won = 0; won < ${wins}; ) {
    const now = await store.get('counter')
    const next = Number(textOf(now)) + 1
    const { written } = await store.putIfMatch('counter', bytes(String(next)), now.etag)
    if (written) { won += 1; say(next) }
  }
`
const numbersOf = (from: LakeProcess[]): number[] => from.flatMap(one => one.lines().map(Number)).sort((a, b) => a - b)

describe('compare-and-set between processes', () => {
  it('loses no update', async () => {
    await openFsStore({ root }).put('counter', text('0'))
    const counters = Array.from({ length: 4 }, () => run(counting(25)))
    expect(await Promise.all(counters.map(({ ended }) => ended))).toEqual([0, 0, 0, 0])
    expect(numbersOf(counters)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1))
    expect(await contentOf(openFsStore({ root }), 'counter')).toBe('100')
  })

  it('goes on when processes are killed in the middle of it, and no two win the same version', async () => {
    await openFsStore({ root }).put('counter', text('0'))
    const doomed: LakeProcess[] = []
    for (let i = 0; i < 8; i++) {
      const counter = run(counting(10_000))
      doomed.push(counter)
      await counter.said('') // any line: it has begun
      await sleep(40 + ((i * 37) % 50))
      if (i > 0) doomed[i - 1]!.process.kill('SIGKILL')
    }
    doomed.at(-1)!.process.kill('SIGKILL')
    await Promise.all(doomed.map(({ ended }) => ended))

    const survivor = run(counting(5))
    expect(await survivor.ended).toBe(0)
    const numbers = numbersOf([...doomed, survivor])
    expect(new Set(numbers).size).toBe(numbers.length)
    // A killed process may have written once without living to say so.
    const last = Number(await contentOf(openFsStore({ root }), 'counter'))
    expect(last).toBe(numbers.at(-1))
    expect(last - numbers.length).toBeLessThanOrEqual(doomed.length)
    expect(numbers.length).toBeGreaterThan(5)
  })

  const holding = `
    await withKeyLock(root + '/lock', 1_000, async () => { say('held'); await sleep(60_000) })
  `
  const asking = (waitMs: number): string => `
    say('asking')
    try {
      await withKeyLock(root + '/lock', ${waitMs}, async () => say('held'))
    } catch (error) { say(error.constructor.name) }
  `

  it('takes over from a holder that was killed, at once', async () => {
    const holder = run(holding)
    await holder.said('held')
    holder.process.kill('SIGKILL')
    await holder.ended
    // Who waits for nothing gets it at the first look, or not at all.
    await run(asking(0)).said('held')
  })

  it('never takes over from a holder that is only stopped, however long', async () => {
    const holder = run(holding)
    await holder.said('held')
    holder.process.kill('SIGSTOP')
    const impatient = run(asking(500))
    await impatient.said('LockTimeout')
    const patient = run(asking(600_000))
    await patient.said('asking')
    await sleep(500)
    expect(patient.lines()).toEqual(['asking'])
    holder.process.kill('SIGKILL')
    await patient.said('held')
  })
})

it('tells the file to remove when a lock outlived a container that nobody can ask', async () => {
  const store = openFsStore({ root, lockWaitMs: 100 })
  await store.put('p', text('one'))
  const [number] = await readdir(join(root, '.lakeferry/locks'))
  const lock = join(root, '.lakeferry/locks', number!)
  const [boot] = newProcessOwner().split('/')
  await symlink(`${boot}/another-container/1/1/0`, join(lock, '9'))
  const error: unknown = await store.put('p', text('two')).catch(e => e)
  expect(error).toMatchObject({ code: 'LAKE_LOCKED', details: { key: 'p', lock } })
  expect(await contentOf(store, 'p')).toBe('one')
  await rm(lock, { recursive: true })
  await store.put('p', text('two'))
  expect(await contentOf(store, 'p')).toBe('two')
})

it('shows all of an object or nothing, whenever its writer is killed', async () => {
  const bytes = 8 << 20
  const store = openFsStore({ root })
  for (let i = 0; i < 6; i++) {
    const writer = run(`
      say('writing')
      for (let n = 0; ; n++) await store.putIfAbsent('run=${i}/part-' + n, new Uint8Array(${bytes}).fill(n))
    `)
    await writer.said('writing')
    await sleep(15 * i)
    writer.process.kill('SIGKILL')
    await writer.ended
  }
  const keys = await keysOf(store, '')
  expect(keys.every(key => key.startsWith('run='))).toBe(true)
  for (const key of keys) expect((await store.head(key))?.bytes).toBe(bytes)
  expect(await failure(store.putIfAbsent('run=0/part-0', text('x')))).toBe('no failure')
})

it('makes one winner of 8 processes that create the same object', async () => {
  const racers = Array.from({ length: 8 }, (_, i) =>
    run(`
      const outcomes = []
      for (let n = 0; n < 20; n++) outcomes.push(await store.putIfAbsent('race/' + n, bytes('${i}')))
      say(outcomes.join())
    `),
  )
  await Promise.all(racers.map(({ ended }) => ended))
  const store = openFsStore({ root })
  for (let n = 0; n < 20; n++) {
    const winners = racers.flatMap((racer, i) => (racer.lines()[0]?.split(',')[n] === 'created' ? [String(i)] : []))
    expect(winners).toEqual([await contentOf(store, `race/${n}`)])
  }
})
