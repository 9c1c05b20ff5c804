import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Runs a command as a whole process and tells its wall time and peak memory, by the kernel's own account. Asking /proc
 * every few milliseconds misses nothing: VmHWM is a high-water mark, and the last reading is at most that old.
 */
export async function measure(command, args, { env = process.env, cwd, accept = [0] } = {}) {
  const started = process.hrtime.bigint()
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  let peakKiB = 0
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr = (stderr + text).slice(-4_000)
  })
  const look = setInterval(() => {
    try {
      peakKiB = Math.max(
        peakKiB,
        Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0),
      )
    } catch {
      // Not Linux, or just ended: the figure is then of the last look, or 0.
    }
  }, 5)
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  clearInterval(look)
  const seconds = Number(process.hrtime.bigint() - started) / 1e9
  if (!accept.includes(code))
    throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr}${stdout.slice(-2_000)}`)
  return { seconds, peakMB: (peakKiB * 1024) / 1e6, stdout }
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
