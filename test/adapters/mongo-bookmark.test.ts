import { type Document, Double, serialize } from 'bson'
import fc from 'fast-check'
import * as driver from 'mongodb'
import { describe, expect, it } from 'vitest'
import { Bookmark, wholeTwins, without } from '../../src/adapters/mongo/bookmark.js'
import { idDocumentAt } from '../../src/adapters/mongo/document-id.js'
import { isSound } from '../../src/adapters/mongo/id-ranges.js'
import type { RawBlock } from '../../src/ports/document-source.js'
import { documentsOf, IDS_OF_EVERY_TYPE } from '../support/mongo-documents.js'

const NAN = new Double(Number.NaN)
/** Integer-like names, which a JavaScript object would put first. */
const reordered = (n: number) => new Map<string, unknown>([['z', n], ['1', 0]]) // biome-ignore format: one line
const documentOf = (_id: unknown, n = 0): Uint8Array => serialize(new Map<string, unknown>([['_id', _id], ['n', n]]) as unknown as Document) // biome-ignore format: one line

function blockOf(documents: readonly Uint8Array[]): RawBlock {
  let offset = 0
  const starts = documents.map(document => {
    offset += document.length
    return offset - document.length
  })
  return { bytes: Buffer.concat(documents), starts: new Uint32Array(starts) }
}

const texts = (documents: Iterable<Uint8Array>) => [...documents].map(bytes => Buffer.from(bytes).toString('hex'))

describe('the _id of a document', () => {
  it('is found byte for byte, whatever its type and wherever it stands', () => {
    const before = IDS_OF_EVERY_TYPE.map((value, index) => [`f${index}`, value] as const)
    for (const _id of [...IDS_OF_EVERY_TYPE, /a/i, [1, 'x'], new driver.Code('x', { a: 1 })]) {
      const wanted = serialize(new Map([['_id', _id]]) as unknown as Document)
      const last = serialize(new Map<string, unknown>([...before, ['r', /x/g], ['_id', _id]]) as unknown as Document)
      for (const document of [documentOf(_id), last])
        expect(texts([idDocumentAt(blockOf([documentOf(1), document]), 1)!])).toEqual(texts([wanted]))
    }
    expect(idDocumentAt(blockOf([serialize({ id: 1, _i: { _id: 2 } })]), 0)).toBeUndefined()
  })

  it('can be asked for when the driver sends it as it is and it is no NaN, at any depth', () => {
    const sound = (_id: unknown) => isSound(driver, serialize(new Map([['_id', _id]]) as unknown as Document))
    const not = IDS_OF_EVERY_TYPE.filter(_id => !sound(_id))
    expect(not).toEqual([NAN])
    expect(sound('NaN')).toBe(true)
    for (const _id of [driver.Decimal128.fromString('NaN'), { a: { b: NAN } }, reordered(1)])
      expect(sound(_id)).toBe(false)
    const text = serialize({ _id: 'aa' })
    text[text.length - 3] = 0xff
    expect(isSound(driver, text)).toBe(false)
  })
})

describe('a bookmark', () => {
  const anId = fc.oneof(
    fc.integer({ min: 0, max: 1_000_000 }).map(n => ({ id: n as unknown, n })),
    fc.integer({ min: 0, max: 1_000_000 }).map(n => ({ id: reordered(n) as unknown, n })),
  )

  it('leads to exactly the documents that were not had, wherever the reading broke off', () => {
    const collection = fc.uniqueArray(anId, { selector: ({ n }) => n, maxLength: 40 })
    fc.assert(
      fc.property(collection, fc.integer({ min: 1, max: 7 }), fc.nat(40), (ids, size, cut) => {
        // Any order will do, as long as it is the same each time.
        const documents = ids.map(({ id }) => documentOf(id))
        const bookmark = new Bookmark(driver)
        const had: Uint8Array[] = []
        for (let at = 0; at < Math.min(cut, documents.length); at += size) {
          const block = blockOf(documents.slice(at, at + size))
          bookmark.move(block)
          had.push(...documentsOf(block))
        }
        expect(bookmark.lost).toBe(false)
        const { last } = bookmark
        const index =
          last === undefined
            ? -1
            : documents.findIndex(one => texts([idDocumentAt(blockOf([one]), 0)!])[0] === texts([last])[0])
        const rest = without(blockOf(documents.slice(index + 1)), new Set(bookmark.after))
        expect([...texts(had), ...texts(documentsOf(rest))]).toEqual(texts(documents))
      }),
    )
  })

  it('is lost among too many ids that cannot be asked for, until there is one that can', () => {
    const bookmark = new Bookmark(driver)
    bookmark.move(blockOf([documentOf(1)]))
    for (let n = 0; n < 20 && !bookmark.lost; n++)
      bookmark.move(blockOf(Array.from({ length: 1_000 }, (_, index) => documentOf(reordered(n * 1_000 + index)))))
    expect(bookmark.lost).toBe(true)
    bookmark.move(blockOf([documentOf(2)]))
    expect(bookmark.lost).toBe(false)
    expect(bookmark.after.size).toBe(0)
  })
})

describe('documents of one _id on several shards', () => {
  it('are in one piece, and all there, in the same order', async () => {
    const runs = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 15 })
    const property = fc.asyncProperty(
      runs,
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
      async (lengths, sizes) => {
        const documents = lengths.flatMap((length, id) => Array.from({ length }, (_, n) => documentOf(id, n)))
        const blocks: RawBlock[] = []
        for (let at = 0, turn = 0; at < documents.length; turn++) {
          const size = sizes[turn % sizes.length]!
          blocks.push(blockOf(documents.slice(at, at + size)))
          at += size
        }
        const source = async function* () {
          yield* blocks
        }
        const out: Uint8Array[] = []
        // Nothing is read between two blocks that have documents of one _id: a break cannot come between them.
        let readsSinceLast = 0
        const counted = async function* () {
          for await (const block of source()) {
            readsSinceLast += 1
            yield block
          }
        }
        let lastId = ''
        for await (const block of wholeTwins(counted())) {
          const first = texts([idDocumentAt(block, 0)!])[0]!
          if (first === lastId) expect(readsSinceLast).toBe(0)
          out.push(...documentsOf(block))
          lastId = texts([idDocumentAt(block, block.starts.length - 1)!])[0]!
          readsSinceLast = 0
        }
        expect(texts(out)).toEqual(texts(documents))
      },
    )
    await fc.assert(property)
  })
})
