import { createHash } from 'node:crypto'
import { link, lstat, readFile, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { LakeferryError } from '../../errors.js'
import { errnoOf } from '../../host/errno.js'
import { checkKey, checkPrefix, RESERVED_SEGMENT } from '../../model/object-key.js'
import type {
  Leftover,
  ListedObject,
  ObjectStore,
  PutOptions,
  PutOutcome,
  StoredObject,
} from '../../ports/object-store.js'
import { copyWithHash, hashFile } from './copy.js'
import { ensureDirectory, stageFile, syncDirectory } from './durable-file.js'
import { fsError, isAbsent } from './fs-error.js'
import { LockTimeout, withKeyLock } from './key-lock.js'
import { LOCKS, listLeftovers, removeLeftover, UNFINISHED } from './unfinished.js'
import { walk } from './walk.js'

/** Keys share this many locks, so that locks left on the disk are bounded; two keys that meet only wait. */
const LOCK_COUNT = 64
/** How often a directory that somebody else removes, because it was empty, is made again before giving up. */
const DIRECTORY_ATTEMPTS = 20
const LOCK_WAIT_MS = 30_000

export interface FsStoreOptions {
  /** Directory of the lake. It is made with the first write. */
  readonly root: string
  /** How long a writer waits for others of the same key, in milliseconds. @defaultValue 30_000 */
  readonly lockWaitMs?: number
}

/**
 * A lake in a directory. Writers of any number of processes may share it, on a file system with hard and symbolic links.
 *
 * An object is written aside, synced and then given its name in one step (`link` where it must be absent, `rename`
 * where it may be there), so that nobody ever sees half of one. What a kill leaves aside is never an object.
 * Versions are the SHA-256 of the content, for which `head` reads the file.
 */
export function openFsStore({ root, lockWaitMs = LOCK_WAIT_MS }: FsStoreOptions): ObjectStore {
  return new FsStore(resolve(root), lockWaitMs)
}

class FsStore implements ObjectStore {
  readonly url: string
  readonly #root: string
  readonly #lockWaitMs: number
  /** For what is no object. */
  readonly #own: string
  readonly #staging: string

  constructor(root: string, lockWaitMs: number) {
    this.url = `file:${root}`
    this.#root = root
    this.#lockWaitMs = lockWaitMs
    this.#own = join(root, RESERVED_SEGMENT)
    this.#staging = join(this.#own, UNFINISHED)
  }

  localPath(key: string): string {
    checkKey(key)
    return join(this.#root, key)
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const path = this.localPath(key)
    return this.#attempt('get', key, async () => {
      const body = await orAbsent(readFile(path))
      return body === undefined ? undefined : { body, etag: sha256(body) }
    })
  }

  async head(key: string): Promise<{ bytes: number; etag: string } | undefined> {
    const path = this.localPath(key)
    return this.#attempt('head', key, async () => {
      const facts = await orAbsent(hashFile(path))
      return facts === undefined ? undefined : { bytes: facts.bytes, etag: facts.sha256 }
    })
  }

  async download(key: string, file: string): Promise<{ bytes: number; sha256: string }> {
    const path = this.localPath(key)
    return this.#attempt('get', key, async () => {
      const copied = await copyWithHash(path, file)
      if (copied === undefined) throw new LakeferryError('LAKE_OBJECT_MISSING', { lake: this.url, key })
      return copied
    })
  }

  async putIfAbsent(key: string, body: Uint8Array, options: PutOptions = {}): Promise<PutOutcome> {
    const path = this.localPath(key)
    this.#checkBody(key, body, options)
    return this.#attempt('put', key, async () => {
      if (await this.#isThere(path)) return 'exists'
      const staged = await stageFile(this.#staging, body)
      try {
        const outcome = await this.#linkIfAbsent(staged, path)
        if (outcome === 'created') await syncDirectory(dirname(path))
        return outcome
      } finally {
        await rm(staged, { force: true })
      }
    })
  }

  async putIfMatch(key: string, body: Uint8Array, etag: string | undefined): Promise<{ written: boolean }> {
    if (etag === undefined) return { written: (await this.putIfAbsent(key, body)) === 'created' }
    const path = this.localPath(key)
    return this.#attempt('put', key, async () => {
      const matches = async (): Promise<boolean> => (await orAbsent(hashFile(path)))?.sha256 === etag
      if (!(await matches())) return { written: false }
      return this.#replace(key, path, body, matches)
    })
  }

  async put(key: string, body: Uint8Array, options: PutOptions = {}): Promise<void> {
    const path = this.localPath(key)
    this.#checkBody(key, body, options)
    await this.#attempt('put', key, () => this.#replace(key, path, body, async () => true))
  }

  async *list(
    prefix: string,
    { delimiter, startAfter = '' }: { delimiter?: '/'; startAfter?: string } = {},
  ): AsyncGenerator<ListedObject> {
    checkPrefix(prefix)
    try {
      yield* walk(this.#root, { prefix, delimiter, startAfter })
    } catch (error) {
      throw fsError(error, { lake: this.url, operation: 'list', key: prefix })
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    const paths = keys.map(key => [key, this.localPath(key)] as const)
    const changed = new Set<string>()
    for (const [key, path] of paths) {
      await this.#attempt('delete', key, async () => {
        const facts = await orAbsent(lstat(path))
        if (facts === undefined || facts.isDirectory()) return
        await this.#locked(key, () => orAbsent(unlink(path)))
        changed.add(dirname(path))
      })
    }
    // Lasting, because what is deleted next may rely on it: a manifest goes before the parts it names.
    for (const directory of changed) {
      await this.#attempt('delete', directory, async () => syncDirectory(await this.#prune(directory)))
    }
  }

  async *leftovers(): AsyncGenerator<Leftover> {
    try {
      yield* listLeftovers(this.#own)
    } catch (error) {
      throw fsError(error, { lake: this.url, operation: 'list', key: RESERVED_SEGMENT })
    }
  }

  async removeLeftover({ id }: Leftover): Promise<void> {
    await this.#attempt('delete', `${RESERVED_SEGMENT}/${id}`, () => removeLeftover(this.#own, id))
  }

  async close(): Promise<void> {}

  /** Gives `staged` the name `path` if nothing has it: of several who try at once the file system lets one through. */
  async #linkIfAbsent(staged: string, path: string): Promise<PutOutcome> {
    try {
      await this.#inDirectory(path, () => link(staged, path))
      return 'created'
    } catch (error) {
      const code = errnoOf(error)
      // NFS may repeat a request whose answer was lost, and so refuse us for our own link: then there are two names.
      if (code === 'EEXIST') return (await lstat(staged)).nlink === 2 ? 'created' : 'exists'
      // link(2): EPERM where the file system has no hard links.
      if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS') {
        const details = { lake: this.url, operation: 'hard links' }
        throw new LakeferryError('LAKE_NO_CONDITIONAL_WRITE', details, { cause: error })
      }
      throw error
    }
  }

  /** Whether the name is taken. A directory of that name is a refusal: on disks `a` and `a/b` exclude each other. */
  async #isThere(path: string): Promise<boolean> {
    const facts = await orAbsent(lstat(path))
    if (facts?.isDirectory()) {
      throw Object.assign(new Error(`EISDIR: ${path} is a directory`), { code: 'EISDIR', syscall: 'link' })
    }
    return facts !== undefined
  }

  /**
   * Replaces the object when `stillRight`, asked under the key's lock. Everything slow is done before taking the lock;
   * `rename` changes old bytes for new ones in one step.
   */
  async #replace(
    key: string,
    path: string,
    body: Uint8Array,
    stillRight: () => Promise<boolean>,
  ): Promise<{ written: boolean }> {
    const staged = await stageFile(this.#staging, body)
    try {
      return await this.#locked(key, async () => {
        if (!(await stillRight())) return { written: false }
        await this.#inDirectory(path, () => rename(staged, path))
        await syncDirectory(dirname(path))
        return { written: true }
      })
    } finally {
      await rm(staged, { force: true })
    }
  }

  /** Runs `step` with the directory of `path` made; somebody's `delete` may remove an empty one in between. */
  async #inDirectory(path: string, step: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await ensureDirectory(dirname(path))
        return await step()
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT' || attempt === DIRECTORY_ATTEMPTS) throw error
      }
    }
  }

  async #locked<T>(key: string, work: () => Promise<T>): Promise<T> {
    const number = createHash('sha256').update(key).digest().readUInt32BE() % LOCK_COUNT
    const lock = join(this.#own, LOCKS, String(number))
    try {
      return await withKeyLock(lock, this.#lockWaitMs, work)
    } catch (error) {
      if (!(error instanceof LockTimeout)) throw error
      const details = { lake: this.url, key, owner: error.owner, lock, waitedMs: this.#lockWaitMs }
      throw new LakeferryError('LAKE_LOCKED', details, { cause: error })
    }
  }

  /** Removes the directory and its parents as far as they are empty, and tells the first one that stays. */
  async #prune(directory: string): Promise<string> {
    for (let current = directory; ; current = dirname(current)) {
      if (current === this.#root) return current
      try {
        await rmdir(current)
      } catch (error) {
        // Not empty, or a link: it stays. Gone already: go on with its parent.
        if (!isAbsent(error)) return current
      }
    }
  }

  #checkBody(key: string, body: Uint8Array, { sha256: wanted }: PutOptions): void {
    if (wanted === undefined) return
    const got = sha256(body)
    if (got !== wanted) throw new LakeferryError('LAKE_OBJECT_DAMAGED', { lake: this.url, key, wanted, got })
  }

  async #attempt<T>(operation: string, key: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw fsError(error, { lake: this.url, operation, key })
    }
  }
}

function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

/** Undefined instead of an error when nothing is there; a directory is no object. */
async function orAbsent<T>(step: Promise<T>): Promise<T | undefined> {
  try {
    return await step
  } catch (error) {
    if (isAbsent(error) || errnoOf(error) === 'EISDIR') return undefined
    throw error
  }
}
