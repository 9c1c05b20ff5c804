import type { SingleBar } from 'cli-progress'
import { formatBytes, formatCount, formatSeconds } from '../report/figures.js'
import type { OutStream } from './io.js'
import type { Output } from './output.js'

export interface ProgressState {
  readonly documents: number
  /** An estimate; 0 when unknown. */
  readonly expected: number
  readonly bytes?: number
  /** From 0 to 1, where something better than the number of documents tells it. */
  readonly share?: number
}

/** One step that is under way. */
export interface Progress {
  update(state: ProgressState): void
  stop(): void
}

/** Least time between two lines, and before the first, in milliseconds: short work needs no lines. */
export const LINE_INTERVAL_MS = 5_000
const BAR_COLUMNS = 24
/** A rate over less than this is noise. */
const LEAST_MEASURED_SECONDS = 0.1
const DRAWS_PER_SECOND = 10

type Bars = typeof import('cli-progress')

/** A bar that redraws itself on a terminal, a line now and then elsewhere, nothing with --quiet. All on standard error. */
export class ProgressReporter {
  readonly #out: Output
  readonly #mode: 'none' | 'lines' | Bars
  readonly #now: () => number
  readonly #running = new Set<Progress>()

  static async create(
    out: Output,
    options: { readonly quiet: boolean; readonly now?: () => number },
  ): Promise<ProgressReporter> {
    const now = options.now ?? (() => performance.now())
    if (options.quiet) return new ProgressReporter(out, 'none', now)
    // CommonJS: its names are on `default`.
    return new ProgressReporter(out, out.stderr.isTTY === true ? (await import('cli-progress')).default : 'lines', now)
  }

  private constructor(out: Output, mode: 'none' | 'lines' | Bars, now: () => number) {
    this.#out = out
    this.#mode = mode
    this.#now = now
  }

  start(label: string): Progress {
    const progress = this.#open(label)
    const tracked: Progress = {
      update: state => progress.update(state),
      stop: () => {
        if (this.#running.delete(tracked)) progress.stop()
      },
    }
    this.#running.add(tracked)
    return tracked
  }

  /** Ends what an error left running, so that the cursor comes back. */
  stop(): void {
    for (const progress of this.#running) progress.stop()
  }

  #open(label: string): Progress {
    const began = this.#now()
    if (this.#mode === 'none') return { update: () => undefined, stop: () => undefined }
    if (this.#mode === 'lines') return linesOf(label, began, this.#now, text => this.#out.note(text))
    return barOf(this.#mode, this.#out.stderr, label, () => (this.#now() - began) / 1000)
  }
}

function linesOf(label: string, began: number, now: () => number, print: (text: string) => void): Progress {
  let last = began
  return {
    update: state => {
      const at = now()
      if (at - last < LINE_INTERVAL_MS) return
      last = at
      print(`${label}: ${progressText(state, (at - began) / 1000)}`)
    },
    stop: () => undefined,
  }
}

function barOf(bars: Bars, stream: OutStream, label: string, seconds: () => number): Progress {
  const bar: SingleBar = new bars.SingleBar({
    stream: stream as NodeJS.WriteStream,
    format: (_options, _params, state: ProgressState) => `${label}  ${barText(state)}${progressText(state, seconds())}`,
    fps: DRAWS_PER_SECOND,
    hideCursor: true,
    clearOnComplete: true,
    // Signals are ours.
    gracefulExit: false,
  })
  bar.start(1, 0, { documents: 0, expected: 0 } satisfies ProgressState)
  return { update: state => bar.update(state), stop: () => bar.stop() }
}

/** Empty where nobody knows how much there is. */
function barText(state: ProgressState): string {
  const share = shareOf(state)
  if (share === undefined) return ''
  const filled = Math.floor(share * BAR_COLUMNS)
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_COLUMNS - filled)}  `
}

function shareOf({ documents, expected, share }: ProgressState): number | undefined {
  if (share !== undefined) return Math.min(1, share)
  // The estimate may be too low: never more than all.
  return expected === 0 ? undefined : Math.min(1, documents / expected)
}

/** `12,345 of 20,000 documents (61%), 9.2 MB, 5,120/s, 2 s left`. */
export function progressText(state: ProgressState, seconds: number): string {
  const { documents, expected, bytes } = state
  const share = shareOf(state)
  const of = expected === 0 ? '' : ` of ${formatCount(Math.max(expected, documents))}`
  const parts = [
    `${formatCount(documents)}${of} documents${share === undefined ? '' : ` (${Math.floor(share * 100)}%)`}`,
  ]
  if (bytes) parts.push(formatBytes(bytes))
  if (seconds >= LEAST_MEASURED_SECONDS && documents > 0) {
    parts.push(`${formatCount(Math.round(documents / seconds))}/s`)
    if (share !== undefined && share > 0 && share < 1)
      parts.push(`${formatSeconds((seconds / share) * (1 - share))} left`)
  }
  return parts.join(', ')
}
