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
 */
export function watchSignals(process: NodeJS.Process): SignalWatch {
  const controller = new AbortController()
  const onSignal = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR)
      process.exit(EXIT.interrupted)
    }
    process.stderr.write(`\n${signal}: stopping and cleaning up; once more to stop at once\n`)
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
