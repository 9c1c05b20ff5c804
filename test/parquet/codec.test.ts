import { randomBytes } from 'node:crypto'
import { Double } from 'bson'
import { parquetMetadata } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import { DEFAULT_COMPRESSION, PARQUET_CODECS } from '../../src/model/part-options.js'
import { partOf } from '../bson/parquet-part-bytes.js'
import { queryWithDuckDb, readWithHyparquet } from './read-back.js'

const columns = [
  { name: 'n', type: { kind: 'double' } },
  { name: 'text', type: { kind: 'string' } },
  { name: 'noise', type: { kind: 'string' } },
  { name: 'never', type: { kind: 'string' } },
] as const

const documents = Array.from({ length: 3000 }, (_, n) => ({
  _id: `id ${n}`,
  n: new Double(n + 0.5),
  text: 'lorem ipsum '.repeat(n % 50),
  // No codec makes it smaller: such pages must come back, too.
  noise: randomBytes(30).toString('latin1'),
}))
const rows = documents.map(document => ({ ...document, n: document.n.value, never: null, _extra: null, _misfit: null }))

const CODES = { none: 'UNCOMPRESSED', snappy: 'SNAPPY', gzip: 'GZIP', zstd: 'ZSTD' }

describe.each(PARQUET_CODECS)('a part with the codec %s', parquet => {
  const compression = { ...DEFAULT_COMPRESSION, parquet }
  const part = partOf(documents, { columns, compression })

  it('says so of every chunk, and two independent readers get every value', async () => {
    const { row_groups } = parquetMetadata(part.buffer)
    const codecs = row_groups.flatMap(group => group.columns.map(column => column.meta_data!.codec))
    expect(codecs).toEqual(codecs.map(() => CODES[parquet]))
    expect(await readWithHyparquet(part)).toEqual(rows)
    expect(await queryWithDuckDb(part, 'SELECT * FROM part ORDER BY n')).toEqual(rows)
  })

  it('is the same to the byte when it is made again', () => {
    expect(Buffer.compare(partOf(documents, { columns, compression }), part)).toBe(0)
  })
})

describe('levels', () => {
  const size = (levels: Partial<typeof DEFAULT_COMPRESSION>) =>
    partOf(documents, { columns, compression: { ...DEFAULT_COMPRESSION, ...levels } }).length

  it('trade time for size, each with its own codec only', () => {
    expect(size({ zstdLevel: 19 })).toBeLessThan(size({ zstdLevel: 1 }))
    expect(size({ zstdLevel: 1, gzipLevel: 9 })).toBe(size({ zstdLevel: 1 }))
    expect(size({ parquet: 'gzip', gzipLevel: 9 })).toBeLessThan(size({ parquet: 'gzip', gzipLevel: 1 }))
  })
})
