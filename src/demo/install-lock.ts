import { readFileSync } from 'node:fs'
import { rm, stat, writeFile } from 'node:fs/promises'

/** A lock older than this is taken to be somebody's who is no more, whatever its pid says now. In milliseconds. */
const LOCK_STALE_MS = 600_000

/**
 * Waits until nobody else installs, and gives what ends our turn. The lock saves work and protects nothing: of two who
 * install at once by accident, both must succeed.
 */
export async function takeInstallLock(file: string, signal: AbortSignal | undefined): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await writeFile(file, `${process.pid}\n`, { flag: 'wx' })
      return () => rm(file, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (await isStale(file)) await rm(file, { force: true })
    else await new Promise(resolve => setTimeout(resolve, 200))
    signal?.throwIfAborted()
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    const age = Date.now() - (await stat(file)).mtimeMs
    // Between its creation and its first byte the file is empty, and that is nobody's fault.
    if (!(pid > 0)) return age > 5_000
    return !isAlive(pid) || age > LOCK_STALE_MS
  } catch {
    return false
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
