import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { reasonOf } from '../../errors.js'
import type { SlotOrder, SlotOutcome, SlotRunner } from '../../ports/slot-runner.js'
import { SLOT_VARIABLE, slotText } from './slot-variable.js'

export interface ProcessRunnerOptions {
  /** Node's own program, and this program's, with what comes before its words. */
  readonly program: readonly [string, ...string[]]
  /** Absolute path of the configuration. */
  readonly config: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Each line of its standard error. */
  readonly onLine: (order: SlotOrder, line: string) => void
  /** How long who is asked to stop may take to take back or keep what it has, in milliseconds. @defaultValue a minute */
  readonly killAfterMs?: number
}

/** Characters of the run's answer that are kept, at most: only an error is looked for in it, and an answer with one is short. */
const MOST_ANSWER = 16 * 1024 ** 2

/**
 * Runs each slot as a process of its own: `lakeferry run --run-id ID --resume`. Its memory, its hanging and its crash are not
 * ours. It has a process group of its own, so that Ctrl-C in a terminal reaches us alone, and a channel: closing it asks the
 * run to stop, and it closes by itself when we are killed.
 */
export class ProcessRunner implements SlotRunner {
  readonly #options: ProcessRunnerOptions

  constructor(options: ProcessRunnerOptions) {
    this.#options = options
  }

  async run(order: SlotOrder, signal: AbortSignal): Promise<SlotOutcome> {
    const { program, config, cwd, env, onLine, killAfterMs = 60_000 } = this.#options
    const { set, slot, runId, datasets = [] } = order
    const [file, ...words] = program
    const args = [...words, 'run', ...datasets, '--run-id', runId, '--resume', '--json', '--config', config]
    let child: ChildProcess
    try {
      child = spawn(file, args, {
        cwd,
        env: { ...env, [SLOT_VARIABLE]: slotText({ set, at: slot }) },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        detached: true,
      })
    } catch (error) {
      return notStarted(error)
    }
    let answer = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (answer.length < MOST_ANSWER) answer += text
    })
    if (child.stderr) createInterface({ input: child.stderr }).on('line', line => onLine(order, line))
    let killer: NodeJS.Timeout | undefined
    const stop = (): void => {
      if (child.connected) child.disconnect()
      killer ??= setTimeout(() => killGroup(child), killAfterMs)
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    try {
      return await ended(child, () => answer)
    } finally {
      signal.removeEventListener('abort', stop)
      clearTimeout(killer)
    }
  }
}

function ended(child: ChildProcess, answer: () => string): Promise<SlotOutcome> {
  return new Promise(resolve => {
    child.once('error', error => {
      // Also told of a process that is there, and could not be sent a signal.
      if (child.pid === undefined) resolve(notStarted(error))
    })
    child.once('exit', (exitCode, signal) => {
      void lastWords(child).then(() => {
        const error = errorIn(answer())
        if (error !== undefined) resolve({ exitCode, error })
        else resolve(signal === null ? { exitCode } : { exitCode: null, error: killed(signal) })
      })
    })
  })
}

/** How long the last words of a process that ended are waited for, in milliseconds. */
const LAST_WORDS_MS = 2_000

/** Until its streams are closed; but what it has started may hold them open for ever. */
async function lastWords({ stdout, stderr }: ChildProcess): Promise<void> {
  const signal = AbortSignal.timeout(LAST_WORDS_MS)
  const closing = [stdout, stderr].map(async stream => {
    if (stream !== null && !stream.closed) await once(stream, 'close', { signal }).catch(() => undefined)
  })
  await Promise.all(closing)
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

/** `error` of the JSON object that docs/cli.md describes. */
function errorIn(answer: string): SlotOutcome['error'] {
  try {
    const { error }: { error?: { code?: unknown; message?: unknown; hint?: unknown; retryable?: unknown } } =
      JSON.parse(answer)
    if (error === undefined) return undefined
    const { code, message, hint, retryable } = error
    return {
      ...{ code: String(code), message: String(message), retryable: retryable === true },
      ...(typeof hint === 'string' ? { hint } : {}),
    }
  } catch {
    return undefined
  }
}

function killed(signal: NodeJS.Signals): NonNullable<SlotOutcome['error']> {
  return { code: 'KILLED', message: `its process was ended by ${signal}`, retryable: true }
}

function notStarted(error: unknown): SlotOutcome {
  return { exitCode: null, error: { code: 'NOT_STARTED', message: reasonOf(error), retryable: true } }
}
