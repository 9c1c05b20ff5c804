import { mkdir, readdir, readlink, rename, symlink, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { errnoOf } from '../../host/errno.js'
import { describeOwner, isDead, newProcessOwner, type ProcessOwner } from '../../host/process-owner.js'
import { isOfOneKernel } from './one-kernel.js'
import { writerName } from './unfinished.js'

/** What a ticket says once its holder is done. */
const FREE = 'free'
const POLL_MIN_MS = 1
const POLL_MAX_MS = 25

/** Raised when the wait is over; the caller knows the key and makes the message. */
export class LockTimeout extends Error {
  readonly owner: string
  constructor(owner: string) {
    super(`locked by ${owner}`)
    this.owner = owner
  }
}

/**
 * Runs `work` while no other process that uses the same `directory` does.
 *
 * A plain lock file outlives its killed holder, and breaking it after a time-out is a race: a holder that was only
 * stopped wakes up and writes beside its successor, and of two breakers the second removes the first one's new lock.
 * So nothing here goes by time, and nothing is ever broken:
 *
 * - Tickets 1, 2, 3 … are symbolic links whose target says who drew them; `symlink` fails when the name exists, and
 *   name and owner appear in one step. The holder is the owner of the highest ticket.
 * - Ticket n + 1 may be drawn when ticket n says `free` or when its owner is **provably** dead (`isDead`): a dead
 *   process writes no more. Of several who see that, `symlink` lets one through.
 * - The holder removes older tickets, never the highest, so the highest number only grows. Somebody who was stopped
 *   between looking and drawing may get a number that has been removed meanwhile; then a higher one is there when it
 *   looks again, and it goes back to the queue. If its ticket is the highest, it is the holder: nobody can draw a
 *   higher one while it lives.
 * - Release replaces the ticket by a `free` one of the same number (`rename`: one step).
 *
 * Where a death cannot be proven (a container or machine that is gone), waiting ends with {@link LockTimeout}.
 */
export async function withKeyLock<T>(directory: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const ticket = await acquire(directory, waitMs)
  try {
    return await work()
  } finally {
    await release(directory, ticket)
  }
}

async function acquire(directory: string, waitMs: number): Promise<number> {
  const me = newProcessOwner()
  const oneKernel = await isOfOneKernel(directory)
  const deadline = performance.now() + waitMs
  for (let pause = POLL_MIN_MS; ; pause = Math.min(pause * 1.5, POLL_MAX_MS)) {
    const ticket = await highestTicket(directory)
    const owner = ticket === 0 ? FREE : await ownerOf(directory, ticket)
    if (owner !== undefined && (owner === FREE || isDead(owner, oneKernel))) {
      if (await draw(directory, ticket + 1, me)) return ticket + 1
    } else if (owner !== undefined && performance.now() > deadline) {
      throw new LockTimeout(describeOwner(owner))
    }
    await sleep(pause * (0.5 + Math.random() / 2))
  }
}

async function draw(directory: string, ticket: number, me: ProcessOwner): Promise<boolean> {
  const path = join(directory, String(ticket))
  try {
    await symlink(me, path)
  } catch (error) {
    // A network file system may repeat a request whose answer was lost, and so refuse us for our own ticket.
    if (errnoOf(error) !== 'EEXIST' || (await ownerOf(directory, ticket)) !== me) {
      if (errnoOf(error) === 'EEXIST') return false
      throw error
    }
  }
  const tickets = await ticketsIn(directory)
  if (tickets.some(other => other > ticket)) {
    await removeTicket(directory, ticket)
    return false
  }
  // The one before stays: whoever reads the directory during a hand-over still sees a ticket.
  for (const old of tickets) if (old < ticket - 1) await removeTicket(directory, old)
  return true
}

async function release(directory: string, ticket: number): Promise<void> {
  const free = join(directory, `.${writerName()}`)
  await symlink(FREE, free)
  await rename(free, join(directory, String(ticket)))
}

async function ticketsIn(directory: string): Promise<number[]> {
  const names = await readdir(directory)
  return names.filter(name => /^\d+$/.test(name)).map(Number)
}

/** 0 when there is none. */
async function highestTicket(directory: string): Promise<number> {
  try {
    return (await ticketsIn(directory)).reduce((a, b) => Math.max(a, b), 0)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    await mkdir(directory, { recursive: true })
    return 0
  }
}

/** Undefined when the ticket has been removed, because a higher one was drawn. */
async function ownerOf(directory: string, ticket: number): Promise<ProcessOwner | undefined> {
  try {
    return await readlink(join(directory, String(ticket)))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function removeTicket(directory: string, ticket: number): Promise<void> {
  try {
    await unlink(join(directory, String(ticket)))
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}
