import type { ScheduleLedger, SlotRecord } from '../../src/catalog/schedule-ledger.js'
import type { ScheduleSet } from '../../src/model/schedule-set.js'
import { MemoryLake } from './memory-lake.js'
import { SimulatedProcess, SLOW, type World } from './simulated-machine.js'
import { SimulatedRuns } from './simulated-runs.js'
import { VirtualTime } from './virtual-time.js'

export interface SimulationOptions {
  readonly seed: number
  readonly from: Date
  readonly days: number
  readonly machines: number
  readonly sets: readonly ScheduleSet[]
  /** Something goes wrong with a machine so often, in hours, on the average. */
  readonly troubleEveryHours: number
}

export interface SimulationOutcome {
  /** Every record that was ever written, by set: the last of each slot, in order. */
  readonly records: ReadonlyMap<string, readonly SlotRecord[]>
  readonly runs: SimulatedRuns
  readonly thrown: readonly unknown[]
  /** What happened to the machines. */
  readonly troubles: Readonly<Record<string, number>>
  /** The largest ledger, in bytes. */
  readonly largest: number
}

const HOUR = 3_600_000

/** Of the machines' clocks: two that go alike, and two that don't. */
const SKEWS_MS = [0, 0, -40_000, 90_000]

/** Machines that run one schedule over one lake, and all that can happen to them; then two quiet days for what is left. */
export async function simulate(options: SimulationOptions): Promise<SimulationOutcome> {
  const { from, days, sets, seed } = options
  const random = mulberry32(seed)
  const time = new VirtualTime(from)
  const written = new Map<string, Map<string, SlotRecord>>()
  let largest = 0
  const lake = new MemoryLake((_, text) => {
    const ledger: ScheduleLedger = JSON.parse(text)
    const records = written.get(ledger.set) ?? new Map<string, SlotRecord>()
    written.set(ledger.set, records)
    for (const record of ledger.slots) records.set(record.slot, record)
    largest = Math.max(largest, text.length)
  })
  const runs = new SimulatedRuns(time, random)
  const world: World = { time, lake, runs, random, sets, timings: SLOW }
  const all: SimulatedProcess[] = []
  const troubles: Record<string, number> = {}
  const quiet = from.getTime() + days * 24 * HOUR
  const isDeadFor = (machine: string) => (owner: string) =>
    owner.startsWith(`${machine}/`) && all.some(process => process.owner === owner && process.dead)
  for (let at = 0; at < options.machines; at++) void live(`m${at}`, SKEWS_MS[at % SKEWS_MS.length] ?? 0)

  /** A machine: its process, what happens to it, and whoever starts it again. */
  async function live(name: string, skewMs: number): Promise<void> {
    const begin = (): SimulatedProcess => {
      const process = new SimulatedProcess(world, name, skewMs, isDeadFor(name))
      all.push(process)
      return process
    }
    let process = begin()
    for (;;) {
      await time.sleep(-Math.log(1 - random()) * options.troubleEveryHours * HOUR)
      if (time.ms > quiet) return
      const what = (['kill', 'power', 'stop', 'freeze', 'suspend', 'away'] as const)[Math.floor(random() * 6)]!
      troubles[what] = (troubles[what] ?? 0) + 1
      const short = random() * 2 * HOUR
      const long = random() < 0.2 ? random() * 60 * HOUR : short
      if (what === 'freeze' || what === 'suspend') {
        process.suspend(what === 'suspend')
        await time.sleep(long)
        process.resume()
        continue
      }
      if (what === 'stop' || what === 'away') {
        process.stop()
        await time.sleep(what === 'away' ? long : short / 10)
        process.kill(false)
      } else process.kill(what === 'power')
      await time.sleep(what === 'kill' ? short / 10 : long)
      process = begin()
    }
  }

  await time.runUntil(new Date(quiet + 48 * HOUR))
  return {
    records: new Map([...written].map(([set, records]) => [set, [...records.values()].sort(bySlot)])),
    runs,
    thrown: all.flatMap(process => process.thrown),
    troubles,
    largest,
  }
}

function bySlot(a: SlotRecord, b: SlotRecord): number {
  return a.slot < b.slot ? -1 : 1
}

/** Small and good enough: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
