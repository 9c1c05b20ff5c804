import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
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

/** A process that has begun to write and does not come to its end. */
async function startWriter(): Promise<LakeProcess> {
  writer = runOnLake(
    root,
    `say('writing'); for (let n = 0; ; n++) await store.put('big', new Uint8Array(64 << 20).fill(n))`,
  )
  await writer.said('writing')
  const deadline = Date.now() + 20_000
  do {
    writer.process.kill('SIGCONT')
    await sleep(5)
    writer.process.kill('SIGSTOP')
  } while ((await unfinished()).length === 0 && Date.now() < deadline)
  return writer
}

it('a file of a writer that lives is not told, however long it is stopped; of a killed one it is, with its size', async () => {
  const { process, ended } = await startWriter()
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

it('files of machines that nobody here can ask are told with their age, and not as abandoned', async () => {
  await mkdir(join(root, '.lakeferry/unfinished'), { recursive: true })
  const [boot] = newProcessOwner().split('/')
  const names = ['4711-00ff00ff00ff00ff', `${boot}~another-container~1~1~00ff`]
  for (const name of names) await writeFile(join(root, '.lakeferry/unfinished', name), 'half')
  const found = await leftoversOf(store)
  expect(found.map(({ id, abandoned, bytes }) => [id, abandoned, bytes])).toEqual(
    names.map(name => [`unfinished/${name}`, false, 4]),
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
