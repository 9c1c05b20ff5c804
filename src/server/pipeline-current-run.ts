import type { DatasetConfig } from '../config/config.js'
import type { CurrentRunView, ProgressView } from '../http/pipeline-current.js'
import { newRunId, type RunId } from '../model/run-id.js'
import type { Clock } from '../ports/clock.js'
import type { PipelineWork } from './pipeline-port.js'
import { progressAfter } from './pipeline-progress.js'

export type RunNews =
  | { readonly event: 'run'; readonly data: CurrentRunView }
  | { readonly event: 'progress'; readonly data: ProgressView }

export interface CurrentRunOptions {
  readonly clock: Clock
  readonly runner: PipelineWork['runner']
  /** Told when a run has begun and when it is over: what was read of the lake before is old then. */
  readonly onChange: () => void
}

/** The one run that this server has started, and what is known of it; the last one as long as there is no newer. */
export class CurrentRun {
  readonly #options: CurrentRunOptions
  readonly #listeners = new Set<(news: RunNews) => void>()
  readonly #progress = new Map<string, ProgressView>()
  #view: Omit<CurrentRunView, 'progress'> | undefined
  #stop: AbortController | undefined
  #ended: Promise<void> = Promise.resolve()

  constructor(options: CurrentRunOptions) {
    this.#options = options
  }

  /** Undefined as long as none was started. */
  view(): CurrentRunView | undefined {
    return this.#view && { ...this.#view, progress: [...this.#progress.values()] }
  }

  get isUnderWay(): boolean {
    return this.#stop !== undefined
  }

  /** @throws Error when one is under way, which is a caller's bug */
  start(datasets: readonly DatasetConfig[]): CurrentRunView {
    if (this.isUnderWay) throw new Error('a run is under way')
    const now = this.#options.clock.now()
    const names = datasets.map(({ name }) => name)
    const runId = newRunId(now)
    this.#progress.clear()
    this.#view = {
      ...{ runId, datasets: names, startedAt: now.toISOString(), endedAt: null },
      ...{ state: 'under way', exitCode: null, error: null },
    }
    this.#stop = new AbortController()
    this.#ended = this.#follow(runId, names, this.#stop.signal)
    return this.#changed()
  }

  /** Asks it to stop; false when none is under way. What it has is kept on the lake, to be gone on with or removed. */
  stop(): boolean {
    if (this.#stop === undefined) return false
    this.#stop.abort()
    this.#view = this.#view && { ...this.#view, state: 'stopping' }
    this.#changed()
    return true
  }

  /** Told everything from now on. @returns what ends that */
  listen(listener: (news: RunNews) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Stops what is under way, and waits until nothing of it is at work. */
  async close(): Promise<void> {
    this.stop()
    await this.#ended
  }

  async #follow(runId: RunId, datasets: readonly string[], signal: AbortSignal): Promise<void> {
    const runner = this.#options.runner(line => this.#said(line))
    const slot = this.#view?.startedAt ?? ''
    const { exitCode, error } = await runner.run({ set: 'serve', slot, runId, datasets }, signal)
    this.#stop = undefined
    const stopped = signal.aborted && (exitCode === null || exitCode > 4)
    this.#view = this.#view && {
      ...this.#view,
      endedAt: this.#options.clock.now().toISOString(),
      exitCode,
      state: stopped ? 'stopped' : error === undefined ? 'finished' : 'failed',
      error:
        error === undefined ? null : { code: error.code, message: error.message, hint: error.hint ?? null, step: null },
    }
    this.#changed()
  }

  #said(line: string): void {
    const progress = progressAfter(line, {
      ...{ runId: this.#view?.runId ?? '', at: this.#options.clock.now().toISOString() },
      before: dataset => this.#progress.get(dataset),
    })
    // Only datasets that were asked for: nobody fills this from outside.
    if (progress === undefined || this.#view?.datasets.includes(progress.dataset) !== true) return
    this.#progress.set(progress.dataset, progress)
    this.#tell({ event: 'progress', data: progress })
  }

  #changed(): CurrentRunView {
    const view = this.view()
    if (view === undefined) throw new Error('there is no run')
    this.#options.onChange()
    this.#tell({ event: 'run', data: view })
    return view
  }

  #tell(news: RunNews): void {
    for (const listener of this.#listeners) listener(news)
  }
}
