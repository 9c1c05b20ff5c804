import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../../config/config.js'
import { isLakeferryError, reasonOf } from '../../errors.js'
import type { Observation } from '../../model/check.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { CommandContext } from '../command.js'
import { startMetrics } from './metrics-server.js'

/** What a schedule does beside its slots: it watches over what is promised, and can be asked for metrics. */
export interface Companions {
  /** Resolves when all of it has stopped. */
  close(): Promise<void>
}

/** Until the first pass, in milliseconds: by then the schedule has looked after its slots, and seen that it can. */
const FIRST_PASS_MS = 10_000

/**
 * Starts them. Whatever fails in a pass is told, and never stops the schedule.
 *
 * @throws {@link LakeferryError} `USAGE` when somebody else listens on `schedule.port`
 */
export async function startCompanions(context: CommandContext, config: Config, lake: ObjectStore): Promise<Companions> {
  const stop = new AbortController()
  let seen: Observation | undefined
  const metrics = await startMetrics(context, { config, lake, observation: () => seen })
  const watching = watch(
    { ...context, signal: AbortSignal.any([context.signal, stop.signal]) },
    { config, lake, onPass: observation => (seen = observation) },
  )
  return {
    close: async () => {
      stop.abort()
      await Promise.all([watching, metrics?.close()])
    },
  }
}

interface Watch {
  readonly config: Config
  readonly lake: ObjectStore
  readonly onPass: (observation: Observation) => void
}

async function watch(context: CommandContext, { config, lake, onPass }: Watch): Promise<void> {
  const { signal, out } = context
  const [{ monitorPass }, { alertStep }] = await Promise.all([import('./monitor-step.js'), import('./alert-step.js')])
  const every = config.monitor.everySeconds * 1000
  let said = ''
  await pause(Math.min(every, FIRST_PASS_MS), signal)
  while (!signal.aborted) {
    try {
      const observation = await monitorPass(context, config, lake)
      onPass(observation)
      await alertStep(context, { config, lake, observation })
      said = ''
    } catch (error) {
      if (signal.aborted) return
      const text = `a pass of the watch failed: ${isLakeferryError(error) ? `${error.code}: ` : ''}${reasonOf(error)}`
      // The same every five minutes says nothing new.
      if (text !== said) out.warn(text)
      said = text
    }
    await pause(every, signal)
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
