import { reasonOf } from '../errors.js'
import { CRON_OPTIONS, DEFAULT_SET } from '../model/cron.js'
import type { ScheduleSet } from '../model/schedule-set.js'
import type { ScheduleConfig } from './config.js'
import { durationSeconds } from './duration-setting.js'
import { invalidSetting } from './invalid-setting.js'
import type { Laid } from './overlay.js'
import { schemaAt } from './settings.js'

/** What the schema has made sure of. */
export interface CheckedSchedule extends CheckedSet {
  readonly port?: number
  readonly host?: string
  readonly sets?: Readonly<Record<string, CheckedSet>>
}

interface CheckedSet {
  readonly cron?: string
  readonly timezone?: string
  readonly datasets?: readonly string[]
  readonly missed?: ScheduleSet['missed']
  readonly jitter?: string
  readonly timeLimit?: string
}

/**
 * The sets of the schedule, with defaults: what a set doesn't say is as `schedule` itself says.
 *
 * @param known - names of datasets
 * @throws {@link LakeferryError} `CONFIG_INVALID`
 */
export async function shapeSchedule(
  schedule: CheckedSchedule | undefined,
  laid: Laid,
  known: readonly string[],
): Promise<ScheduleConfig | undefined> {
  if (schedule === undefined) return undefined
  const { sets: named = {}, port, host = String(schemaAt(['schedule', 'host'])?.default), ...common } = schedule
  const names = Object.keys(named)
  if (common.cron === undefined && names.length === 0) {
    throw invalidSetting(laid, ['schedule', 'cron'], `${schemaAt(['schedule', 'cron'])?.title}, or sets`, undefined)
  }
  refuseUnusedDatasets(common, names, laid)
  const sets: ScheduleSet[] = []
  if (common.cron !== undefined) {
    if (named[DEFAULT_SET] !== undefined) {
      const path = ['schedule', 'sets', DEFAULT_SET]
      throw invalidSetting(laid, path, 'another name: this one is that of schedule.cron', named[DEFAULT_SET])
    }
    sets.push(await shapeSet({ name: DEFAULT_SET, path: ['schedule'], set: common, common, laid, known }))
  }
  for (const name of names) {
    const path = ['schedule', 'sets', name]
    sets.push(await shapeSet({ name, path, set: named[name] ?? {}, common, laid, known }))
  }
  refuseTwins(sets, laid)
  return { sets, host, ...(port === undefined ? {} : { port }) }
}

interface SetQuestion {
  readonly name: string
  /** Where the set is in the file. */
  readonly path: readonly string[]
  readonly set: CheckedSet
  /** What `schedule` says for all sets. */
  readonly common: CheckedSet
  readonly laid: Laid
  readonly known: readonly string[]
}

async function shapeSet({ name, path, set, common, laid, known }: SetQuestion): Promise<ScheduleSet> {
  // Where the value stands, for an error about it.
  const at = (key: keyof CheckedSet): string[] => (set[key] === undefined ? ['schedule', key] : [...path, key])
  const timezone = set.timezone ?? common.timezone ?? String(schemaAt(['schedule', 'timezone'])?.default)
  checkZone(timezone, at('timezone'), laid)
  await checkCron(set.cron ?? '', [...path, 'cron'], timezone, laid)
  const stranger = set.datasets?.find(dataset => !known.includes(dataset))
  if (stranger !== undefined) {
    throw invalidSetting(
      laid,
      [...path, 'datasets'],
      `names of datasets: ${known.join(', ') || 'there is none'}`,
      stranger,
    )
  }
  const jitter = set.jitter ?? common.jitter
  return {
    name,
    cron: set.cron ?? '',
    timezone,
    ...(set.datasets === undefined ? {} : { datasets: set.datasets }),
    missed: set.missed ?? common.missed ?? (schemaAt(['schedule', 'missed'])?.default as ScheduleSet['missed']),
    jitterSeconds: jitter === undefined ? 0 : durationSeconds(laid, at('jitter'), jitter),
    timeLimitSeconds: durationSeconds(laid, at('timeLimit'), set.timeLimit ?? common.timeLimit),
  }
}

function checkZone(timezone: string, path: readonly string[], laid: Laid): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone })
  } catch {
    throw invalidSetting(laid, path, 'the name of a time zone, such as Europe/Berlin or UTC', timezone)
  }
}

async function checkCron(cron: string, path: readonly string[], timezone: string, laid: Laid): Promise<void> {
  // Most commands have a configuration without a schedule.
  const { Cron } = await import('croner')
  let comes: boolean
  try {
    comes = new Cron(cron, { ...CRON_OPTIONS, timezone, paused: true }).nextRun() !== null
  } catch (error) {
    const wanted = schemaAt(path)?.title ?? 'a cron pattern'
    const reason = reasonOf(error).replace(/^CronPattern: /, '')
    // How many fields are wanted is said already.
    const why = /parts/.test(reason) ? '' : ` (${reason})`
    throw invalidSetting(laid, path, `${wanted}${why}`, cron)
  }
  if (!comes) throw invalidSetting(laid, path, `${schemaAt(path)?.title}, at times that there are`, cron)
}

/** Sets don't take over the list of datasets: beside sets alone it would be read and ignored. */
function refuseUnusedDatasets(common: CheckedSet, names: readonly string[], laid: Laid): void {
  if (common.datasets === undefined || common.cron !== undefined || names.length === 0) return
  const path = ['schedule', 'datasets']
  throw invalidSetting(laid, path, 'it left out where there is no schedule.cron: each set has its own', common.datasets)
}

/** Two names that differ in case only would share one ledger on many file systems. */
function refuseTwins(sets: readonly ScheduleSet[], laid: Laid): void {
  const seen = new Map<string, string>()
  for (const { name } of sets) {
    const twin = seen.get(name.toLowerCase())
    if (twin !== undefined) {
      throw invalidSetting(
        laid,
        ['schedule', 'sets', name],
        'names that differ in more than case',
        `${twin} and ${name}`,
      )
    }
    seen.set(name.toLowerCase(), name)
  }
}
