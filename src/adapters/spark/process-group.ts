import { spawn } from 'node:child_process'
import { TextTail } from './text-tail.js'

export interface ProcessOrder {
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Of this run alone: it goes when we do. */
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
  /** Between SIGTERM and SIGKILL, in milliseconds. @defaultValue 10_000 */
  readonly graceMs?: number
}

export interface ProcessEnd {
  /** `exit code 1`, `signal SIGKILL`. */
  readonly how: string
  readonly code: number | null
  /** The end of what it wrote. */
  readonly stdout: string
  readonly stderr: string
}

const GRACE_MS = 10_000

/**
 * Stands between us and the program, which it waits for whatever the group is told, so that no zombie stays where process 1
 * does not look after orphans. Its standard input is ours to hold: when we are gone, however that came about, it reads
 * the end of it, ends the group and removes its folder (`$0`), where Spark's blocks are. The program itself gets no input.
 * POSIX sh, so that nothing has to be installed.
 */
const KEEPER = `exec 3<&0
trap : TERM INT HUP PIPE
"$@" </dev/null 3<&- &
job=$!
{ trap '' TERM; read -r _ <&3; : > "$0/orphaned"; kill -TERM 0; sleep 10; rm -rf -- "$0"; kill -KILL 0; } >/dev/null 2>&1 &
keeper=$!
exec 3<&-
wait "$job"
status=$?
while kill -0 "$job" 2>/dev/null; do wait "$job"; status=$?; done
kill -KILL "$keeper" 2>/dev/null
[ -e "$0/orphaned" ] && rm -rf -- "$0"
exit "$status"`

/**
 * Runs a program to its end, in a process group of its own, so that what it has started ends with it: when the signal aborts,
 * and when this process dies. Of what it writes only the end is kept, whatever the length.
 *
 * @throws the error of the operating system when it cannot be started
 */
export async function runGroup(order: ProcessOrder): Promise<ProcessEnd> {
  const { command, args, env, cwd, signal } = order
  const child = spawn('/bin/sh', ['-c', KEEPER, cwd, command, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = [new TextTail(), new TextTail()]
  child.stdout.on('data', chunk => stdout.add(chunk))
  child.stderr.on('data', chunk => stderr.add(chunk))
  // It is never written to; that it breaks says only that the other end has gone.
  child.stdin.on('error', () => undefined)

  let overdue: NodeJS.Timeout | undefined
  const stop = (): void => {
    endGroup(child.pid, 'SIGTERM')
    overdue = setTimeout(() => endGroup(child.pid, 'SIGKILL'), order.graceMs ?? GRACE_MS)
  }
  if (signal?.aborted) stop()
  else signal?.addEventListener('abort', stop, { once: true })
  try {
    const [code, by] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, by) => resolve([code, by]))
    })
    return { how: by === null ? `exit code ${code}` : `signal ${by}`, code, stdout: stdout.text, stderr: stderr.text }
  } finally {
    clearTimeout(overdue)
    signal?.removeEventListener('abort', stop)
    // What the program has left behind, which nobody waits for.
    endGroup(child.pid, 'SIGKILL')
  }
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch {
    // The group is gone, which is what was wanted.
  }
}
