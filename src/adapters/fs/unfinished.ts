import type { Stats } from 'node:fs'
import { lstat, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, isDead, newProcessOwner, type ProcessOwner } from '../../host/process-owner.js'
import type { Leftover } from '../../ports/object-store.js'
import { isAbsent } from './fs-error.js'
import { isOfOneKernel } from './one-kernel.js'

/** Below the lake's own folder: bytes that are to become an object, and the locks of keys that are replaced. */
export const UNFINISHED = 'unfinished'
export const LOCKS = 'locks'

/** What `leftovers` names: a file of a writer, or a link that was to free a lock. Nothing else may be removed by its name. */
const LEFTOVER_ID = /^(?:unfinished\/(?!\.{1,2}$)[^/]+|locks\/\d+\/\.(?!\.?$)[^/]+)$/

/** A file name that nobody else picks and that says which process uses it. */
export function writerName(): string {
  return newProcessOwner().replaceAll('/', '~')
}

/** Undefined for a name that says nothing of its process, as version 0.1.0 gave. */
function writerOf(name: string): ProcessOwner | undefined {
  const owner = name.replace(/^\./, '')
  return owner.includes('~') ? owner.replaceAll('~', '/') : undefined
}

/**
 * Files that killed writers left in `directory`, the lake's own folder. None of a process that is seen to live; those of
 * machines and containers that nobody here can ask are told, and only their age says whether somebody still needs them.
 */
export async function* listLeftovers(directory: string): AsyncGenerator<Leftover> {
  const oneKernel = await isOfOneKernel(directory)
  const folders = [UNFINISHED, ...(await namesIn(join(directory, LOCKS))).map(name => `${LOCKS}/${name}`)]
  for (const folder of folders) {
    for (const name of await namesIn(join(directory, folder))) {
      const id = `${folder}/${name}`
      const owner = writerOf(name)
      if (!LEFTOVER_ID.test(id) || (owner !== undefined && isAlive(owner))) continue
      const facts = await factsOf(join(directory, id))
      if (facts === undefined || facts.isDirectory()) continue
      const abandoned = owner !== undefined && isDead(owner, oneKernel)
      yield { id, key: undefined, since: facts.mtime, bytes: facts.size, abandoned }
    }
  }
}

/** @throws RangeError if `id` is none that {@link listLeftovers} gives */
export async function removeLeftover(directory: string, id: string): Promise<void> {
  if (!LEFTOVER_ID.test(id)) throw new RangeError(`${JSON.stringify(id)} is no leftover of a file: lake`)
  try {
    await unlink(join(directory, id))
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort()
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

/** Undefined when its writer has finished meanwhile. */
async function factsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}
