import { LakeferryError } from '../errors.js'
import { EXIT } from './exit-codes.js'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const SHOW_CURSOR = '\u001b[?25h'

export interface SignalWatch {
  readonly signal: AbortSignal
  /** Leaves signals to Node again. */
  stop(): void
}

/**
 * The first SIGINT or SIGTERM asks the work to stop, take back what it wrote and end; the second ends the process at
 * once, with the same exit code.
 *
 * @param options.json whether standard error is one JSON object a line
 */
export function watchSignals(process: NodeJS.Process, { json }: { readonly json: boolean }): SignalWatch {
  const controller = new AbortController()
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (process.stderr.isTTY && !json) process.stderr.write(SHOW_CURSOR)
      process.exit(EXIT.interrupted)
    }
    const text = `${signal}: stopping and cleaning up; once more to stop at once`
    process.stderr.write(json ? `${JSON.stringify({ event: 'note', text })}\n` : `\n${text}\n`)
    controller.abort(new LakeferryError('INTERRUPTED', { signal }))
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of SIGNALS) process.off(name, onSignal)
    },
  }
}
