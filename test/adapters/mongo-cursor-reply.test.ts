import { type Document, Int32, Long, serialize, Timestamp } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MalformedReply, readCursorReply } from '../../src/adapters/mongo/cursor-reply.js'
import { nextBatchSize, readWhole } from '../../src/adapters/mongo/raw-cursor.js'
import { documentsOf } from '../support/mongo-documents.js'

const reply = (batch: readonly Document[], more: Document = {}): Uint8Array =>
  serialize({ firstBatch: batch, ...more, id: Long.fromNumber(7), ns: 'db.c' })

const documents = (count: number): Document[] =>
  Array.from({ length: count }, (_, n) => ({ n, text: 'x'.repeat(n % 50) }))

describe('a reply', () => {
  it.each([0, 1, 9, 10, 11, 99, 100, 1_001, 12_345])('of %i documents gives them byte for byte', count => {
    const { block, id, atClusterTime } = readCursorReply(reply(documents(count)), 3)
    expect(documentsOf(block).map(bytes => Buffer.from(bytes).toString('hex'))).toEqual(
      documents(count).map(document => Buffer.from(serialize(document)).toString('hex')),
    )
    expect([id, atClusterTime]).toEqual([7n, undefined])
  })

  it('is looked at where it is, and not changed', () => {
    const bytes = Buffer.concat([Buffer.alloc(100), reply(documents(5))]).subarray(100)
    const before = Buffer.from(bytes)
    const { block } = readCursorReply(bytes)
    expect(block.bytes.buffer).toBe(bytes.buffer)
    expect(bytes).toEqual(before)
  })

  it('tells the cluster time, wherever it stands, and steps over what it does not know', () => {
    const more = {
      atClusterTime: new Timestamp({ t: 5, i: 6 }),
      postBatchResumeToken: { a: [1] },
      note: 'x',
      none: null,
      flag: false,
    }
    const cursor = serialize({ ...more, nextBatch: documents(2), id: new Int32(0) })
    expect(readCursorReply(cursor)).toMatchObject({ id: 0n, atClusterTime: { t: 5, i: 6 } })
  })

  it.each([
    ['no batch', serialize({ id: Long.fromNumber(1) })],
    ['no id', serialize({ firstBatch: [] })],
    ['an item that is no document', serialize({ firstBatch: [1], id: Long.fromNumber(1) })],
    ['missing shards', reply([], { partialResultsReturned: true })],
    ['nothing at all', new Uint8Array()],
  ])('with %s is an error, not an end', (_, cursor) => {
    expect(() => readCursorReply(cursor)).toThrow(MalformedReply)
  })

  it('cut off anywhere is an error, not an end', () => {
    const whole = reply(documents(3))
    for (let length = 0; length < whole.length; length++)
      expect(() => readCursorReply(whole.slice(0, length))).toThrow(MalformedReply)
  })

  it('with any byte changed never reads beyond its memory', () => {
    const whole = reply(documents(3))
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255))
    fc.assert(
      fc.property(change, ([at, byte]) => {
        const changed = whole.slice()
        changed[at] = byte
        try {
          for (const bytes of documentsOf(readCursorReply(changed).block)) expect(bytes.length).toBeGreaterThan(4)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedReply)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

it('asks for about 4 MiB at a time, whatever the size of the documents', () => {
  expect(nextBatchSize(1_000)).toBe(4_194)
  expect(nextBatchSize(16 * 1024 * 1024)).toBe(1)
  expect(nextBatchSize(20)).toBe(100_000)
})

it('joins blocks into one, no longer than asked for', async () => {
  const blocks = async function* () {
    for (const count of [3, 0, 4]) yield readCursorReply(reply(documents(count))).block
  }
  const texts = async (atMost: number) => documentsOf(await readWhole(blocks(), atMost)).map(bytes => bytes.length)
  const sizes = [...documents(3), ...documents(4)].map(document => serialize(document).length)
  for (const atMost of [1, 3, 5, 7, 100]) expect(await texts(atMost)).toEqual(sizes.slice(0, atMost))
})
