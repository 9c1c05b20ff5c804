import { setTimeout as delay } from 'node:timers/promises'
import { InvalidArgumentError } from 'commander'
import { probeConditionalWrites } from '../../catalog/conditional-writes.js'
import { type Config, type ScheduleConfig, selectDatasets } from '../../config/config.js'
import type { LoadedConfig } from '../../config/load-config.js'
import { interruption, isLakeferryError, LakeferryError } from '../../errors.js'
import { lakeKey } from '../../model/lake-key.js'
import { newRunId } from '../../model/run-id.js'
import type { ScheduleSet } from '../../model/schedule-set.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { runSet } from '../../schedule/run-set.js'
import { nextSlot, startOf } from '../../schedule/slots.js'
import { TIMINGS } from '../../schedule/timings.js'
import { openLake } from '../../wire.js'
import type { CommandContext, CommandModule } from '../command.js'
import { examples } from '../examples.js'
import { EXIT } from '../exit-codes.js'
import { localTime } from '../steps/local-time.js'
import { withOpen } from '../steps/resource.js'
import { childLines } from '../steps/schedule-child-lines.js'
import { startCompanions } from '../steps/schedule-companions.js'
import { ProcessRunner } from '../steps/schedule-runner.js'
import { ScheduleTeller } from '../steps/schedule-teller.js'
import { tableLines } from '../table.js'

interface Options {
  readonly once?: true
  /** How many; true where it was not said. */
  readonly list?: number | true
}

/** Slots of each set that --list tells. */
const LISTED = 5
const MOST_LISTED = 1000

export const describe: CommandModule['describe'] = command => {
  command
    .description(
      'Runs `lakeferry run` at the times of schedule.cron and schedule.sets, each slot once, however many machines do this over ' +
        'one lake: who takes a slot notes that on the lake, and where it dies another goes on with the same run. What was missed ' +
        'is run once or skipped (schedule.missed), and noted. Beside it looks every monitor.every at what is promised, and ' +
        'sends alerts. Ends with exit code 0 when it is stopped; a run at work is then stopped too, and left to be gone on with.',
    )
    .option('--once', 'run what is due now, and end with the exit code of that: for cron and systemd timers')
    .option('--list [n]', `only print the next slots of each set: ${LISTED}, or so many`, slotCount)
    .addHelpText(
      'after',
      examples(
        'lakeferry schedule',
        'lakeferry schedule --once',
        'lakeferry schedule --list 10',
        'lakeferry schedule --json',
      ),
    )
}

export const run: CommandModule['run'] = async (context, parsed) => {
  const { once = false, list } = parsed.opts<Options>()
  if (once && list !== undefined) {
    throw new LakeferryError('USAGE', {
      problem: '--list runs nothing, and --once does',
      next: 'Leave one of them out.',
    })
  }
  const loaded = await context.loadConfig()
  const { config } = loaded
  const schedule = scheduleOf(config)
  if (list !== undefined) {
    listSlots(context, config, schedule, list === true ? LISTED : list)
    return EXIT.fine
  }
  selectDatasets(config, [])
  const teller = new ScheduleTeller(context, schedule.sets)
  await withOpen(openLake(config), context.signal, async lake => {
    try {
      await runSets(context, { loaded, schedule, lake, teller, once })
    } finally {
      const sets = schedule.sets.map(set => ({ ...setFacts(config, set, 1, context), slots: teller.slotsOf(set.name) }))
      Object.assign(context.told.body, { sets })
    }
  })
  if (!once) return EXIT.fine
  if (context.signal.aborted) throw interruption(context.signal)
  return teller.exitCode()
}

interface Work {
  readonly loaded: LoadedConfig
  readonly schedule: ScheduleConfig
  readonly lake: ObjectStore
  readonly teller: ScheduleTeller
  readonly once: boolean
}

async function runSets(context: CommandContext, { loaded, schedule, lake, teller, once }: Work): Promise<void> {
  const { io, out, options } = context
  const { config, file } = loaded
  // One that fails for good takes the others along, so that whoever supervises us begins anew.
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  if (!once) await requireConditionalWrites(context, lake)
  const runner = new ProcessRunner({
    program: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    config: file,
    cwd: io.cwd,
    env: io.env,
    onLine: childLines(out, { json: options.json, log: config.telemetry.log === 'json' }),
  })
  const deps = { lake, clock: io.clock, runner, timings: TIMINGS, sleep, signal, tell: teller.tell }
  const companions = once ? undefined : await startCompanions(context, config, lake)
  try {
    const sets = schedule.sets.map(set =>
      runSet(deps, set, { once }).catch(error => {
        failed.abort(error)
        throw error
      }),
    )
    // All of them, so that no run of ours is still at work.
    for (const ended of await Promise.allSettled(sets)) {
      if (ended.status === 'rejected' && !context.signal.aborted) throw ended.reason
    }
  } finally {
    await companions?.close()
  }
}

/** A lake that ignores conditions would let two machines run one slot. One that is away now is for later to find out. */
async function requireConditionalWrites({ io, out }: CommandContext, lake: ObjectStore): Promise<void> {
  try {
    await probeConditionalWrites(lake, lakeKey.probe(newRunId(io.clock.now())))
  } catch (error) {
    if (!isLakeferryError(error) || !error.retryable) throw error
    out.warn(`${error.message}; it is tried again`)
  }
}

function scheduleOf({ schedule }: Config): ScheduleConfig {
  if (schedule !== undefined) return schedule
  throw new LakeferryError('USAGE', {
    problem: 'the configuration has no schedule',
    next: 'Add one to lakeferry.yaml: schedule: {cron: "0 2 * * *", timezone: Europe/Berlin}.',
  })
}

function listSlots(context: CommandContext, config: Config, { sets }: ScheduleConfig, count: number): void {
  const told = sets.map(set => ({ ...setFacts(config, set, count, context), slots: [] }))
  Object.assign(context.told.body, { sets: told })
  const rows = told.flatMap(({ set, next }) =>
    next.map(({ slot, startsBy, local }) => [set, local, slot, startsBy === slot ? '' : `begun at ${startsBy}`]),
  )
  for (const line of tableLines(rows)) context.out.line(line)
}

function setFacts(config: Config, set: ScheduleSet, count: number, { io }: CommandContext) {
  const next: { slot: string; startsBy: string; local: string }[] = []
  for (let slot = nextSlot(set, io.clock.now()); slot !== null && next.length < count; slot = nextSlot(set, slot)) {
    const startsBy = startOf(set, slot, config.lake.url).toISOString()
    next.push({ slot: slot.toISOString(), startsBy, local: localTime(slot, set.timezone) })
  }
  return { set: set.name, cron: set.cron, timezone: set.timezone, next }
}

/** Node's timers take no more; nobody sleeps so long. */
const LONGEST_SLEEP_MS = 2 ** 31 - 1

async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  // It rejects when it is aborted, which is no failure here.
  await delay(Math.min(ms, LONGEST_SLEEP_MS), undefined, { signal }).catch(() => undefined)
}

function slotCount(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || count > MOST_LISTED) {
    throw new InvalidArgumentError(`Wanted a whole number from 1 to ${MOST_LISTED}.`)
  }
  return count
}
