import { gunzipSync } from 'node:zlib'
import { BSON, Int32 } from 'bson'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLakeferryError } from '../../src/errors.js'
import { checkPartitioning } from '../../src/export/partitioner.js'
import { SegmentEncoder } from '../../src/export/segment-encoder.js'
import type { EncodedPart } from '../../src/export/segment-message.js'
import type { Column } from '../../src/model/column.js'
import type { Format } from '../../src/model/format.js'
import type { Partitioning } from '../../src/model/part-options.js'
import { digestOf, documentsOf, encodeSegment, feed, hexOf, settingsFor } from './encoded-segment.js'

const COLUMNS: readonly Column[] = [
  { name: 'kind', type: { kind: 'string' } },
  { name: 'n', type: { kind: 'int64' } },
  { name: 'at', type: { kind: 'timestamp' } },
  { name: 'price', type: { kind: 'decimal', precision: 10, scale: 2 } },
  { name: 'x_day', type: { kind: 'string' } },
  { name: 'x', type: { kind: 'timestamp' } },
  { name: '_x', type: { kind: 'string' } },
]
const settings = (formats: readonly Format[], partitionBy: Partitioning) =>
  settingsFor(formats, { columns: COLUMNS, partitionBy })
const idOf = (document: Uint8Array) => BSON.deserialize(document)['_id']

describe('a partitioning', () => {
  it.each([
    [{ field: 'kind' }, undefined],
    [{ field: 'n' }, undefined],
    [{ field: 'at', date: 'day' }, undefined],
    [{ field: 'at', date: 'year' }, undefined],
    [{ field: 'nothing' }, 'it is no column'],
    [{ field: '_id' }, 'it is no column'],
    [{ field: 'price' }, 'a decimal cannot be the name of a folder'],
    [{ field: 'at' }, 'say date: day, month or year'],
    [{ field: 'kind', date: 'month' }, 'which has no month'],
    [{ field: 'x', date: 'day' }, 'called x_day, as another column is'],
    [{ field: '_x' }, 'begins with _ or .'],
  ] as const)('by %o: %s', (partitioning, problem) => {
    if (problem === undefined) return expect(() => checkPartitioning(COLUMNS, partitioning)).not.toThrow()
    expect(() => checkPartitioning(COLUMNS, partitioning)).toThrow(
      expect.objectContaining({ code: 'PARTITION_FIELD', message: expect.stringContaining(problem) }),
    )
  })

  it('that cannot be is told with those that can', () => {
    try {
      checkPartitioning(COLUMNS, { field: 'nothing' })
    } catch (error) {
      expect(isLakeferryError(error, 'PARTITION_FIELD') && error.hint).toContain('kind, n, at, x_day, x, _x')
    }
    expect.assertions(1)
  })
})

describe('the parts of a segment', () => {
  const drawn = fc.array(fc.constantFrom('a', 'b/c', '', null, undefined, 7, '__HIVE_DEFAULT_PARTITION__'), {
    maxLength: 40,
  })

  it('have each document once, in the folder of its value, in order, with digests that add up', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, fc.integer({ min: 1, max: 9 }), async (values, perBlock) => {
        const documents = values.map((kind, _id) => BSON.serialize({ _id, ...(kind === undefined ? {} : { kind }) }))
        const segment = encodeSegment(settings(['bson.gz', 'ejson.gz'], { field: 'kind' }), documents, perBlock)
        expect(segment.totals).toMatchObject({ documents: documents.length, digest: digestOf(documents) })
        const folderOf = (value: unknown) =>
          value === 'a' ? 'kind=a' : value === 'b/c' ? 'kind=b%2Fc' : 'kind=__HIVE_DEFAULT_PARTITION__'
        const folders = [...new Set(values.map(folderOf))]
        for (const format of ['bson.gz', 'ejson.gz'] as const) {
          const parts = segment.parts.filter(part => part.format === format)
          expect(parts.map(part => part.partition?.folder)).toEqual(
            folders.length === 0 ? ['kind=__HIVE_DEFAULT_PARTITION__'] : folders,
          )
          for (const part of parts) {
            const wanted = documents.filter((_, index) => folderOf(values[index]) === part.partition!.folder)
            expect(hexOf(await documentsOf(format, part.body))).toEqual(hexOf(wanted))
            expect(part).toMatchObject({ documents: wanted.length, digest: digestOf(wanted) })
            if (wanted.length > 0) expect(part.firstId).toBe(`{"$numberInt":"${idOf(wanted[0]!)}"}`)
            if (wanted.length > 0) expect(part.lastId).toBe(`{"$numberInt":"${idOf(wanted.at(-1)!)}"}`)
          }
        }
      }),
      { numRuns: 100 },
    )
  })

  it('say the value, and null for what is none', () => {
    const documents = [{ kind: 'b/c' }, { kind: '' }].map(document => BSON.serialize(document))
    const { parts } = encodeSegment(settings(['json'], { field: 'kind' }), documents)
    expect(parts.map(part => part.partition)).toEqual([
      { folder: 'kind=b%2Fc', value: 'b/c' },
      { folder: 'kind=__HIVE_DEFAULT_PARTITION__', value: null },
    ])
  })

  it('have chunks of a thousand documents of one folder', () => {
    const documents = Array.from({ length: 4100 }, (_, _id) =>
      BSON.serialize({ _id, kind: _id % 2 === 0 ? 'even' : 'odd' }),
    )
    const { parts } = encodeSegment(settings(['json'], { field: 'kind' }), documents, 100)
    expect(parts.map(part => [part.partition?.value, part.documents])).toEqual(
      ['even', 'odd'].flatMap(kind => [1000, 1000, 50].map(count => [kind, count])),
    )
    const ids = parts.flatMap(part =>
      JSON.parse(Buffer.from(part.body).toString()).map(({ _id }: { _id: number }) => _id),
    )
    expect(ids.sort((a, b) => a - b)).toEqual(documents.map((_, id) => id))
  })

  it('leave rejected documents out, and begin anew with the next segment', () => {
    const parts: EncodedPart[] = []
    const encoder = new SegmentEncoder(settings(['ndjson.gz', 'ejson.gz'], { field: 'kind' }), part => parts.push(part))
    const alike = BSON.serialize({ _id: 1, kind: 'a', o: { $oid: 'x' } })
    expect(feed(encoder, [alike, BSON.serialize({ _id: 2, kind: 'a' })], parts).totals).toMatchObject({
      documents: 2,
      rejected: 1,
    })
    feed(encoder, [BSON.serialize({ _id: 3, kind: 'b' })], parts)
    const text = parts.filter(({ format }) => format === 'ndjson.gz').map(({ body }) => gunzipSync(body).toString())
    expect(text).toEqual(['{"_id":2,"kind":"a"}\n', '{"_id":3,"kind":"b"}\n'])
    expect(parts.map(part => part.partition?.value)).toEqual(['a', 'a', 'b', 'b'])
  })

  it('are a thousand folders at most', () => {
    const documents = Array.from({ length: 1001 }, (_, n) => BSON.serialize({ _id: n, n: new Int32(n) }))
    expect(encodeSegment(settings(['bson.gz'], { field: 'n' }), documents.slice(1)).parts).toHaveLength(1000)
    expect(() => encodeSegment(settings(['bson.gz'], { field: 'n' }), documents)).toThrow(
      expect.objectContaining({ code: 'PARTITION_TOO_MANY' }),
    )
  })

  it('are refused where a value cannot be a folder', () => {
    const documents = [BSON.serialize({ _id: 1, kind: 'x'.repeat(300) })]
    expect(() => encodeSegment(settings(['bson.gz'], { field: 'kind' }), documents)).toThrow(
      expect.objectContaining({ code: 'PARTITION_VALUE', message: expect.stringContaining('longer than 255 bytes') }),
    )
  })
})
