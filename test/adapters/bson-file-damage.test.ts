import { appendFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { serialize } from 'bson'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isLakeferryError, type LakeferryError } from '../../src/errors.js'
import { archive, bson, openAt, readCollection, scratch, write } from './bson-file-dump.js'

const DOCUMENTS = Array.from({ length: 6 }, (_, _id) => ({
  _id,
  title: `paper ${'é'.repeat(_id)}`,
  nested: { a: [_id] },
}))
const WHOLE = bson(DOCUMENTS)
const ENDS = new Set([0, ...DOCUMENTS.map((_, index) => bson(DOCUMENTS.slice(0, index + 1)).length)])

let dir: string
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ dir, remove } = await scratch())
})
afterAll(() => remove())

/** The documents, or the error. */
async function outcome(name: string, content: Uint8Array): Promise<Buffer | LakeferryError> {
  const path = join(dir, name)
  await writeFile(path, content)
  try {
    return Buffer.concat(await readCollection(path, 'papers', { windowBytes: 64 }))
  } catch (error) {
    if (isLakeferryError(error, 'SOURCE_FILE', 'SOURCE_FILE_DAMAGED', 'COLLECTION_MISSING')) return error
    throw error
  }
}

async function damage(name: string, content: Uint8Array): Promise<string> {
  const result = await outcome(name, content)
  if (Buffer.isBuffer(result)) return expect.fail(`it was read, ${result.length} bytes of ${WHOLE.length}`)
  expect(result.retryable).toBe(false)
  return `${result.code} ${result.message.replace(`${dir}/`, '')}`
}

describe('a .bson file', () => {
  it('cut off at any byte that is not between two documents is damaged there', async () => {
    for (let end = 0; end < WHOLE.length; end++) {
      const result = await outcome('papers.bson', WHOLE.subarray(0, end))
      if (ENDS.has(end)) {
        // What no reader can tell: such a file is a whole one of fewer documents.
        expect(Buffer.isBuffer(result) && result.equals(WHOLE.subarray(0, end)), `cut at ${end}`).toBe(true)
        continue
      }
      const last = Math.max(...[...ENDS].filter(at => at <= end))
      expect(isLakeferryError(result, 'SOURCE_FILE_DAMAGED') && result.details.offset, `cut at ${end}`).toBe(last)
    }
  })

  it.each([
    ['a length of nothing', [0, 0, 0, 0], 'wanted a document, of 5 to 16793600 bytes, got a length of 0'],
    ['a length below the least', [4, 0, 0, 0], 'got a length of 4'],
    ['a negative length', [1, 0, 0, 0x80], 'got a length of -2147483647'],
    ['the terminator of an archive', [0xff, 0xff, 0xff, 0xff], 'got a length of -1'],
    ['a length above the most', [0x01, 0x40, 0x00, 0x01], 'got a length of 16793601'],
    ['text', [...Buffer.from('{"a": 1}')], 'got a length of 576791163'],
    [
      'zeros after the last document',
      [0, 0],
      'it ends after 2 of the 4 bytes of a document’s length'.replace('’', "'"),
    ],
    [
      'a document that does not end',
      [5, 0, 0, 0, 7],
      'a document of 5 bytes begins here, and does not end with a zero byte',
    ],
  ])('with %s is damaged', async (_, bytes, wanted) => {
    const text = await damage('papers.bson', Buffer.concat([WHOLE, Buffer.from(bytes)]))
    expect(text).toContain(`SOURCE_FILE_DAMAGED papers.bson is damaged at byte ${WHOLE.length}: `)
    expect(text).toContain(wanted)
  })

  it('that is gzip data says what it should be named', async () => {
    expect(await damage('papers.bson', gzipSync(WHOLE).subarray(0, 120))).toContain(
      'damaged at byte 0: a document of 559903 bytes begins here, and the file ends after 120 of them; it looks like gzip ' +
        'data, whose name should end in .gz',
    )
  })

  it('takes a document as large as MongoDB makes them, and none that is larger', async () => {
    const most = 16 * 1024 * 1024 + 16 * 1024
    const overhead = serialize({ _id: '' }).length
    const largest = serialize({ _id: 'x'.repeat(most - overhead) })
    expect(largest.length).toBe(most)
    const result = await outcome('papers.bson', Buffer.concat([WHOLE, largest, WHOLE]))
    expect(Buffer.isBuffer(result) && result.length).toBe(2 * WHOLE.length + most)
  })
})

describe('a .bson.gz file', () => {
  const packed = gzipSync(WHOLE)

  it('cut off anywhere is damaged', async () => {
    for (let end = 0; end < packed.length; end++) {
      expect(await damage('papers.bson.gz', packed.subarray(0, end)), `cut at ${end}`).toContain('SOURCE_FILE_DAMAGED')
    }
    expect(await damage('papers.bson.gz', packed.subarray(0, 50))).toBe(
      'SOURCE_FILE_DAMAGED papers.bson.gz is damaged at byte 50: it ends in the middle of its gzip data',
    )
  })

  it('may have several members, and zeros for padding after the last', async () => {
    const members = [0, 100, 101, 200].map((from, index, all) => gzipSync(WHOLE.subarray(from, all[index + 1])))
    for (const padding of [0, 1, 600]) {
      const result = await outcome('papers.bson.gz', Buffer.concat([...members, Buffer.alloc(padding)]))
      expect(Buffer.isBuffer(result) && result.equals(WHOLE), `${padding} zeros`).toBe(true)
    }
    const cut = Buffer.concat(members).subarray(0, -9)
    expect(await damage('papers.bson.gz', cut)).toContain('it ends in the middle of its gzip data')
  })

  it.each([
    ['another member after a zero', [Buffer.alloc(1), gzipSync(WHOLE)]],
    ['text', [Buffer.from('and then some text')]],
    ['text after zeros', [Buffer.alloc(3), Buffer.from('text')]],
    ['the beginning of a member', [packed.subarray(0, 1)]],
  ])('followed by %s is damaged', async (_, tail) => {
    expect(await damage('papers.bson.gz', Buffer.concat([packed, ...tail]))).toContain('SOURCE_FILE_DAMAGED')
  })

  it('that is not gzip data, or nothing at all, is damaged', async () => {
    expect(await damage('papers.bson.gz', WHOLE)).toContain('it does not begin as gzip data do')
    expect(await damage('papers.bson.gz', Buffer.alloc(0))).toContain('it is empty, and gzip data never are')
  })

  it('counts the place of a damaged document in what was packed', async () => {
    const text = await damage('papers.bson.gz', gzipSync(Buffer.concat([WHOLE, Buffer.from([1, 2])])))
    expect(text).toContain(`is damaged at byte ${WHOLE.length} of its unpacked content: it ends after 2 of the 4 bytes`)
  })

  it('with any byte changed has the same documents or is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(packed)
        changed[at]! ^= change
        const result = await outcome('papers.bson.gz', changed)
        if (Buffer.isBuffer(result)) expect(result.equals(WHOLE), `byte ${at}`).toBe(true)
      }),
      { numRuns: 120 },
    )
  })
})

describe('an archive', () => {
  const packed = archive([
    { name: 'other', documents: DOCUMENTS.slice(3) },
    { name: 'papers', documents: DOCUMENTS },
    { name: 'zzz', documents: DOCUMENTS },
  ])

  it('cut off anywhere has all the documents or is damaged', async () => {
    let damaged = 0
    for (let end = 0; end < packed.length; end += 9) {
      const result = await outcome('x.archive', packed.subarray(0, end))
      if (Buffer.isBuffer(result)) expect(result.equals(WHOLE), `cut at ${end}`).toBe(true)
      else damaged++
    }
    // Most of it: "papers" ends near the end.
    expect(damaged).toBeGreaterThan(packed.length / 9 / 2)
  })

  it('with any byte changed has the same documents or is damaged, also when it is gzipped', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(packed.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        async (at, change, gz) => {
          const changed = Buffer.from(packed)
          changed[at]! ^= change
          const result = await outcome('x.archive', gz ? gzipSync(changed) : changed)
          if (Buffer.isBuffer(result)) expect(result.equals(WHOLE), `byte ${at}`).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('a file that changes while it is read', () => {
  const many = bson(Array.from({ length: 200 }, (_, _id) => ({ _id })))

  it.each<[string, (path: string) => Promise<unknown>, string]>([
    ['written to', path => appendFile(path, WHOLE), 'changed while it was read'],
    ['touched', path => utimes(path, 1, 1), 'changed while it was read'],
    ['cut off, and damaged by it', path => truncate(path, many.length - 3), 'changed while it was read'],
    [
      'replaced by an equal one',
      path => write(path.replace('papers', 'new'), many).then(made => rename(made, path)),
      'changed while it was read',
    ],
    ['removed', path => rm(path), 'was removed while it was read'],
  ])('because it is %s breaks the reading off', async (name, change, reason) => {
    for (const ending of ['bson', 'bson.gz']) {
      const path = await write(join(dir, `changing-${name.length}/papers.${ending}`), many)
      const source = await openAt(path, { windowBytes: 512 })
      const snapshot = await source.open({ collection: 'papers' })
      const reading = snapshot.read({ from: undefined, until: undefined })[Symbol.asyncIterator]()
      const first = await reading.next()
      expect(first.value.starts.length).toBeGreaterThan(1)
      await change(path)
      const rest = (async () => {
        while (!(await reading.next()).done);
      })()
      await expect(rest).rejects.toMatchObject({ code: 'SOURCE_INTERRUPTED', message: expect.stringContaining(reason) })
      // Nor is it begun again, under the same snapshot, with another file.
      const again = snapshot.read({ from: undefined, until: undefined })[Symbol.asyncIterator]()
      await expect(again.next()).rejects.toMatchObject({ code: 'SOURCE_INTERRUPTED' })
      await snapshot.close()
    }
  })
})
