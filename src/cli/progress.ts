import type { SingleBar } from 'cli-progress'
import { formatBytes, formatCount, formatSeconds } from '../report/figures.js'
import type { OutStream } from './io.js'
import type { Output } from './output.js'
import { RecentRate } from './recent-rate.js'

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
/** The same for JSON lines, which a program reads; at the end there is one in any case. */
export const JSON_INTERVAL_MS = 1_000
const BAR_COLUMNS = 24
const DRAWS_PER_SECOND = 10
const NOTHING_YET: ProgressState = { documents: 0, expected: 0 }

type Bars = typeof import('cli-progress')

export interface ReporterOptions {
  readonly quiet: boolean
  readonly json: boolean
  /** `command` of the JSON lines. */
  readonly command: string
  /** Milliseconds since whenever. */
  readonly now?: () => number
}

/**
 * A bar that redraws itself on a terminal, a line now and then elsewhere, JSON lines with --json, nothing with --quiet. All on
 * standard error.
 */
export class ProgressReporter {
  readonly #open: (label: string) => Progress
  readonly #running = new Set<Progress>()

  static async create(out: Output, options: ReporterOptions): Promise<ProgressReporter> {
    const { now = () => performance.now(), quiet, json, command } = options
    if (quiet) return new ProgressReporter(() => ({ update: () => undefined, stop: () => undefined }))
    if (json) return new ProgressReporter(label => jsonLinesOf({ command, dataset: label }, now, out))
    if (out.stderr.isTTY !== true) return new ProgressReporter(label => linesOf(label, now, out))
    // CommonJS: its names are on `default`.
    const bars = (await import('cli-progress')).default
    return new ProgressReporter(label => barOf(bars, out.stderr, label, now))
  }

  private constructor(open: (label: string) => Progress) {
    this.#open = open
  }

  /** @param label the dataset, or what else it is about */
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
}

function jsonLinesOf(about: { command: string; dataset: string }, now: () => number, out: Output): Progress {
  const rate = new RecentRate()
  let last = now()
  let state = NOTHING_YET
  const print = (): void => {
    last = now()
    const { documents, expected, bytes } = state
    out.event('progress', {
      ...about,
      documents,
      // An estimate that was too low is none.
      expected: expected === 0 || expected < documents ? null : expected,
      bytes: bytes ?? null,
      documentsPerSecond: rounded(rate.documentsPerSecond(last), 0),
      secondsLeft: rounded(rate.secondsLeft(last), 1),
    })
  }
  return {
    update: next => {
      state = next
      rate.note(readingOf(state, now()))
      if (now() - last >= JSON_INTERVAL_MS) print()
    },
    stop: print,
  }
}

function linesOf(label: string, now: () => number, out: Output): Progress {
  const rate = new RecentRate()
  let last = now()
  return {
    update: state => {
      const at = now()
      rate.note(readingOf(state, at))
      if (at - last < LINE_INTERVAL_MS) return
      last = at
      out.note(`${label}: ${progressText(state, rate, at)}`)
    },
    stop: () => undefined,
  }
}

function barOf(bars: Bars, stream: OutStream, label: string, now: () => number): Progress {
  const rate = new RecentRate()
  const bar: SingleBar = new bars.SingleBar({
    stream: stream as NodeJS.WriteStream,
    format: (_options, _params, state: ProgressState) =>
      `${label}  ${barText(state)}${progressText(state, rate, now())}`,
    fps: DRAWS_PER_SECOND,
    hideCursor: true,
    clearOnComplete: true,
    // Signals are ours.
    gracefulExit: false,
  })
  // It writes into what it is given.
  bar.start(1, 0, { ...NOTHING_YET })
  return {
    update: state => {
      rate.note(readingOf(state, now()))
      bar.update(state)
    },
    stop: () => bar.stop(),
  }
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

function readingOf(state: ProgressState, at: number): Parameters<RecentRate['note']>[0] {
  return { at, documents: state.documents, share: shareOf(state) }
}

function rounded(value: number | undefined, digits: number): number | null {
  return value === undefined ? null : Number(value.toFixed(digits))
}

/** `12,345 of 20,000 documents (61%), 9.2 MB, 5,120/s, 2 s left`. */
export function progressText(state: ProgressState, rate: RecentRate, now: number): string {
  const { documents, expected, bytes } = state
  const share = shareOf(state)
  const of = expected === 0 ? '' : ` of ${formatCount(Math.max(expected, documents))}`
  const parts = [
    `${formatCount(documents)}${of} documents${share === undefined ? '' : ` (${Math.floor(share * 100)}%)`}`,
  ]
  if (bytes) parts.push(formatBytes(bytes))
  const perSecond = rate.documentsPerSecond(now)
  if (perSecond !== undefined && documents > 0) parts.push(`${formatCount(Math.round(perSecond))}/s`)
  const left = rate.secondsLeft(now)
  if (left !== undefined) parts.push(`${formatSeconds(left)} left`)
  return parts.join(', ')
}
