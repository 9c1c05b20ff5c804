import { randomBytes } from 'node:crypto'
import type { Config, DatasetConfig } from '../../config/config.js'
import type { RunObserver } from '../../ports/run-observer.js'
import { runLog } from '../../telemetry/run-log.js'
import { openLineage, openTraces } from '../../wire.js'
import type { CommandContext } from '../command.js'
import { VERSION } from '../version.js'
import { Observers } from './observers.js'
import { RunStory, type RunStoryOptions } from './run-story.js'
import { slotOf } from './slot-variable.js'

export interface StoryRequest extends Pick<RunStoryOptions, 'datasets' | 'step'> {
  readonly config: Config
}

/**
 * Tells everybody whom the configuration asks for (the log, traces, lineage) what the work does, for as long as it takes.
 * What it throws is told before it goes on its way. In the end everybody is waited for, within a stated time; what went wrong
 * with them is a warning, and no more.
 */
export async function withStory<R>(
  context: CommandContext,
  { config, datasets, step }: StoryRequest,
  work: (story: RunStory) => Promise<R>,
): Promise<R> {
  const observers = new Observers(text => context.out.warn(text))
  for (const observer of await openObservers(context, config, datasets)) observers.add(observer)
  const story = new RunStory({ context, datasets, step, observers, slot: slotOf(context.io.env) })
  try {
    return await work(story)
  } catch (error) {
    story.failed(error)
    throw error
  } finally {
    await observers.settle()
  }
}

async function openObservers(
  { command, io, out }: CommandContext,
  config: Config,
  datasets: readonly DatasetConfig[],
): Promise<readonly RunObserver[]> {
  const traceId = randomBytes(16).toString('hex')
  const traces = await openTraces(config, { env: io.env, traceId, command, version: VERSION })
  const lineage = await openLineage(config, { env: io.env, datasets, version: VERSION })
  const log = runLog(fact => out.log(fact), traces === undefined ? {} : { traceId })
  return [log, ...(traces === undefined ? [] : [traces]), ...(lineage === undefined ? [] : [lineage])]
}
