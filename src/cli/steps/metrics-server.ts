import { openMetricsServer } from '../../wire.js'
import type { CommandContext } from '../command.js'
import { collectMetrics, type MetricsSource } from './metrics-step.js'

/** A server that is asked for metrics. */
export interface RunningMetrics {
  readonly url: string
  close(): Promise<void>
}

/**
 * `/metrics` and `/healthz` on `schedule.port`; nothing where there is none.
 *
 * @throws {@link LakeferryError} `USAGE` when somebody else listens there
 */
export async function startMetrics(
  context: Pick<CommandContext, 'io' | 'out'>,
  source: MetricsSource,
): Promise<RunningMetrics | undefined> {
  const { port, host } = source.config.schedule ?? {}
  if (port === undefined || host === undefined) return undefined
  const server = await openMetricsServer({ host, port, collect: () => collectMetrics(context, source) })
  context.out.note(`metrics: ${server.url}/metrics`)
  return server
}
