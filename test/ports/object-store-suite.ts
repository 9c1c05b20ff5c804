import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLakeferryError } from '../../src/errors.js'
import type { Leftover, ObjectStore } from '../../src/ports/object-store.js'

export const text = (value: string): Uint8Array => new TextEncoder().encode(value)
export const sha256 = (body: Uint8Array): string => createHash('sha256').update(body).digest('hex')

/** The error's code, or what it is when it is none of ours. */
export async function failure(step: Promise<unknown>): Promise<unknown> {
  try {
    await step
    return 'no failure'
  } catch (error) {
    return isLakeferryError(error) ? error.code : error
  }
}

export async function keysOf(store: ObjectStore, ...args: Parameters<ObjectStore['list']>): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list(...args)) keys.push(key)
  return keys
}

export async function contentOf(store: ObjectStore, key: string): Promise<string | undefined> {
  const object = await store.get(key)
  return object === undefined ? undefined : new TextDecoder().decode(object.body)
}

export async function leftoversOf(store: ObjectStore): Promise<Leftover[]> {
  const leftovers: Leftover[] = []
  for await (const leftover of store.leftovers()) leftovers.push(leftover)
  return leftovers
}

/** Bytes that are different everywhere, more than an S3 store puts in one request. */
export const largeBody = (seed = 0): Uint8Array => {
  const words = new Uint32Array(9 << 20)
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + seed, 2654435761)
  // An odd length, so that the last part is no full one.
  return new Uint8Array(words.buffer, 0, words.byteLength - 12_345)
}

/** Some servers serialise conditional writes of one key by a lock with waits in it. */
const CONTENTION_TIMEOUT_MS = 120_000

/**
 * What `src/ports/object-store.ts` promises, for every adapter.
 *
 * @param open makes a store over an empty lake of its own
 */
export function objectStoreSuite(name: string, open: () => Promise<ObjectStore>): void {
  describe(`${name} keeps the promises of the port`, () => {
    let directory: string
    const stores: ObjectStore[] = []
    const openEmpty = async (): Promise<ObjectStore> => {
      const store = await open()
      stores.push(store)
      return store
    }
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'lakeferry-suite-'))
    })
    afterAll(async () => {
      await Promise.all(stores.map(store => store.close()))
      await rm(directory, { recursive: true, force: true })
    })

    describe('reading and writing', () => {
      it('tells apart an absent object, an empty one and one with content', async () => {
        const store = await openEmpty()
        expect(await store.get('a/empty')).toBeUndefined()
        expect(await store.head('a/empty')).toBeUndefined()
        await store.put('a/empty', new Uint8Array())
        await store.put('a/full', text('full'))
        expect((await store.get('a/empty'))?.body.length).toBe(0)
        expect((await store.head('a/empty'))?.bytes).toBe(0)
        expect(await contentOf(store, 'a/full')).toBe('full')
        expect((await store.head('a/full'))?.bytes).toBe(4)
        // A part of a key is no object.
        expect(await store.get('a')).toBeUndefined()
        expect(await store.head('a')).toBeUndefined()
        expect(await store.get('a/full/er')).toBeUndefined()
      })

      it('gives the same version from get and head, and another for other bytes', async () => {
        const store = await openEmpty()
        await store.put('x', text('one'))
        const first = await store.get('x')
        expect(first?.etag).toBeTruthy()
        expect((await store.head('x'))?.etag).toBe(first?.etag)
        await store.put('x', text('two'))
        expect((await store.head('x'))?.etag).not.toBe(first?.etag)
      })

      it('replaces with put whatever is there', async () => {
        const store = await openEmpty()
        await store.put('report.html', text('<old>'), { contentType: 'text/html; charset=utf-8' })
        await store.put('report.html', text('<new one>'), { contentType: 'text/html; charset=utf-8' })
        expect(await contentOf(store, 'report.html')).toBe('<new one>')
      })

      it('carries 20 MB and tells its hash on the way back', async () => {
        const store = await openEmpty()
        const body = new Uint8Array(20 << 20).map((_, i) => (i * 2654435761) >>> 24)
        const hash = sha256(body)
        expect(await store.putIfAbsent('big', body, { sha256: hash })).toBe('created')
        const file = join(directory, 'big')
        expect(await store.download('big', file)).toEqual({ bytes: body.length, sha256: hash })
        expect(sha256(await readFile(file))).toBe(hash)
        expect((await store.head('big'))?.bytes).toBe(body.length)
      })

      it('replaces the file that it downloads to, and leaves nothing beside it', async () => {
        const store = await openEmpty()
        const beside = await mkdtemp(join(directory, 'd-'))
        const file = join(beside, 'file')
        await writeFile(file, 'something longer that was there before')
        await store.put('small', text('small'))
        expect(await store.download('small', file)).toEqual({ bytes: 5, sha256: sha256(text('small')) })
        expect(await readFile(file, 'utf8')).toBe('small')
        expect(await failure(store.download('absent', file))).toBe('LAKE_OBJECT_MISSING')
        expect(await readFile(file, 'utf8')).toBe('small')
        expect(await readdir(beside)).toEqual(['file'])
      })

      it('tells a local file that cannot be written from a lake that cannot be read', async () => {
        const store = await openEmpty()
        await store.put('small', text('small'))
        expect(await failure(store.download('small', join(directory, 'no', 'such', 'place')))).toBe('LAKE_REFUSED')
      })

      it('refuses a body that is not what its hash says, and writes nothing', async () => {
        const store = await openEmpty()
        const wrong = { sha256: sha256(text('something else')) }
        expect(await failure(store.putIfAbsent('x', text('body'), wrong))).toBe('LAKE_OBJECT_DAMAGED')
        expect(await failure(store.put('x', text('body'), wrong))).toBe('LAKE_OBJECT_DAMAGED')
        expect(await failure(store.put('x', text('body'), { sha256: 'none' }))).toBe('LAKE_OBJECT_DAMAGED')
        expect(await store.get('x')).toBeUndefined()
        expect(await store.putIfAbsent('x', text('body'), { sha256: sha256(text('body')) })).toBe('created')
      })

      it('has the key in the message of a failure, and the lake', async () => {
        const store = await openEmpty()
        await expect(store.download('papers/absent', join(directory, 'x'))).rejects.toThrow(/papers\/absent/)
        await expect(store.download('papers/absent', join(directory, 'x'))).rejects.toThrow(store.url)
      })
    })

    describe('keys', () => {
      const keys = [
        'papers/run=20261122T020000.000Z-1a2b3c/_manifest.json',
        'k ey/two  spaces/ and at the ends ',
        'k+ey',
        'k%20ey',
        'k&lt;ey<>"\'',
        'question?mark#and;semi:colon@at$dollar!',
        'é',
        'e\u0301',
        '日本/論文',
        '\u{1F600}/\uE000',
        '.hidden/_file',
        'a..b/...',
        '~*()',
      ]
      it('carries keys of any script and with what URLs and XML have for their own', async () => {
        const store = await openEmpty()
        for (const key of keys) expect(await store.putIfAbsent(key, text(key))).toBe('created')
        for (const key of keys) expect(await contentOf(store, key)).toBe(key)
        expect((await keysOf(store, '')).sort()).toEqual([...keys].sort())
        await store.delete(keys)
        expect(await keysOf(store, '')).toEqual([])
      })

      const bad = [
        '',
        '/',
        '/etc/passwd',
        'a/',
        'a//b',
        '..',
        '../x',
        'a/../../x',
        './x',
        'a/.',
        '..\\x',
        'a\\b',
        'a\0b',
      ]
      const strange = [...bad, 'a\nb', '\uD800', '.lakeferry/x', 'x'.repeat(256), `${'x/'.repeat(600)}x`]
      it.each(strange.map(key => [key.slice(0, 16), key] as const))(
        'refuses a key like %j, which could leave the root or mean another object elsewhere',
        async (_, key) => {
          const store = await openEmpty()
          expect(await failure(store.get(key))).toBeInstanceOf(RangeError)
          expect(await failure(store.head(key))).toBeInstanceOf(RangeError)
          expect(await failure(store.put(key, text('x')))).toBeInstanceOf(RangeError)
          expect(await failure(store.putIfAbsent(key, text('x')))).toBeInstanceOf(RangeError)
          expect(await failure(store.putIfMatch(key, text('x'), 'etag'))).toBeInstanceOf(RangeError)
          expect(await failure(store.download(key, join(directory, 'x')))).toBeInstanceOf(RangeError)
          expect(await failure(store.delete(['fine', key]))).toBeInstanceOf(RangeError)
          if (key !== '' && key !== 'a/') expect(await failure(keysOf(store, key))).toBeInstanceOf(RangeError)
        },
      )
    })

    describe('conditional writes', () => {
      it('creates an object once and never touches it again', async () => {
        const store = await openEmpty()
        expect(await store.putIfAbsent('run/_manifest.json', text('first'))).toBe('created')
        expect(await store.putIfAbsent('run/_manifest.json', text('second'))).toBe('exists')
        expect(await contentOf(store, 'run/_manifest.json')).toBe('first')
        await store.delete(['run/_manifest.json'])
        expect(await store.putIfAbsent('run/_manifest.json', text('third'))).toBe('created')
      })

      it(
        'tells exactly one of 20 writers at once that it created the object',
        async () => {
          const store = await openEmpty()
          const writers = Array.from({ length: 20 }, (_, i) => `writer ${i}`)
          const outcomes = await Promise.all(writers.map(writer => store.putIfAbsent('race/key', text(writer))))
          expect(outcomes.filter(outcome => outcome === 'created')).toHaveLength(1)
          expect(await contentOf(store, 'race/key')).toBe(writers[outcomes.indexOf('created')])
        },
        CONTENTION_TIMEOUT_MS,
      )

      it('replaces the version that was meant and no other', async () => {
        const store = await openEmpty()
        expect(await store.putIfMatch('p', text('one'), undefined)).toEqual({ written: true })
        expect(await store.putIfMatch('p', text('two'), undefined)).toEqual({ written: false })
        const etag = (await store.head('p'))?.etag
        expect(await store.putIfMatch('p', text('two'), etag)).toEqual({ written: true })
        expect(await store.putIfMatch('p', text('three'), etag)).toEqual({ written: false })
        expect(await contentOf(store, 'p')).toBe('two')
      })

      it('does not write a version that is gone', async () => {
        const store = await openEmpty()
        await store.put('p', text('one'))
        const etag = (await store.head('p'))?.etag
        await store.delete(['p'])
        expect(await store.putIfMatch('p', text('two'), etag)).toEqual({ written: false })
        expect(await store.get('p')).toBeUndefined()
      })

      it(
        'lets one of several who replace the same version win',
        async () => {
          const store = await openEmpty()
          await store.put('p', text('start'))
          const etag = (await store.head('p'))?.etag
          const writers = Array.from({ length: 8 }, (_, i) => `writer ${i}`)
          const outcomes = await Promise.all(writers.map(writer => store.putIfMatch('p', text(writer), etag)))
          expect(outcomes.filter(({ written }) => written)).toHaveLength(1)
          expect(await contentOf(store, 'p')).toBe(writers[outcomes.findIndex(({ written }) => written)])
        },
        CONTENTION_TIMEOUT_MS,
      )
    })

    describe('listing', () => {
      const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
      const tree = [
        'a-b',
        'a.b',
        'a/b',
        'a/c/d',
        'a/c-d',
        'a0',
        'aa/x',
        'é',
        'z',
        '\uE000',
        '\u{1F600}',
        'run=1/p',
        'run=2/p',
      ]

      it('orders keys by their UTF-8 bytes, across directories', async () => {
        const store = await openEmpty()
        for (const key of tree) await store.put(key, text(key))
        const listed: { key: string; bytes: number }[] = []
        for await (const object of store.list('')) listed.push(object)
        expect(listed.map(({ key }) => key)).toEqual([...tree].sort(byBytes))
        expect(listed).toEqual(listed.map(({ key }) => ({ key, bytes: text(key).length })))
        expect(await keysOf(store, 'a')).toEqual(tree.filter(key => key.startsWith('a')).sort(byBytes))
        expect(await keysOf(store, 'a/')).toEqual(['a/b', 'a/c-d', 'a/c/d'])
        expect(await keysOf(store, 'a/c/d')).toEqual(['a/c/d'])
        expect(await keysOf(store, 'nothing')).toEqual([])
        expect(await keysOf(store, 'nothing/here/')).toEqual([])
      })

      it('tells each part up to the delimiter once', async () => {
        const store = await openEmpty()
        for (const key of tree) await store.put(key, text(key))
        const top = [...new Set(tree.map(key => key.replace(/\/.*/, '/')))].sort(byBytes)
        expect(await keysOf(store, '', { delimiter: '/' })).toEqual(top)
        expect(await keysOf(store, 'a', { delimiter: '/' })).toEqual(top.filter(key => key.startsWith('a')))
        expect(await keysOf(store, 'a/', { delimiter: '/' })).toEqual(['a/b', 'a/c-d', 'a/c/'])
        expect(await keysOf(store, 'run=', { delimiter: '/' })).toEqual(['run=1/', 'run=2/'])
      })

      it('starts behind a key, whether that is there or not', async () => {
        const store = await openEmpty()
        for (const key of tree) await store.put(key, text(key))
        for (const startAfter of ['a-b', 'a', 'a/', 'a/c', 'a/c/d', 'b', 'run=1/', 'zzz', '\uFFFD']) {
          const after = (key: string): boolean => byBytes(key, startAfter) > 0
          expect(await keysOf(store, '', { startAfter })).toEqual(tree.filter(after).sort(byBytes))
          const top = [...new Set(tree.map(key => key.replace(/\/.*/, '/')))].sort(byBytes)
          expect(await keysOf(store, '', { startAfter, delimiter: '/' })).toEqual(top.filter(after))
        }
      })

      it(
        'gives every page of more than 1,000 keys, and deletes them all at once',
        async () => {
          const store = await openEmpty()
          const keys = Array.from({ length: 1_050 }, (_, i) => `many/part-${String(i).padStart(5, '0')}`)
          for (let i = 0; i < keys.length; i += 25) {
            await Promise.all(keys.slice(i, i + 25).map(key => store.putIfAbsent(key, text('x'))))
          }
          expect(await keysOf(store, 'many/')).toEqual(keys)
          expect(await keysOf(store, '', { delimiter: '/' })).toEqual(['many/'])
          await store.delete(keys)
          expect(await keysOf(store, '')).toEqual([])
        },
        CONTENTION_TIMEOUT_MS,
      )
    })

    describe('a large object', () => {
      it(
        'is created once, whole, and never touched again',
        async () => {
          const store = await openEmpty()
          const [ours, theirs] = [largeBody(1), largeBody(2)]
          const hash = sha256(ours)
          expect(await store.putIfAbsent('big', ours, { sha256: hash })).toBe('created')
          expect(await store.putIfAbsent('big', theirs)).toBe('exists')
          const file = join(directory, 'large')
          expect(await store.download('big', file)).toEqual({ bytes: ours.length, sha256: hash })
          expect((await store.head('big'))?.bytes).toBe(ours.length)
          await store.put('big', theirs)
          expect(await store.download('big', file)).toEqual({ bytes: theirs.length, sha256: sha256(theirs) })
          expect(await leftoversOf(store)).toEqual([])
        },
        CONTENTION_TIMEOUT_MS,
      )

      it(
        'has one winner of several writers at once',
        async () => {
          const store = await openEmpty()
          const bodies = [largeBody(1), largeBody(2), largeBody(3)]
          const outcomes = await Promise.all(bodies.map(body => store.putIfAbsent('race/big', body)))
          expect(outcomes.filter(outcome => outcome === 'created')).toHaveLength(1)
          const { sha256: hash } = await store.download('race/big', join(directory, 'raced'))
          expect(hash).toBe(sha256(bodies[outcomes.indexOf('created')]!))
          expect(await leftoversOf(store)).toEqual([])
        },
        CONTENTION_TIMEOUT_MS,
      )

      it(
        'that is not what its hash says is refused, and leaves nothing',
        async () => {
          const store = await openEmpty()
          const wrong = { sha256: sha256(text('something else')) }
          expect(await failure(store.putIfAbsent('big', largeBody(), wrong))).toBe('LAKE_OBJECT_DAMAGED')
          expect(await store.head('big')).toBeUndefined()
          expect(await leftoversOf(store)).toEqual([])
        },
        CONTENTION_TIMEOUT_MS,
      )
    })

    it('leaves nothing behind that is no object', async () => {
      const store = await openEmpty()
      expect(await leftoversOf(store)).toEqual([])
      await store.put('x', text('one'))
      await store.putIfAbsent('x', text('two'))
      await store.putIfMatch('x', text('three'), 'no such version')
      await store.putIfMatch('x', text('four'), (await store.head('x'))?.etag)
      await failure(store.put('y', text('y'), { sha256: sha256(text('z')) }))
      await store.delete(['x'])
      expect(await leftoversOf(store)).toEqual([])
    })

    it('does not mind deleting what is not there', async () => {
      const store = await openEmpty()
      await store.put('there', text('x'))
      await store.delete(['absent', 'there', 'there/absent', 'no/such/thing'])
      await store.delete([])
      expect(await keysOf(store, '')).toEqual([])
    })
  })
}
