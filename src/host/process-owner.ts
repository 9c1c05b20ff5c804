import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { errnoOf } from './errno.js'

/**
 * A process, as text: `boot/pid space/pid/start/nonce`. The first four name a process beyond doubt: a process id
 * is used again, but not with the same start time, and it means something only within one boot and one pid namespace.
 */
export type ProcessOwner = string

let self: string | undefined

/** This process, with a nonce, so that two holders within it differ. */
export function newProcessOwner(): ProcessOwner {
  self ??= `${bootId()}/${pidSpace()}/${process.pid}/${startOf(process.pid) ?? '-'}`
  return `${self}/${randomBytes(8).toString('hex')}`
}

/**
 * Whether the owner is dead beyond doubt. A wrong yes would let two processes write at once, so everything that cannot
 * be proven (another machine, another container, a text of another version) is a no.
 *
 * @param oneKernel whether only the running kernel can reach the lock: then another boot's processes are all dead
 */
export function isDead(owner: ProcessOwner, oneKernel: boolean): boolean {
  return fateOf(owner, oneKernel) === 'dead'
}

/** Whether the owner lives, beyond doubt: a process of this machine that can be seen. Neither alive nor dead is possible. */
export function isAlive(owner: ProcessOwner): boolean {
  return fateOf(owner, false) === 'alive'
}

function fateOf(owner: ProcessOwner, oneKernel: boolean): 'alive' | 'dead' | 'unknown' {
  const [boot, space, pidText, start] = owner.split('/')
  const pid = Number(pidText)
  if (boot === undefined || start === undefined || !Number.isSafeInteger(pid) || pid < 1) return 'unknown'
  if (boot !== bootId()) return oneKernel ? 'dead' : 'unknown'
  if (space !== pidSpace()) return 'unknown'
  try {
    process.kill(pid, 0)
  } catch (error) {
    // EPERM is an answer from a living process of somebody else's.
    if (errnoOf(error) === 'ESRCH') return 'dead'
  }
  if (start === '-') return 'unknown'
  const now = startOf(pid)
  // Unreadable (hidepid) proves nothing.
  if (now === undefined) return 'unknown'
  return now !== start || isZombie(pid) ? 'dead' : 'alive'
}

/** The owner for a person. */
export function describeOwner(owner: ProcessOwner): string {
  const [boot, , pid] = owner.split('/')
  return boot === bootId() ? `process ${pid}` : `process ${pid} of another machine or an earlier boot (${boot})`
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1').trim()
  } catch {
    return undefined
  }
}

/** Without Linux's own the host's name has to do: it does not change with a boot, and `isDead` asks the process table. */
function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id') ?? `host-${hostname().replaceAll('/', '-')}`
}

function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replaceAll(/\D/g, '')
  } catch {
    return '-'
  }
}

/** The fields of /proc/PID/stat after the name, which is in brackets and may hold spaces and brackets itself. */
function statOf(pid: number): string[] | undefined {
  const text = read(`/proc/${pid}/stat`)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Clock ticks between boot and the process's start: field 22 of proc(5). */
function startOf(pid: number): string | undefined {
  return statOf(pid)?.[19]
}

/** Ended but not yet waited for. A killed process shows Z while its last threads may still be in a system call. */
function isZombie(pid: number): boolean {
  const state = statOf(pid)?.[0]
  if (state !== 'Z' && state !== 'X') return false
  try {
    return readdirSync(`/proc/${pid}/task`).length <= 1
  } catch (error) {
    return errnoOf(error) === 'ENOENT'
  }
}
