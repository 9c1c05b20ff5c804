import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { PACKAGE_ROOT } from '../../src/demo/services-home.js'

const compiled = (path: string): string => JSON.stringify(pathToFileURL(`${PACKAGE_ROOT}/dist/${path}`).href)

/** What a script may use; `process.argv[1]` is the lake's directory. */
const PRELUDE = `
import { openFsStore } from ${compiled('adapters/fs/fs-store.js')}
import { withKeyLock } from ${compiled('adapters/fs/key-lock.js')}
import { setTimeout as sleep } from 'node:timers/promises'
const root = process.argv[1]
const store = openFsStore({ root })
const say = line => process.stdout.write(line + '\\n')
const bytes = text => new TextEncoder().encode(text)
const textOf = object => new TextDecoder().decode(object.body)
`

export interface LakeProcess {
  readonly process: ChildProcessWithoutNullStreams
  /** Whole lines that it has printed so far. */
  lines(): string[]
  /** Waits for a line. */
  said(line: string): Promise<void>
  /** Its exit code, or the signal that ended it, once all that it has said is here. */
  readonly ended: Promise<number | string>
}

/**
 * Runs a few lines of code over a `file:` lake in a process of its own, to be killed or stopped by a test.
 *
 * @param before shell commands such as `ulimit -f 64`, for that process alone
 */
export function runOnLake(root: string, script: string, before = ':'): LakeProcess {
  const child = spawn('/bin/sh', [
    '-c',
    `${before} && exec "$0" --input-type=module -e "$1" "$2"`,
    process.execPath,
    PRELUDE + script,
    root,
  ])
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.pipe(process.stderr)
  // Not `exit`, which may come before the last line that it printed.
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal)
  return {
    process: child,
    ended,
    lines: () => output.split('\n').slice(0, -1),
    async said(line) {
      const waiting = async (): Promise<void> => {
        while (!output.includes(`${line}\n`)) await once(child.stdout, 'data')
      }
      const early = ended.then(code => {
        if (!output.includes(`${line}\n`)) throw new Error(`ended with ${code} before it said ${line}`)
      })
      await Promise.race([waiting(), early])
    },
  }
}
