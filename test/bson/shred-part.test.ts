import { Int32, serialize } from 'bson'
import { parquetMetadata } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { COLUMNS_METADATA, ParquetPart } from '../../src/bson/parquet-part.js'
import { viewOf } from '../../src/bson/walk.js'
import type { Column } from '../../src/model/column.js'
import { queryWithDuckDb, readWithHyparquet } from '../parquet/read-back.js'
import { addAll, partOf } from './parquet-part-bytes.js'

const columns: readonly Column[] = [
  { name: 'n', type: { kind: 'int32' } },
  { name: 'text', type: { kind: 'string' } },
  { name: 'tags', type: { kind: 'list', element: { kind: 'string' } } },
]

/** Documents with a text that no dictionary helps and tags that one does. */
const documents = Array.from({ length: 6000 }, (_, n) => ({
  _id: `id ${n}`,
  n: new Int32(n),
  text: `${n} ${'lorem ipsum '.repeat(n % 60)}${Math.sqrt(n)}`,
  tags: n % 5 === 0 ? [] : ['even', 'odd', null].slice(n % 2, 1 + (n % 3)),
  ...(n % 7 === 0 ? { more: 'a' } : {}),
}))
const encoded = documents.map(document => serialize(document))
const rows = documents.map(({ n, more, ...document }) => ({
  ...document,
  n: n.value,
  _extra: more === undefined ? null : '{"more":"a"}',
  _misfit: null,
}))

describe('a part', () => {
  it('of no documents has the columns and no rows', async () => {
    const part = partOf([], { columns })
    const described = await queryWithDuckDb(part, 'DESCRIBE part')
    expect(described.map(row => [row['column_name'], row['column_type']])).toEqual([
      ['_id', 'VARCHAR'],
      ['n', 'INTEGER'],
      ['text', 'VARCHAR'],
      ['tags', 'VARCHAR[]'],
      ['_extra', 'VARCHAR'],
      ['_misfit', 'VARCHAR'],
    ])
    expect(await queryWithDuckDb(part, 'SELECT count(*) AS n FROM part')).toEqual([{ n: 0n }])
    expect(await readWithHyparquet(part)).toEqual([])
  })

  it('of one document has one row', async () => {
    expect(await readWithHyparquet(partOf([documents[1]!], { columns }))).toEqual([rows[1]])
  })

  it('of many row groups and pages has every row, in order', async () => {
    const part = new ParquetPart({ columns, rowGroupBytes: 1_300_000 })
    addAll(part, encoded)
    const bytes = part.finish()
    const { row_groups } = parquetMetadata(bytes.buffer)
    expect(row_groups.length).toBeGreaterThan(1)
    expect(row_groups.reduce((sum, group) => sum + group.num_rows, 0n)).toBe(6000n)
    expect(await readWithHyparquet(bytes)).toEqual(rows)
    expect(await queryWithDuckDb(bytes, 'SELECT * FROM part ORDER BY n')).toEqual(rows)
  })

  it('is the same bytes whether the encoder was used before or not', () => {
    const used = new ParquetPart({ columns })
    addAll(used, encoded)
    used.finish()
    addAll(used, encoded.slice(10, 500))
    expect(used.rows).toBe(490)
    const fresh = new ParquetPart({ columns })
    addAll(fresh, encoded.slice(10, 500))
    expect(Buffer.compare(used.finish(), fresh.finish())).toBe(0)
    expect(used.rows).toBe(0)
  })

  it('is in memory of its own, which may be given away', () => {
    const part = new ParquetPart({ columns })
    addAll(part, encoded.slice(0, 3))
    const bytes = part.finish()
    expect(bytes.buffer.byteLength).toBe(bytes.byteLength)
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
    addAll(part, encoded.slice(0, 3))
    expect(part.finish().byteLength).toBeGreaterThan(0)
  })

  it('says who wrote it and what its columns are', () => {
    const bytes = partOf([], { columns, createdBy: 'lakeferry version 1.2.3', metadata: { run: 'r' } })
    const { created_by, key_value_metadata } = parquetMetadata(bytes.buffer)
    expect(created_by).toBe('lakeferry version 1.2.3')
    const metadata = Object.fromEntries(key_value_metadata!.map(({ key, value }) => [key, value]))
    expect(JSON.parse(metadata[COLUMNS_METADATA]!)).toEqual(columns)
    expect(metadata['run']).toBe('r')
  })

  it('holds a megabyte or so for each leaf and the compressed rest, however much goes in', () => {
    const part = new ParquetPart({ columns, rowGroupBytes: 4 * 1024 * 1024 })
    let most = 0
    for (let round = 0; round < 20; round++) {
      addAll(part, encoded)
      most = Math.max(most, part.bufferedBytes)
    }
    const size = part.finish().length
    expect(most).toBeLessThan(size + 6 * 1.3 * 1024 * 1024)
  })
})

it('does not take a document that checkDocument refuses for one that it is not', () => {
  const part = new ParquetPart({ columns })
  const damaged = new Uint8Array(encoded[2]!)
  // The type of the last field becomes one that BSON does not have.
  damaged[Buffer.from(damaged).indexOf('\x04tags')] = 0x6e
  expect(() => part.add(damaged, viewOf(damaged), 0, damaged.length)).toThrow('no such element type')
  const twice = new Uint8Array(serialize({ n: new Int32(1), text: 'a', m: new Int32(2) }))
  twice[Buffer.from(twice).indexOf('m\0')] = 'n'.charCodeAt(0)
  expect(() => part.add(twice, viewOf(twice), 0, twice.length)).toThrow('the field n is there twice')
})
