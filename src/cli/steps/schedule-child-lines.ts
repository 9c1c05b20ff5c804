import { jsonLine } from '../../model/json-line.js'
import type { SlotOrder } from '../../ports/slot-runner.js'
import type { Output } from '../output.js'

/** Lines of a run's standard error that are about the way there, once a second: nobody reads them in a log. */
const LEFT_OUT = new Set(['progress', 'note'])

export interface ChildLinesOptions {
  readonly json: boolean
  /** Whether the log is wanted in any case: `telemetry.log: json`. */
  readonly log: boolean
}

/** Hands on what a run says: with --json as it is, for people in words. */
export function childLines(out: Output, { json, log }: ChildLinesOptions): (order: SlotOrder, line: string) => void {
  return ({ set }, line) => {
    const said: Said | undefined = jsonLine(line)
    if (said !== undefined && typeof said.event === 'string' && LEFT_OUT.has(said.event)) return
    // A line of the log has a time; what has none is said to whoever started the command.
    const isLog = said !== undefined && typeof said.time === 'string'
    if (json || (isLog && log)) out.stderr.write(`${line}\n`)
    else if (said === undefined) out.stderr.write(`${set}: ${line}\n`)
    else if (said.event === 'error') out.warn(`${set}: ${said.code} ${said.message}\n  ${said.hint}`)
    else if (typeof said.text === 'string') out.warn(`${set}: ${said.text}`)
  }
}

interface Said {
  readonly event?: unknown
  readonly time?: unknown
  readonly text?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly hint?: unknown
}
