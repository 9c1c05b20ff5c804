import type { LakeferryError } from '../errors.js'
import type { Observation } from '../model/check.js'
import type { Observed } from '../monitor/observe.js'
import type { ObjectStore } from '../ports/object-store.js'
import type { SlotRunner } from '../ports/slot-runner.js'

/** What the pipeline's routes have others do for them: the parts that they share with the commands. */
export interface PipelineWork {
  /**
   * One pass of the monitor over everything that the configuration has.
   *
   * @param lake - open, or what keeps it from being opened: then that is what is found
   */
  observe(lake: ObjectStore | LakeferryError): Promise<Observed>
  /** What `/metrics` answers, and of what media type. @param observation - of the last pass, where there was one */
  metrics(lake: ObjectStore, observation: Observation | undefined): Promise<MetricsText>
  /** Starts `lakeferry run` in a process of its own, which ends with this one. @param onLine - told each line of its standard error */
  runner(onLine: (line: string) => void): SlotRunner
}

export interface MetricsText {
  readonly type: string
  readonly text: string
}
