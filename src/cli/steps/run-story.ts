import type { DatasetConfig } from '../../config/config.js'
import { interruption, isLakeferryError, LakeferryError, reasonOf } from '../../errors.js'
import type { ExportOutcome } from '../../export/request.js'
import type { Gate } from '../../model/gate.js'
import type { Manifest } from '../../model/manifest.js'
import { redactUris } from '../../model/redact-uri.js'
import type { RunEvent } from '../../model/run-event.js'
import type { RunId } from '../../model/run-id.js'
import type { ObjectStore } from '../../ports/object-store.js'
import type { CommandContext } from '../command.js'
import type { Observers } from './observers.js'
import type { Slot } from './slot-variable.js'
import type { Validated } from './validate-step.js'

type Step = 'export' | 'validation'

interface Chapter {
  step: Step
  runId: RunId | undefined
  over: boolean
}

export interface RunStoryOptions {
  readonly context: Pick<CommandContext, 'io' | 'signal' | 'told'>
  readonly datasets: readonly DatasetConfig[]
  /** What the command begins with. */
  readonly step: Step
  readonly slot: Slot | undefined
  readonly observers: Observers
}

type Untimed = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at' | 'slot'> : never) : never

/** Tells what happens to the datasets of one command, as `RunEvent` says: each comes to one end, whatever happens. */
export class RunStory {
  readonly #options: RunStoryOptions
  readonly #chapters: ReadonlyMap<string, Chapter>

  constructor(options: RunStoryOptions) {
    this.#options = options
    const { datasets, step } = options
    this.#chapters = new Map(datasets.map(({ name }) => [name, { step, runId: undefined, over: false }]))
  }

  /**
   * Works with the lake open, and keeps its record of attempts meanwhile. What the work throws is told before the record is
   * closed; what is told later is not on it.
   */
  async recorded<R>(lake: ObjectStore, work: () => Promise<R>): Promise<R> {
    const { context, observers } = this.#options
    const { attemptRecorder } = await import('../../monitor/attempt-recorder.js')
    const recorder = attemptRecorder({ lake, clock: context.io.clock })
    observers.add(recorder)
    try {
      return await work()
    } catch (error) {
      this.failed(error)
      throw error
    } finally {
      await observers.settle(recorder)
    }
  }

  exporting({ name, collection }: DatasetConfig, runId: RunId): void {
    this.#chapter(name).runId = runId
    this.#tell({ event: 'export.started', dataset: name, runId, collection })
  }

  /** @param last - whether nothing comes after it: there is no contract to hold it to, or nobody asked for that */
  exported({ name }: DatasetConfig, { manifest, resumed }: ExportOutcome, last: boolean): void {
    const { runId } = manifest
    this.#tell({ event: 'export.committed', dataset: name, runId, manifest, resumed })
    this.#chapter(name).step = 'validation'
    if (last) this.#finish(name, manifest, undefined)
  }

  /** @param engine - what the configuration chooses for it */
  validating({ name }: DatasetConfig, manifest: Manifest, engine: string): void {
    const { runId } = manifest
    this.#chapter(name).runId = runId
    this.#tell({ event: 'validation.started', dataset: name, runId, engine, manifest })
  }

  validated(
    { name }: DatasetConfig,
    manifest: Manifest,
    { validation, gate, reports }: { validation: Validated; gate: Gate; reports: readonly string[] },
  ): void {
    const { result, execution } = validation
    const { engine, engineVersion } = execution
    const violated = result.violations.count
    const { runId } = manifest
    const found = { engine, gate, violated, manifest, reports, result, engineVersion }
    this.#tell({ event: 'validation.finished', dataset: name, runId, ...found })
    this.#finish(name, manifest, gate)
  }

  /** Of every dataset that has not come to its end, this is it. Those that were not at work are told why they never were. */
  failed(thrown: unknown): void {
    const { context } = this.#options
    const working = context.told.dataset
    const interrupted = context.signal.aborted && !isLakeferryError(thrown, 'COMMIT_UNKNOWN')
    const error = interrupted ? interruption(context.signal, thrown) : thrown
    const code = error instanceof LakeferryError ? error.code : 'UNEXPECTED'
    const reason = redactUris(reasonOf(error))
    const hint = error instanceof LakeferryError ? { hint: redactUris(error.hint) } : {}
    for (const [dataset, { over, step, runId }] of this.#chapters) {
      if (over) continue
      const left = working !== undefined && working !== dataset && !interrupted
      const message = left ? `the ${step} was not begun, because ${working} failed: ${reason}` : reason
      this.#tell({ event: 'run.failed', dataset, runId, step, code, message, ...hint, interrupted })
      this.#chapter(dataset).over = true
    }
  }

  #finish(dataset: string, manifest: Manifest, gate: Gate | undefined): void {
    this.#tell({ event: 'run.finished', dataset, runId: manifest.runId, gate, manifest })
    this.#chapter(dataset).over = true
  }

  #tell(event: Untimed): void {
    const { context, observers, slot } = this.#options
    const at = context.io.clock.now().toISOString()
    observers.on({ ...event, at, ...(slot === undefined ? {} : { slot }) })
  }

  #chapter(dataset: string): Chapter {
    const chapter = this.#chapters.get(dataset)
    if (chapter === undefined) throw new TypeError(`${dataset} is no dataset of this command`)
    return chapter
  }
}
