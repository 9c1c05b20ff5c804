import picocolors from 'picocolors'
import { type LogFact, levelOf, logEvent } from '../telemetry/log-line.js'
import type { Io, OutStream } from './io.js'

export interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
  /** False with --no-color. */
  readonly color: boolean
}

type Colors = ReturnType<typeof picocolors.createColors>

/** Width of lines where nobody looks at a terminal. */
const PLAIN_WIDTH = 100

/** What a line of standard error is about, with --json. */
export type EventName = 'progress' | 'note' | 'warning' | 'detail' | 'error'

/**
 * Where text goes. Standard output has the answer: for people, or with --json one JSON object and nothing else. Standard
 * error has everything about the way there: for people, or with --json one JSON object a line.
 */
export class Output {
  /** Colours of standard output. */
  readonly paint: Colors
  /** Colours of standard error. */
  readonly errorPaint: Colors
  readonly width: number
  readonly #io: Io
  readonly #options: OutputOptions
  #watched = false
  #closed = false
  #logging = false

  constructor(io: Io, options: OutputOptions) {
    this.#io = io
    this.#options = options
    // https://no-color.org: any text but the empty one.
    const wanted = options.color && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb'
    this.paint = picocolors.createColors(wanted && io.stdout.isTTY === true)
    this.errorPaint = picocolors.createColors(wanted && !options.json && io.stderr.isTTY === true)
    this.width = io.stdout.columns ?? PLAIN_WIDTH
  }

  /** A line of the answer, for people: not with --json. */
  line(text: string): void {
    if (!this.#options.json) this.#io.stdout.write(`${text}\n`)
  }

  /** The answer for programs. */
  json(value: unknown): void {
    this.#io.stdout.write(`${JSON.stringify(value)}\n`)
  }

  /** The answer itself, such as a report: to standard output as it is. */
  raw(text: string): void {
    this.#io.stdout.write(text)
  }

  /**
   * The same for long answers: waits until the reader has taken it, so that memory does not fill with what a slow one has
   * not.
   *
   * @returns false when nobody reads any more, and more need not be made
   */
  async pour(text: string): Promise<boolean> {
    const { stdout } = this.#io
    if (!this.#watched) {
      this.#watched = true
      // Node's standard output stays open after EPIPE, and tells it again at each write.
      stdout.on?.('error', () => {
        this.#closed = true
      })
    }
    if (!stdout.write(text) && stdout.on !== undefined) {
      await new Promise<void>(resolve => {
        const go = (): void => {
          stdout.off?.('drain', go)
          stdout.off?.('error', go)
          resolve()
        }
        stdout.on?.('drain', go)
        stdout.on?.('error', go)
      })
    }
    return !this.#closed
  }

  /** About the way: not with --quiet. */
  note(text: string): void {
    if (!this.#options.quiet) this.#tell('note', text, text)
  }

  /** Worth knowing even with --quiet. */
  warn(text: string): void {
    this.#tell('warning', text, `${this.errorPaint.yellow('warning')} ${text}`)
  }

  /** What belongs to an error or a warning, such as the documents it is about. */
  error(text: string): void {
    this.#tell('detail', text.trim(), text)
  }

  /** A line of standard error for programs: only with --json. */
  event(event: EventName, members: Readonly<Record<string, unknown>>): void {
    this.#io.stderr.write(`${JSON.stringify({ event, ...members })}\n`)
  }

  /** From here on everything is logged, whatever the flags: `telemetry.log: json`. */
  logAlways(): void {
    this.#logging = true
  }

  /**
   * A line of the log on standard error: with `telemetry.log: json` always; else with --json, and with --quiet beside it
   * only what is no mere information.
   */
  log(fact: LogFact): void {
    const { json, quiet } = this.#options
    const loud = json && (!quiet || (fact.level ?? levelOf(fact.event)) !== 'info')
    if (this.#logging || loud) this.#io.stderr.write(`${logEvent(fact)}\n`)
  }

  #tell(event: EventName, text: string, shown: string): void {
    if (this.#options.json) this.event(event, { text })
    else this.#io.stderr.write(`${shown}\n`)
  }

  get stderr(): OutStream {
    return this.#io.stderr
  }
}
