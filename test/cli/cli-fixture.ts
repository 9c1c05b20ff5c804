import type { Io, OutStream } from '../../src/cli/io.js'
import { runCli } from '../../src/cli/run-cli.js'

export interface Invocation {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface InvokeOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  readonly now?: Date
  readonly signal?: AbortSignal
  readonly tty?: boolean
  /** Told each piece of standard output as it is written. */
  readonly onStdout?: (text: string) => void
}

/** Runs the command line in this process. */
export async function invoke(argv: readonly string[], options: InvokeOptions = {}): Promise<Invocation> {
  const {
    cwd = process.cwd(),
    env = {},
    now = new Date(),
    signal = new AbortController().signal,
    tty = false,
    onStdout,
  } = options
  const [stdout, stderr] = [new Capture(tty, onStdout), new Capture(tty)]
  const io: Io = { stdout, stderr, env, cwd, clock: { now: () => now } }
  const exitCode = await runCli(argv, io, signal)
  return { exitCode, stdout: stdout.text, stderr: stderr.text }
}

export class Capture implements OutStream {
  text = ''
  readonly isTTY: boolean
  readonly columns: number = 100
  readonly #onWrite: ((text: string) => void) | undefined

  constructor(isTTY: boolean, onWrite?: (text: string) => void) {
    this.isTTY = isTTY
    this.#onWrite = onWrite
  }

  write(text: string): boolean {
    this.text += text
    this.#onWrite?.(text)
    return true
  }
}

/** The one JSON object that standard output must be. */
export function jsonOf({ stdout }: Pick<Invocation, 'stdout'>): Record<string, unknown> {
  if (!stdout.endsWith('}\n') || stdout.indexOf('\n') !== stdout.length - 1)
    throw new Error(`not one line of JSON: ${stdout}`)
  return JSON.parse(stdout)
}
