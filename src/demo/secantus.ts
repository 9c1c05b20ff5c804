import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GuardedProcess, startGuarded } from './guarded-process.js'

export interface SecantusOptions {
  /** Path of `secantusd-py`. */
  readonly program: string
  /** Where the data is; `:memory:` keeps it for as long as the server runs. @defaultValue its temporary folder */
  readonly storagePath?: string
  /** Further flags, `--auth`, `--enable-test-commands`. */
  readonly flags?: readonly string[]
  readonly signal?: AbortSignal
}

export interface LocalServer {
  /** With `directConnection`, so that a client asks for no other member. */
  readonly uri: string
  readonly port: number
  readonly pid: number
  stop(): Promise<void>
}

/** Starts SecantusDB, a server that speaks MongoDB's protocol, on a free port of the loopback. */
export async function startSecantus(options: SecantusOptions): Promise<LocalServer> {
  const server = await startGuarded({
    name: 'secantusd',
    command: options.program,
    args: directory => {
      // Without a configuration of its own it would take settings from the user's home.
      const config = join(directory, 'secantusd.toml')
      writeFileSync(config, '')
      const storage = options.storagePath ?? join(directory, 'data')
      const fixed = ['--config', config, '--host', '127.0.0.1', '--port', '0', '--log-level', 'INFO']
      return [...fixed, '--storage-path', storage, ...(options.flags ?? [])]
    },
    // The port it has taken is in its log: nobody can take it in between.
    ready: log => /listening on 127\.0\.0\.1:(\d+)/.exec(log)?.[1],
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  return localServer(server, Number(server.ready))
}

export function localServer(server: GuardedProcess, port: number): LocalServer {
  return {
    uri: `mongodb://127.0.0.1:${port}/?directConnection=true`,
    port,
    pid: server.pid,
    stop: () => server.stop(),
  }
}
