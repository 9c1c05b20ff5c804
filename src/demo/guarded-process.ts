import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GuardOrder, type GuardReport, guard } from './guard.js'

export interface GuardedProcessOptions {
  /** For messages and for the name of the temporary folder: `mongod`. */
  readonly name: string
  readonly command: string
  /** `directory` is the service's own temporary folder, its working folder too, removed when it ends. */
  readonly args: (directory: string) => readonly string[]
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
  /**
   * Asked again and again while the service starts, with what it has written so far; a value other than undefined says
   * that it is up. What it throws counts as "not yet".
   */
  readonly ready: (log: string) => Promise<string | undefined> | string | undefined
  /** @defaultValue 60_000, in milliseconds */
  readonly startWithinMs?: number
  /** Between SIGTERM and SIGKILL. @defaultValue 10_000, in milliseconds */
  readonly graceMs?: number
  readonly signal?: AbortSignal
}

export interface GuardedProcess {
  /** Of the service itself. */
  readonly pid: number
  /** What `ready` answered. */
  readonly ready: string
  /** Ends the service and removes its folder. Resolves when both are done; may be called again. */
  stop(): Promise<void>
}

/** What the guard gets beyond the service's grace before it is given up, in milliseconds. */
const OVERDUE_MS = 5_000

/** How much of what a service wrote goes into an error message, in characters. */
const LOG_TAIL = 2_000

/**
 * Starts a service that cannot outlive this process: not after an exit, an exception, Ctrl-C or SIGKILL.
 *
 * @throws Error with the last lines that the service wrote, when it could not be started or was not up in time
 */
export async function startGuarded(options: GuardedProcessOptions): Promise<GuardedProcess> {
  const directory = await mkdtemp(join(tmpdir(), `lakeferry-${options.name}-`))
  const logFile = join(directory, 'service.log')
  const log = openSync(logFile, 'a')
  const order: GuardOrder = {
    command: options.command,
    args: options.args(directory),
    directory,
    graceMs: options.graceMs ?? 10_000,
  }
  const keeper = spawn(process.execPath, ['-e', `(${guard.toString()})()`, JSON.stringify(order)], {
    cwd: directory,
    // NODE_OPTIONS is for the program that was started with it, not for its helpers; and some services leave logs and the
    // like in the temporary folder, which is therefore theirs.
    env: { ...process.env, NODE_OPTIONS: '', TMPDIR: directory, ...options.env },
    stdio: ['ignore', log, log, 'ipc'],
    // Away from the terminal's group, so that Ctrl-C reaches the owner only, who may still need the service.
    detached: true,
  })
  closeSync(log)

  let pid: number | undefined
  let trouble: string | undefined
  const ended = new Promise<void>(resolve => {
    keeper.once('error', error => {
      trouble ??= error.message
      resolve()
    })
    keeper.once('exit', () => {
      trouble ??= 'it ended'
      resolve()
    })
  })
  keeper.on('message', (report: GuardReport) => {
    if (report.kind === 'started') pid = report.pid
    else trouble ??= report.kind === 'failed' ? report.reason : `it ended with ${report.how}`
  })
  // The service must not keep a program alive that has nothing else to do.
  keeper.unref()
  keeper.channel?.unref()

  let stopped: Promise<void> | undefined
  const end = async (): Promise<void> => {
    keeper.ref()
    if (keeper.connected) keeper.disconnect()
    const overdue = setTimeout(() => keeper.kill('SIGKILL'), order.graceMs + OVERDUE_MS)
    await ended
    clearTimeout(overdue)
    // A guard that was killed, by us or by somebody, has not ended the service.
    if (pid !== undefined && keeper.signalCode !== null) killGroup(pid)
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
  const stop = (): Promise<void> => {
    stopped ??= end()
    return stopped
  }

  const deadline = Date.now() + (options.startWithinMs ?? 60_000)
  let wait = 20
  for (;;) {
    const written = readLog(logFile)
    const answer = trouble === undefined && pid !== undefined ? await tryReady(options.ready, written) : undefined
    if (answer !== undefined && pid !== undefined) return { pid, ready: answer, stop }
    if (options.signal?.aborted) trouble ??= 'it was no longer wanted'
    if (Date.now() > deadline) trouble ??= `it was not up within ${(options.startWithinMs ?? 60_000) / 1000} s`
    if (trouble !== undefined) {
      const tail = readLog(logFile).trim().slice(-LOG_TAIL)
      await stop()
      throw new Error(`${options.name} did not start: ${trouble}${tail === '' ? '' : `; it wrote: ${tail}`}`)
    }
    await new Promise(resolve => setTimeout(resolve, wait))
    wait = Math.min(wait * 1.5, 200)
  }
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

async function tryReady(ready: GuardedProcessOptions['ready'], log: string): Promise<string | undefined> {
  try {
    return await ready(log)
  } catch {
    return undefined
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It is gone, which is what was wanted.
  }
}
