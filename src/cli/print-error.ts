import { LakeferryError, reasonOf } from '../errors.js'
import { redactUris } from '../model/redact-uri.js'
import { EXIT } from './exit-codes.js'
import type { Output } from './output.js'

export function exitCodeOf(error: unknown): number {
  return error instanceof LakeferryError ? error.exitCode : EXIT.bug
}

/** `error` of the JSON object. `dataset` tells which of several it was. */
export function errorJson(error: unknown, dataset?: string): Record<string, unknown> {
  const at = dataset === undefined ? {} : { dataset }
  if (error instanceof LakeferryError) {
    const { code, message, hint, retryable } = error
    return { code, message: shownText(message), hint: shownText(hint), retryable, ...at }
  }
  return { code: 'BUG', message: shownText(reasonOf(error)), hint: BUG_HINT, retryable: false, ...at }
}

const BUG_HINT = 'This is a mistake in Lakeferry, not yours. Please report it with the text that --verbose prints.'

/** How far causes are followed: an error may name itself as its cause. */
const MAX_CAUSES = 5

export interface PrintOptions {
  readonly verbose: boolean
  readonly json: boolean
}

/**
 * Code, message and hint on standard error; with --verbose also the causes. A bug shows its stack in any case. With --json
 * the same as one line.
 */
export function printError(out: Output, error: unknown, { verbose, json }: PrintOptions): void {
  if (json) {
    out.event('error', errorEvent(error, verbose))
    return
  }
  const paint = out.errorPaint
  if (!(error instanceof LakeferryError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : `thrown: ${String(error)}`
    out.error(`${paint.red('error')} ${paint.bold('BUG')} ${shownText(stack)}\n  ${BUG_HINT}`)
    if (verbose && error instanceof Error) printCauses(out, error)
    return
  }
  out.error(`${paint.red('error')} ${paint.bold(error.code)} ${shownText(error.message)}`)
  out.error(`  ${shownText(error.hint)}`)
  if (verbose) printCauses(out, error)
}

function errorEvent(error: unknown, verbose: boolean): Record<string, unknown> {
  const stack = error instanceof LakeferryError ? {} : { stack: shownText(stackOf(error)) }
  return { ...errorJson(error), ...stack, ...(verbose && { causes: causesOf(error) }) }
}

function printCauses(out: Output, error: Error): void {
  for (const cause of causesOf(error)) out.error(`  caused by ${cause}`)
}

function causesOf(error: unknown): string[] {
  const causes: string[] = []
  let cause = error instanceof Error ? error.cause : undefined
  while (causes.length < MAX_CAUSES && cause !== undefined && cause !== null) {
    causes.push(shownText(stackOf(cause)))
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/**
 * Text from servers and files, fit for a terminal: addresses without their secrets, and no control characters, which
 * could move the cursor or colour what follows.
 */
export function shownText(text: string): string {
  return redactUris(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}
