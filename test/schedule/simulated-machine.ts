import { LakeferryError } from '../../src/errors.js'
import type { ScheduleSet } from '../../src/model/schedule-set.js'
import type { SlotOrder, SlotOutcome } from '../../src/ports/slot-runner.js'
import { runSet } from '../../src/schedule/run-set.js'
import type { ScheduleEvent } from '../../src/schedule/schedule-event.js'
import type { ScheduleTimings } from '../../src/schedule/timings.js'
import type { MemoryLake } from './memory-lake.js'
import type { SimulatedRuns } from './simulated-runs.js'
import type { VirtualTime } from './virtual-time.js'

/** Slower than in life, so that 400 days are few events. */
export const SLOW: ScheduleTimings = {
  lookEveryMs: 4 * 60 * 60_000,
  renewEveryMs: 10 * 60_000,
  silentAfterMs: 60 * 60_000,
}

export interface World {
  readonly time: VirtualTime
  readonly lake: MemoryLake
  readonly runs: SimulatedRuns
  /** From 0, inclusive, to 1, exclusive. */
  readonly random: () => number
  readonly sets: readonly ScheduleSet[]
  readonly timings: ScheduleTimings
}

/** A process of a schedule that may die, be suspended and lose requests. A dead one's promises stay for ever. */
export class SimulatedProcess {
  readonly owner: string
  readonly machine: string
  dead = false
  readonly #world: World
  readonly #stop = new AbortController()
  #suspended: Promise<void> | undefined
  #wasSuspended = false
  #awaken: () => void = () => undefined
  /** What it has thrown: nothing, if all is well. */
  readonly thrown: unknown[] = []

  /** @param skewMs - of its clock */
  constructor(world: World, machine: string, skewMs: number, isDead: (owner: string) => boolean) {
    this.#world = world
    this.machine = machine
    this.owner = `${machine}/${world.time.ms}`
    const { time, lake, sets, timings } = world
    const deps = {
      lake: lake.reached(act => this.#request(act)),
      clock: { now: () => new Date(time.ms + skewMs) },
      runner: { run: (order: SlotOrder, signal: AbortSignal) => this.#run(order, signal) },
      timings,
      sleep: (ms: number, signal: AbortSignal) => this.#wake(time.sleep(ms, signal)),
      signal: this.#stop.signal,
      tell: ({ event, set }: ScheduleEvent) => {
        if (event === 'lost' && !this.#wasSuspended)
          this.thrown.push(`${this.owner} lost a slot of ${set}, and was there all the time`)
      },
      owner: this.owner,
      isDead,
    }
    for (const set of sets) {
      runSet(deps, set).catch(error => {
        if (!this.#stop.signal.aborted) this.thrown.push(error)
      })
    }
  }

  /** kill -9, or with `power` the whole machine, the run at work with it. */
  kill(power: boolean): void {
    this.dead = true
    this.#world.runs.orphan(this.owner, power)
  }

  /** SIGTERM. */
  stop(): void {
    this.#stop.abort(new Error('SIGTERM'))
  }

  /** SIGSTOP, or with `machine` the whole machine, the run at work with it. */
  suspend(machine: boolean): void {
    this.#wasSuspended = true
    this.#suspended ??= new Promise(resolve => {
      this.#awaken = resolve
    })
    if (machine) this.#world.runs.suspend(this.owner, this.#suspended)
  }

  resume(): void {
    this.#suspended = undefined
    this.#awaken()
  }

  async #run(order: SlotOrder, signal: AbortSignal): Promise<SlotOutcome> {
    return this.#wake(this.#world.runs.run(this.owner, order, signal))
  }

  async #request<T>(act: () => T): Promise<T> {
    const { random, time } = this.#world
    await this.#wake(undefined)
    // Those that wake at the same time are overtaken by one another.
    if (random() < 0.5) await this.#wake(time.sleep(random() * 500))
    // The answer was lost, and asked for once more.
    if (random() < 0.02) act()
    if (random() < 0.01) {
      // Either it never came there, or its answer was lost.
      if (random() < 0.5) act()
      throw new LakeferryError('LAKE_UNREACHABLE', { lake: 'memory:lake', operation: 'ask', reason: 'lost' })
    }
    const answer = act()
    await this.#wake(undefined)
    return answer
  }

  /** Goes on when it may: never, when it has died meanwhile. */
  async #wake<T>(after: Promise<T> | undefined): Promise<T> {
    const value = (await after) as T
    while (this.#suspended !== undefined && !this.dead) await this.#suspended
    if (this.dead) return new Promise<never>(() => undefined)
    return value
  }
}
