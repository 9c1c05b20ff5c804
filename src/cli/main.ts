#!/usr/bin/env node
// The process: streams, signals, exit code. What the words mean is run-cli.ts, loaded when there is more to say than
// the version.
import { EXIT } from './exit-codes.js'
import { VERSION } from './version.js'

/** Node's exit code when nothing is left to do and an `await` still waits. */
const UNSETTLED_AWAIT = 13

const argv = process.argv.slice(2)
const json = argv.includes('--json')

// A reader that has seen enough (`lakeferry runs | head`) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  process.stdout.write(`${VERSION}\n`)
} else {
  // Node's own code for a crash is 1, which is a verdict about the data here. And should everything fall silent before
  // there was an answer, that is no success.
  let answered = false
  process.on('exit', code => {
    if (!answered && (code === 0 || code === UNSETTLED_AWAIT)) process.exitCode = EXIT.bug
  })
  process.on('uncaughtException', error => {
    const stack = error instanceof Error ? error.stack : String(error)
    const line = JSON.stringify({ event: 'error', code: 'BUG', message: String(error), stack })
    process.stderr.write(`${json ? line : `error BUG ${stack}`}\n`)
    answered = true
    process.exit(EXIT.bug)
  })
  const { runCli } = await import('./run-cli.js')
  const { watchSignals } = await import('./signals.js')
  const { systemClock } = await import('../ports/clock.js')
  const watch = watchSignals(process, { json })
  const { stdout, stderr, env } = process
  const { confirmer } = await import('./confirm.js')
  const confirm = json ? undefined : confirmer(process)
  const io = { stdout, stderr, env, cwd: process.cwd(), clock: systemClock, ...(confirm ? { confirm } : {}) }
  process.exitCode = await runCli(argv, io, watch.signal)
  answered = true
  watch.stop()
  // Whatever was still being waited for, such as a server that does not answer, nobody waits for any more.
  if (watch.signal.aborted) process.stdout.write('', () => process.exit())
}
