import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import type { Invocation } from './cli-fixture.js'

// Node alone takes a second to start where others are at work, and most tests that start it do so several times.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

/** The compiled command, as it is installed. */
export const MAIN: string = fileURLToPath(new URL('../../dist/bin/main.js', import.meta.url))

export interface Spawned {
  readonly child: ChildProcess
  readonly ended: Promise<Invocation>
}

/**
 * Runs `lakeferry` in a process of its own. `exitCode` is -1 when a signal ended it.
 *
 * @param options - `before`: shell commands such as `ulimit -f 64`, for that process alone
 */
export function lakeferry(
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; before?: string } = {},
): Spawned {
  const { PATH = '', HOME = '' } = process.env
  const words = [process.execPath, MAIN, ...argv]
  const [program = '', ...args] =
    options.before === undefined ? words : ['/bin/sh', '-c', `${options.before} && exec "$0" "$@"`, ...words]
  const child = spawn(program, args, {
    cwd: options.cwd,
    // None of the machine's own settings.
    env: { PATH, HOME, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  const ended = new Promise<Invocation>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve({ exitCode: code ?? -1, ...said }))
  })
  return { child, ended }
}
