// Loaded into a process with --import: leaves the most memory that it ever had in the file $PEAK_FILE, by the kernel's own account.
import { readFileSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('exit', () => {
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
    writeFileSync(process.env.PEAK_FILE, String(kibibytes * 1024))
  })
}
