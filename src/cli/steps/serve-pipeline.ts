import type { Config } from '../../config/config.js'
import type { PipelineWork } from '../../server/pipeline-port.js'
import { openMetricsText } from '../../wire.js'
import type { CommandContext } from '../command.js'
import { collectMetrics } from './metrics-step.js'
import { monitorPass } from './monitor-step.js'
import { ProcessRunner } from './schedule-runner.js'

export interface ServePipelineOptions {
  readonly config: Config
  /** Absolute path of the configuration, for the runs that are started. */
  readonly file: string
  /** What starts this program. @defaultValue what has started this process */
  readonly program?: readonly [string, ...string[]]
}

/** What `serve` does by the parts of the commands: a pass of the monitor, the metrics of `schedule`, and its runs. */
export async function servePipeline(
  { io, signal }: Pick<CommandContext, 'io' | 'signal'>,
  { config, file, program = [process.execPath, ...process.execArgv, process.argv[1] ?? ''] }: ServePipelineOptions,
): Promise<PipelineWork> {
  const { env, cwd } = io
  const render = await openMetricsText()
  return {
    observe: lake => monitorPass({ io, signal }, config, lake),
    metrics: async (lake, observation) =>
      render(await collectMetrics({ io }, { config, lake, observation: () => observation })),
    runner: onLine => new ProcessRunner({ program, config: file, cwd, env, onLine: (_, line) => onLine(line) }),
  }
}
