import type { Config } from '../../config/config.js'
import { isLakeferryError, LakeferryError, reasonOf } from '../../errors.js'
import type { ObjectStore } from '../../ports/object-store.js'
import { openLake } from '../../wire.js'
import type { CommandContext } from '../command.js'
import { unlessAborted } from './resource.js'

/**
 * Does the work, and then, where the configuration has channels, one pass of the monitor and of the alerts: whatever became of
 * it is told at once, and not only by the next pass of somebody else. What the work answered or threw stays what it was.
 *
 * Who stops it knows about it, and is not kept waiting.
 */
export async function withAlerts<R>(context: CommandContext, config: Config, work: () => Promise<R>): Promise<R> {
  if (config.alerts.length === 0) return await work()
  try {
    return await work()
  } finally {
    if (!context.signal.aborted) await tell(context, config)
  }
}

async function tell(context: CommandContext, config: Config): Promise<void> {
  const [{ monitorPass }, { alertStep }] = await Promise.all([import('./monitor-step.js'), import('./alert-step.js')])
  let lake: ObjectStore | LakeferryError | undefined
  try {
    lake = await open(context, config)
    const observation = await monitorPass(context, config, lake)
    await alertStep(context, { config, lake, observation })
  } catch (error) {
    // A defect of ours in the telling must not hide what there was to tell.
    if (!context.signal.aborted) context.out.warn(`the alerts could not be looked after: ${reasonOf(error)}`)
  } finally {
    if (lake !== undefined && !(lake instanceof LakeferryError)) await lake.close().catch(() => undefined)
  }
}

async function open({ signal }: CommandContext, config: Config): Promise<ObjectStore | LakeferryError> {
  try {
    return await unlessAborted(openLake(config), signal)
  } catch (error) {
    if (error instanceof LakeferryError && !isLakeferryError(error, 'INTERRUPTED')) return error
    throw error
  }
}
