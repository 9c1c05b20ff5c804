import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import { withKeyLock } from '../../src/adapters/fs/key-lock.js'
import { newProcessOwner } from '../../src/host/process-owner.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { failure, leftoversOf, text } from '../ports/object-store-suite.js'
import { type LakeProcess, runOnLake } from '../support/lake-script.js'

let root: string
let store: ObjectStore
let writer: LakeProcess | undefined
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-leftovers-'))
  store = openFsStore({ root })
})
afterEach(async () => {
  writer?.process.kill('SIGKILL')
  await writer?.ended
  writer = undefined
  await rm(root, { recursive: true, force: true })
})

const unfinished = (): Promise<string[]> => readdir(join(root, '.lakeferry/unfinished')).catch(() => [])

/** Meanwhile a process has written its bytes and cannot come to its end: the lock of the key is ours. */
async function whileWriting(work: (writer: LakeProcess) => Promise<void>): Promise<void> {
  const bytes = 8 << 20
  await store.put('big', text('before'))
  const [lock] = await readdir(join(root, '.lakeferry/locks'))
  await withKeyLock(join(root, '.lakeferry/locks', lock!), 1_000, async () => {
    writer = runOnLake(root, `await openFsStore({ root, lockWaitMs: 600_000 }).put('big', new Uint8Array(${bytes}))`)
    const written = async (): Promise<number> => {
      const [name] = await unfinished()
      return name === undefined ? 0 : (await stat(join(root, '.lakeferry/unfinished', name))).size
    }
    await expect.poll(written, { timeout: 50_000 }).toBe(bytes)
    await work(writer)
  })
}

it('a file of a writer that lives is not told, however long it is stopped; of a killed one it is, with its size', async () => {
  await whileWriting(async ({ process, ended }) => {
    process.kill('SIGSTOP')
    const [name] = await unfinished()
    await utimes(join(root, '.lakeferry/unfinished', name!), 0, 0)
    expect(await leftoversOf(store)).toEqual([])

    process.kill('SIGKILL')
    await ended
    const { size, mtime } = await stat(join(root, '.lakeferry/unfinished', name!))
    const found = await leftoversOf(store)
    expect(found).toEqual([{ id: `unfinished/${name}`, key: undefined, since: mtime, bytes: size, abandoned: true }])
    await store.removeLeftover(found[0]!)
    await store.removeLeftover(found[0]!)
    expect(await unfinished()).toEqual([])
  })
})

it('files of machines that nobody here can ask are told with their age, and not as abandoned', async () => {
  await mkdir(join(root, '.lakeferry/unfinished'), { recursive: true })
  const [boot] = newProcessOwner().split('/')
  const names = ['4711-00ff00ff00ff00ff', `${boot}~another-container~1~1~00ff`]
  for (const name of names) await writeFile(join(root, '.lakeferry/unfinished', name), 'half')
  const found = await leftoversOf(store)
  // In the order of their names, where that of the other container stands before or after the first with the boot id.
  expect(found.map(({ id, abandoned, bytes }) => [id, abandoned, bytes])).toEqual(
    names.toSorted().map(name => [`unfinished/${name}`, false, 4]),
  )
})

it('a link that was to free a lock is told as well, and the lock’s tickets are not', async () => {
  await store.put('x', text('one'))
  await store.put('x', text('two'))
  const [lock] = await readdir(join(root, '.lakeferry/locks'))
  const gone = newProcessOwner()
    .split('/')
    .with(2, String(2 ** 30))
    .join('~')
  await symlink('free', join(root, '.lakeferry/locks', lock!, `.${gone}`))
  const found = await leftoversOf(store)
  expect(found.map(({ id, abandoned }) => [id, abandoned])).toEqual([[`locks/${lock}/.${gone}`, true]])
  await store.removeLeftover(found[0]!)
  expect(await leftoversOf(store)).toEqual([])
  await store.put('x', text('three'))
})

it.each(['../x', 'unfinished/..', 'unfinished/../../x', 'locks/1/2', 'locks/1/..', 'unfinished/', '/etc/passwd', 'x'])(
  'refuses to remove %s by this name',
  async id => {
    await writeFile(join(root, 'x'), 'an object')
    const leftover = { id, key: undefined, since: new Date(), bytes: 1, abandoned: true }
    expect(await failure(store.removeLeftover(leftover))).toBeInstanceOf(RangeError)
    expect(await readdir(root)).toContain('x')
  },
)
