import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openFsStore } from '../../src/adapters/fs/fs-store.js'
import type { ObjectStore } from '../../src/ports/object-store.js'
import { contentOf, failure, keysOf, text } from '../ports/object-store-suite.js'
import { runOnLake } from '../support/lake-script.js'

let root: string
let store: ObjectStore
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lakeferry-disk-'))
  store = openFsStore({ root })
})
afterEach(() => rm(root, { recursive: true, force: true }))

it('lies where it says, with the object’s bytes at its local path', async () => {
  await store.put('papers/run=1/part', text('bytes'))
  expect(store.url).toBe(`file:${root}`)
  expect(store.localPath?.('papers/run=1/part')).toBe(join(root, 'papers/run=1/part'))
  expect(await readFile(join(root, 'papers/run=1/part'), 'utf8')).toBe('bytes')
  expect(() => store.localPath?.('../outside')).toThrow(RangeError)
})

it('says that the disk is full, and leaves no object', async () => {
  // 512-byte blocks: files end at 32 KB. EFBIG stands in for ENOSPC and EDQUOT, which are treated alike.
  const writer = runOnLake(
    root,
    `
    for (const put of ['put', 'putIfAbsent']) {
      await store[put]('small', bytes('x')).then(() => say('written'), e => say(e.code))
      await store[put]('big', new Uint8Array(1 << 20)).then(() => say('written'), e => say(e.code + ' ' + e.details.key))
    }
    await store.put('fits', new Uint8Array(20_000))
    await store.download('fits', root + '/copy').then(() => say('copied'), e => say(e.code))
    `,
    'ulimit -f 64',
  )
  expect(await writer.ended).toBe(0)
  expect(writer.lines()).toEqual(['written', 'LAKE_FULL big', 'written', 'LAKE_FULL big', 'copied'])
  expect(await keysOf(store, '')).toEqual(['copy', 'fits', 'small'])
  expect(await readdir(join(root, '.lakeferry/unfinished'))).toEqual([])
})

it('does not take a full local disk for a full lake', async () => {
  await store.put('big', new Uint8Array(1 << 20))
  const reader = runOnLake(
    root,
    `await store.download('big', root + '/copy').then(() => say('copied'), e => say(e.code + ' on ' + e.details.lake))`,
    'ulimit -f 64',
  )
  await reader.ended
  expect(reader.lines()).toEqual(['LAKE_FULL on the local disk'])
  expect(await keysOf(store, '')).toEqual(['big'])
})

it('says what is not allowed', async () => {
  await store.put('locked/there', text('x'))
  await chmod(join(root, 'locked'), 0)
  await chmod(join(root, '.lakeferry/unfinished'), 0o500)
  await chmod(root, 0o755)
  // Nothing is forbidden to root, so be nobody for a moment.
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65534)
  try {
    expect(await failure(store.get('locked/there'))).toBe('LAKE_FORBIDDEN')
    expect(await failure(store.head('locked/there'))).toBe('LAKE_FORBIDDEN')
    expect(await failure(store.put('locked/new', text('x')))).toBe('LAKE_FORBIDDEN')
    expect(await failure(store.putIfAbsent('new', text('x')))).toBe('LAKE_FORBIDDEN')
    expect(await failure(store.delete(['locked/there']))).toBe('LAKE_FORBIDDEN')
    expect(await failure(keysOf(store, ''))).toBe('LAKE_FORBIDDEN')
  } finally {
    if (isRoot) process.seteuid?.(0)
    await chmod(join(root, 'locked'), 0o700)
    await chmod(join(root, '.lakeferry/unfinished'), 0o700)
  }
})

it('shows nothing of what a killed writer left behind, nor of other people’s strange names', async () => {
  await store.put('there', text('x'))
  await writeFile(join(root, '.lakeferry/unfinished/4711-00ff'), 'half an obj')
  await mkdir(join(root, 'empty/er'), { recursive: true })
  await writeFile(join(root, 'back\\slash'), 'x')
  await symlink('nowhere', join(root, 'broken-link'))
  expect(await keysOf(store, '')).toEqual(['there'])
  expect(await keysOf(store, '', { delimiter: '/' })).toEqual(['there'])
  expect(await failure(keysOf(store, '.lakeferry/'))).toBeInstanceOf(RangeError)
})

it('follows a link to a directory in listings as in reading', async () => {
  await store.put('real/x', text('x'))
  await symlink('real', join(root, 'link'))
  expect(await contentOf(store, 'link/x')).toBe('x')
  expect(await keysOf(store, '')).toEqual(['link/x', 'real/x'])
  expect(await keysOf(store, '', { delimiter: '/' })).toEqual(['link/', 'real/'])
})

it('refuses a key that is a directory of other keys, or below another key', async () => {
  await store.put('a/b', text('x'))
  expect(await failure(store.put('a', text('x')))).toBe('LAKE_REFUSED')
  expect(await failure(store.putIfAbsent('a', text('x')))).toBe('LAKE_REFUSED')
  expect(await failure(store.putIfAbsent('a/b/c', text('x')))).toBe('LAKE_REFUSED')
  await store.delete(['a', 'a/b/c'])
  expect(await contentOf(store, 'a/b')).toBe('x')
})

// Some 300 writes that go to the disk, one after the other.
it('removes directories that a deletion leaves empty, while others write into them', { timeout: 300_000 }, async () => {
  for (let i = 0; i < 60; i++) {
    await store.put(`d/e/${i}`, text('x'))
    const [outcome] = await Promise.all([store.putIfAbsent(`d/e/next-${i}`, text('x')), store.delete([`d/e/${i}`])])
    expect(outcome).toBe('created')
    expect(await keysOf(store, '')).toEqual([`d/e/next-${i}`])
    await store.delete([`d/e/next-${i}`])
  }
  expect(await readdir(root)).toEqual(['.lakeferry'])
})

it('leaves few files of its own behind, however often a key is replaced', async () => {
  for (let i = 0; i < 30; i++) await store.put('pointer', text(String(i)))
  expect(await readdir(join(root, '.lakeferry/unfinished'))).toEqual([])
  const [lock] = await readdir(join(root, '.lakeferry/locks'))
  expect((await readdir(join(root, '.lakeferry/locks', lock!))).sort()).toEqual(['29', '30'])
})

it('is an empty lake before anything is written, and makes nothing by being read', async () => {
  const nowhere = openFsStore({ root: join(root, 'no/lake/yet') })
  expect(await keysOf(nowhere, '')).toEqual([])
  expect(await nowhere.get('x')).toBeUndefined()
  await nowhere.delete(['x'])
  await expect(stat(join(root, 'no'))).rejects.toThrow(/ENOENT/)
})
