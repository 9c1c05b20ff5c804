import { type Dirent, type Stats, statSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { compareKeys, keyProblem } from '../../model/object-key.js'
import type { ListedObject } from '../../ports/object-store.js'
import { isAbsent } from './fs-error.js'

export interface WalkOptions {
  readonly prefix: string
  readonly delimiter: '/' | undefined
  /** Exclusive. */
  readonly startAfter: string
}

/**
 * Objects below `root` in ascending order of their keys' bytes. One directory's names are in memory at a time for each
 * level, never the whole tree.
 */
export async function* walk(root: string, options: WalkOptions): AsyncGenerator<ListedObject> {
  const { prefix } = options
  yield* walkDirectory(root, prefix.slice(0, prefix.lastIndexOf('/') + 1), options)
}

async function* walkDirectory(root: string, directory: string, options: WalkOptions): AsyncGenerator<ListedObject> {
  const { prefix, delimiter, startAfter } = options
  for (const key of await namesIn(root, directory)) {
    if (!key.startsWith(prefix)) continue
    const after = compareKeys(key, startAfter) > 0
    if (!key.endsWith('/')) {
      const facts = after ? await factsOf(join(root, key)) : undefined
      if (facts?.isFile()) yield { key, bytes: facts.size }
    } else if (delimiter !== undefined) {
      // Object stores have no empty directories, so here they do not show either.
      if (after && (await holdsObject(root, key))) yield { key, bytes: 0 }
    } else if (after || startAfter.startsWith(key)) {
      yield* walkDirectory(root, key, options)
    }
  }
}

async function holdsObject(root: string, directory: string): Promise<boolean> {
  const everything = { prefix: directory, delimiter: undefined, startAfter: '' }
  for await (const _ of walkDirectory(root, directory, everything)) return true
  return false
}

/**
 * Keys of a directory's files, and of its directories with a `/` behind, in the order of all the keys below them: the
 * `/` has to be in the comparison, for `a-b` comes before `a/b` but after `a`. Names that are no keys are not ours.
 */
async function namesIn(root: string, directory: string): Promise<string[]> {
  let entries: Dirent[]
  try {
    entries = await readdir(join(root, directory), { withFileTypes: true })
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
  return entries
    .filter(entry => keyProblem(directory + entry.name) === undefined)
    .map(entry => (isDirectory(root, directory, entry) ? `${directory}${entry.name}/` : directory + entry.name))
    .sort(compareKeys)
}

/** Symbolic links are followed, as reading does: what can be got is listed. */
function isDirectory(root: string, directory: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return statSync(join(root, directory, entry.name), { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Undefined when it is gone by now, or a link to nothing. */
async function factsOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw error
  }
}
