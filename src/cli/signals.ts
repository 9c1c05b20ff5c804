import { LakeferryError } from '../errors.js'
import { EXIT } from './exit-codes.js'
import { SLOT_VARIABLE } from './steps/slot-variable.js'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const
const SHOW_CURSOR = '\u001b[?25h'

export interface SignalWatch {
  readonly signal: AbortSignal
  /** Leaves signals to Node again. */
  stop(): void
}

/**
 * A run that `schedule` started stops when the channel between them closes: because it is asked to, or because the schedule
 * was killed, so that nothing is at work that nobody watches. Unlike a signal it doesn't meet those that a terminal
 * or a supervisor sends to both.
 */
function watchParent(process: NodeJS.Process, onOrphaned: () => void): void {
  // It may have closed while this program was loaded.
  if (!process.connected) onOrphaned()
  process.once('disconnect', onOrphaned)
  // The channel alone keeps nobody alive.
  process.channel?.unref()
}

/**
 * The first SIGINT or SIGTERM asks the work to stop, take back what it wrote and end; the second ends the process at
 * once, with the same exit code.
 *
 * @param options.json whether standard error is one JSON object a line
 */
export function watchSignals(process: NodeJS.Process, { json }: { readonly json: boolean }): SignalWatch {
  const controller = new AbortController()
  let signals = 0
  const onSignal = (signal: NodeJS.Signals): void => {
    signals++
    if (signals > 1) {
      if (process.stderr.isTTY && !json) process.stderr.write(SHOW_CURSOR)
      process.exit(EXIT.interrupted)
    }
    const text = `${signal}: stopping and cleaning up; once more to stop at once`
    process.stderr.write(json ? `${JSON.stringify({ event: 'note', text })}\n` : `\n${text}\n`)
    controller.abort(new LakeferryError('INTERRUPTED', { signal }))
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  const onOrphaned = (): void => {
    controller.abort(new LakeferryError('INTERRUPTED', { signal: 'the schedule that started it' }))
  }
  if (process.send !== undefined && process.env[SLOT_VARIABLE] !== undefined) watchParent(process, onOrphaned)
  return {
    signal: controller.signal,
    stop: () => {
      process.off('disconnect', onOrphaned)
      for (const name of SIGNALS) process.off(name, onSignal)
    },
  }
}
