import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Milliseconds between two looks at /proc. */
const LOOK_EVERY = 5

/** Of `utime` and `stime` in /proc/PID/stat, in a second: USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS = 100

/**
 * Runs a command as a whole process and tells its wall time, CPU time and peak resident memory, all threads counted, by
 * the kernel's own account. A look every few milliseconds misses next to nothing: VmHWM is a high-water mark and CPU
 * time only grows, so what is missing is what happened after the last look.
 */
export async function measure(command, args, { env = process.env, cwd, accept = [0] } = {}) {
  const started = process.hrtime.bigint()
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  let peakKiB = 0
  let cpuSeconds = 0
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr = (stderr + text).slice(-4_000)
  })
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      peakKiB = Math.max(peakKiB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))
      // The name in parentheses may hold anything, so the fields are counted from behind it.
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      cpuSeconds = Math.max(cpuSeconds, (Number(fields[11]) + Number(fields[12])) / TICKS)
    } catch {
      // Not Linux, or just ended: the figures are then of the last look, or 0.
    }
  }, LOOK_EVERY)
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  }).finally(() => clearInterval(look))
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  if (!accept.includes(code))
    throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr}${stdout.slice(-2_000)}`)
  return { seconds, cpuSeconds, peakMB: (peakKiB * 1024) / 1e6, stdout }
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
