/** What the guard is told, as JSON in its first argument. */
export interface GuardOrder {
  readonly command: string
  readonly args: readonly string[]
  /** The service's working folder, removed with everything in it once the service has ended and nobody wants its log. */
  readonly directory: string
  /** How long the service may take to end of its own accord after SIGTERM, in milliseconds. */
  readonly graceMs: number
}

/** What the guard tells its owner: first `started` or `failed`, then `ended`, each at most once. */
export type GuardReport =
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'ended'; readonly how: string }

/**
 * The body of the small process that stands between a service and whoever wanted it. It ends the service when its
 * owner is gone, however that came about: even SIGKILL closes the owner's end of the IPC channel, and that is seen
 * here as `disconnect`. Disconnecting is also how an owner asks for the end.
 *
 * It is run from its own source text (`node -e`), so that it needs no file beside it, compiled or not; hence it may
 * use nothing from outside its own braces.
 */
export function guard(): void {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const { rmSync } = process.getBuiltinModule('node:fs')
  const order = JSON.parse(process.argv[1] ?? '') as GuardOrder
  let ended = false
  let stopping = false

  const tell = (report: GuardReport): void => {
    // The owner may be gone already, which is no reason to fail.
    if (process.connected) process.send?.(report, undefined, undefined, () => undefined)
  }
  const finish = (): void => {
    if (!ended || !stopping) return
    try {
      rmSync(order.directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    } catch (error) {
      console.error(`could not remove ${order.directory}: ${error}`)
    }
    process.exit(0)
  }

  // A group of its own: SIGKILL then reaches what the service has started, too.
  const service = spawn(order.command, order.args, {
    cwd: order.directory,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  service.on('spawn', () => tell({ kind: 'started', pid: service.pid ?? 0 }))
  service.on('error', error => {
    if (service.pid !== undefined) return
    ended = true
    tell({ kind: 'failed', reason: error.message })
    finish()
  })
  service.on('exit', (code, signal) => {
    ended = true
    tell({ kind: 'ended', how: signal === null ? `exit code ${code}` : `signal ${signal}` })
    finish()
  })

  const stop = (): void => {
    if (stopping) return
    stopping = true
    finish()
    service.kill('SIGTERM')
    setTimeout(() => {
      try {
        process.kill(-(service.pid ?? 0), 'SIGKILL')
      } catch {
        service.kill('SIGKILL')
      }
    }, order.graceMs)
  }
  process.on('disconnect', stop)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  // The owner may have gone before anybody listened.
  if (!process.connected) stop()
}
