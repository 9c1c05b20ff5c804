import { parquetMetadata } from 'hyparquet'
import { describe, expect, it } from 'vitest'
import type { ColumnType } from '../../src/model/column.js'
import { ParquetFileWriter } from '../../src/parquet/file-writer.js'
import type { LeafBuffer } from '../../src/parquet/leaf-buffer.js'
import { walkChunks } from './page-walk.js'
import { queryWithDuckDb, readWithHyparquet } from './read-back.js'

const encoder = new TextEncoder()
const PLAIN = 0
const DICTIONARY = 8

function writerOf(...types: ColumnType[]): ParquetFileWriter {
  return new ParquetFileWriter({ columns: types.map((type, index) => ({ name: `c${index}`, type })) })
}

function fileOf(writer: ParquetFileWriter): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(writer.finish()))
}

function addText(leaf: LeafBuffer, text: string): void {
  const bytes = encoder.encode(text)
  leaf.byteArray(0, bytes, new DataView(bytes.buffer), 0, bytes.length)
}

describe('pages', () => {
  it('are cut at about a megabyte, and all of them read back', async () => {
    const writer = writerOf({ kind: 'string' }, { kind: 'int64' })
    const [text, number] = writer.leaves as [LeafBuffer, LeafBuffer]
    const texts = Array.from({ length: 5000 }, (_, n) => `${n} ${'x'.repeat(n % 1000)}`)
    texts.forEach((value, n) => {
      addText(text, value)
      number.words(0, n, 0)
      writer.cutFullPages()
    })
    writer.endRowGroup(texts.length)
    const file = fileOf(writer)
    const [[textChunk, numberChunk]] = walkChunks(file) as [
      [ReturnType<typeof walkChunks>[0][0], ReturnType<typeof walkChunks>[0][0]],
    ]
    expect(textChunk.pages.length).toBe(3)
    expect(textChunk.pages.every(page => page.uncompressedBytes < 1.01 * 1024 * 1024)).toBe(true)
    expect(textChunk.pages.reduce((sum, page) => sum + page.values, 0)).toBe(texts.length)
    expect(numberChunk.pages.length).toBe(1)
    expect(await readWithHyparquet(file)).toEqual(texts.map((c0, n) => ({ c0, c1: BigInt(n) })))
  })

  it('of nulls alone are cut by their number', async () => {
    const writer = writerOf({ kind: 'string' })
    const rows = 600_000
    for (let row = 0; row < rows; row++) {
      writer.leaves[0]!.absent(0, 0)
      if (row % 1000 === 0) writer.cutFullPages()
    }
    writer.endRowGroup(rows)
    const file = fileOf(writer)
    expect(walkChunks(file)[0]![0]!.pages.length).toBe(3)
    expect(file.length).toBeLessThan(1000)
    const counts = await queryWithDuckDb(file, 'SELECT count(*) AS "all", count(c0) AS "values" FROM part')
    expect(counts).toEqual([{ all: BigInt(rows), values: 0n }])
  })
})

describe('row groups', () => {
  it('lie where the footer says, and none is written for no rows', async () => {
    const writer = writerOf({ kind: 'string' }, { kind: 'boolean' })
    for (let group = 0; group < 20; group++) {
      for (let row = 0; row < group; row++) {
        addText(writer.leaves[0]!, `${group}/${row % 3}`)
        writer.leaves[1]!.boolean(0, row % 2 === 0)
      }
      writer.endRowGroup(group)
    }
    const file = fileOf(writer)
    expect(walkChunks(file).length).toBe(19)
    expect((await readWithHyparquet(file)).length).toBe(190)
    expect(await queryWithDuckDb(file, 'SELECT count(*) AS n, count(DISTINCT c0) AS d FROM part')).toEqual([
      { n: 190n, d: 54n },
    ])
  })
})

const doubles = (values: readonly number[]) => (leaf: LeafBuffer) => {
  for (const value of values) leaf.double(0, value)
}

describe('bounds', () => {
  /** [min, max, nulls] of the one chunk, as the footer has them. */
  function boundsOf(type: ColumnType, fill: (leaf: LeafBuffer) => void): unknown[] {
    const writer = writerOf(type)
    fill(writer.leaves[0]!)
    writer.endRowGroup(writer.leaves[0]!.entries)
    const { statistics } = parquetMetadata(fileOf(writer).buffer).row_groups[0]!.columns[0]!.meta_data!
    return [statistics!.min_value, statistics!.max_value, statistics!.null_count]
  }

  it('are those of the values, over all pages', () => {
    const bounds = boundsOf({ kind: 'int32' }, leaf => {
      for (const value of [5, -7, 0, 2 ** 31 - 1]) leaf.int32(0, value)
      leaf.absent(0, 0)
    })
    expect(bounds).toEqual([-7, 2 ** 31 - 1, 1n])
    const writer = writerOf({ kind: 'int32' })
    for (let value = 0; value < 300_000; value++) {
      writer.leaves[0]!.int32(0, (value * 7919) % 300_007)
      if (value % 1000 === 0) writer.cutFullPages()
    }
    writer.endRowGroup(300_000)
    const { statistics } = parquetMetadata(fileOf(writer).buffer).row_groups[0]!.columns[0]!.meta_data!
    const values = Array.from({ length: 300_000 }, (_, value) => (value * 7919) % 300_007)
    expect([statistics!.min_value, statistics!.max_value]).toEqual([
      values.reduce((a, b) => Math.min(a, b)),
      values.reduce((a, b) => Math.max(a, b)),
    ])
  })

  it('of 64-bit integers are told by both halves', () => {
    const bounds = boundsOf({ kind: 'int64' }, leaf => {
      for (const [low, high] of [
        [1, 0],
        [-1, -1],
        [0, 1],
        [-1, 0],
        [5, -1],
      ] as const)
        leaf.words(0, low, high)
    })
    expect(bounds).toEqual([-0xfffffffbn, 2n ** 32n, 0n])
  })

  it('of doubles count both zeros as one', () => {
    expect(boundsOf({ kind: 'double' }, leaf => leaf.double(0, 0))).toEqual([-0, 0, 0n])
    expect(boundsOf({ kind: 'double' }, leaf => leaf.double(0, -0))).toEqual([-0, 0, 0n])
    expect(boundsOf({ kind: 'double' }, doubles([-1.5, Infinity, 3]))).toEqual([-1.5, Infinity, 0n])
  })

  it('are left out where there is a NaN, so that no engine passes over it', async () => {
    expect(boundsOf({ kind: 'double' }, doubles([1, Number.NaN, 2]))).toEqual([undefined, undefined, 0n])
    const writer = writerOf({ kind: 'double' })
    for (const value of [1, Number.NaN, 2]) writer.leaves[0]!.double(0, value)
    writer.endRowGroup(3)
    expect(await queryWithDuckDb(fileOf(writer), 'SELECT count(*) AS n FROM part WHERE c0 > 5')).toEqual([{ n: 1n }])
  })

  it('are left out for the NaN of any page', () => {
    const writer = writerOf({ kind: 'double' })
    for (const page of [[1], [Number.NaN, 2], [3]]) {
      for (let n = 0; n < 262_144; n++) writer.leaves[0]!.double(0, page[n] ?? page[0]!)
      writer.cutFullPages()
    }
    writer.endRowGroup(3 * 262_144)
    const { statistics } = parquetMetadata(fileOf(writer).buffer).row_groups[0]!.columns[0]!.meta_data!
    expect(statistics!.max_value).toBeUndefined()
  })

  it('of booleans, and of nothing but nulls', () => {
    const fill = (values: readonly boolean[]) => (leaf: LeafBuffer) => {
      for (const value of values) leaf.boolean(0, value)
    }
    expect(boundsOf({ kind: 'boolean' }, fill([true, false]))).toEqual([false, true, 0n])
    expect(boundsOf({ kind: 'boolean' }, fill([true, true]))).toEqual([true, true, 0n])
    expect(boundsOf({ kind: 'boolean' }, fill([false]))).toEqual([false, false, 0n])
    expect(boundsOf({ kind: 'int64' }, leaf => leaf.absent(0, 0))).toEqual([undefined, undefined, 1n])
  })

  it('are not given for text', () => {
    expect(boundsOf({ kind: 'string' }, leaf => addText(leaf, 'a'))).toEqual([undefined, undefined, 0n])
  })
})

describe('dictionaries', () => {
  it('serve columns of few values and leave the others plain', async () => {
    const types = (['string', 'int64', 'double', 'string'] as const).map(kind => ({ kind }))
    const writer = writerOf(...types, { kind: 'decimal', precision: 38, scale: 0 })
    const [few, numbers, same, many, decimals] = writer.leaves as [
      LeafBuffer,
      LeafBuffer,
      LeafBuffer,
      LeafBuffer,
      LeafBuffer,
    ]
    const rows = Array.from({ length: 3000 }, (_, n) => ({
      c0: n % 11 === 0 ? null : `status ${n % 7}`,
      c1: BigInt(n % 300),
      c2: -1,
      c3: `id ${n}`,
      c4: String(-(n % 2)),
    }))
    for (const row of rows) {
      if (row.c0 === null) few.absent(0, 0)
      else addText(few, row.c0)
      numbers.words(0, Number(row.c1), 0)
      same.double(0, row.c2)
      addText(many, row.c3)
      decimals.decimal(0, BigInt(row.c4))
    }
    writer.endRowGroup(rows.length)
    const file = fileOf(writer)
    const chunks = walkChunks(file)[0]!
    expect(chunks.map(({ pages }) => pages.map(page => [page.kind, page.values, page.encoding]))).toEqual([
      [
        ['dictionary', 7, PLAIN],
        ['data', 3000, DICTIONARY],
      ],
      [
        ['dictionary', 300, PLAIN],
        ['data', 3000, DICTIONARY],
      ],
      [
        ['dictionary', 1, PLAIN],
        ['data', 3000, DICTIONARY],
      ],
      [['data', 3000, PLAIN]],
      [
        ['dictionary', 2, PLAIN],
        ['data', 3000, DICTIONARY],
      ],
    ])
    expect(await queryWithDuckDb(file, 'SELECT * FROM part')).toEqual(
      rows.map(row => ({ ...row, c4: row.c4 === '0' ? '0' : '-1' })),
    )
    const withoutDecimals = (await readWithHyparquet(file)).map(({ c4, ...row }) => row)
    expect(withoutDecimals).toEqual(rows.map(({ c4, ...row }) => row))
  })

  it('are tried anew in each row group', () => {
    const writer = writerOf({ kind: 'string' })
    for (const distinct of [1000, 3]) {
      for (let n = 0; n < 1000; n++) addText(writer.leaves[0]!, `value ${n % distinct}`)
      writer.endRowGroup(1000)
    }
    expect(walkChunks(fileOf(writer)).map(([chunk]) => chunk!.pages.map(page => page.kind))).toEqual([
      ['data'],
      ['dictionary', 'data'],
    ])
  })

  it('are given up when later pages bring too much that is new', async () => {
    const writer = writerOf({ kind: 'string' })
    const texts = Array.from({ length: 4000 }, (_, n) => (n < 2000 ? `few ${n % 5} ` : `many ${n} `).padEnd(700, 'x'))
    for (const text of texts) {
      addText(writer.leaves[0]!, text)
      writer.cutFullPages()
    }
    writer.endRowGroup(texts.length)
    const file = fileOf(writer)
    const { pages } = walkChunks(file)[0]![0]!
    expect(pages[0]).toMatchObject({ kind: 'dictionary', values: 5 })
    expect(pages.slice(1).map(page => page.encoding)).toEqual([DICTIONARY, PLAIN, PLAIN])
    expect((await readWithHyparquet(file)).map(row => row['c0'])).toEqual(texts)
  })
})
