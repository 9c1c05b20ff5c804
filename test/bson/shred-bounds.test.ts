import { Int32, serialize } from 'bson'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { describe, expect, it } from 'vitest'
import { partColumns, Shredder } from '../../src/bson/shred.js'
import { MAX_LIST_ENTRIES } from '../../src/bson/shred-value.js'
import { viewOf } from '../../src/bson/walk.js'
import type { Column } from '../../src/model/column.js'
import { ParquetFileWriter } from '../../src/parquet/file-writer.js'
import { partOf } from './parquet-part-bytes.js'

const MEBIBYTE = 1024 * 1024

/** A list of structs with so many fields. */
function wideList(fields: number): Column {
  const names = Array.from({ length: fields }, (_, n) => ({ name: `f${n}`, type: { kind: 'int32' } as const }))
  return { name: 'list', type: { kind: 'list', element: { kind: 'struct', fields: names } } }
}

/** 16 MB of an array, of nothing but this element; a server takes arrays whose names are empty. */
function hugeArray(element: readonly number[]): Uint8Array {
  const count = Math.floor((16 * MEBIBYTE - 64) / element.length)
  const bytes = new Uint8Array(count * element.length + 16)
  const view = viewOf(bytes)
  view.setInt32(0, bytes.length, true)
  bytes.set([0x04, ...Buffer.from('list\0')], 4)
  view.setInt32(10, bytes.length - 11, true)
  for (let n = 0; n < count; n++) bytes.set(element, 14 + n * element.length)
  return bytes
}

function heldBytes({ leaves }: ParquetFileWriter): number {
  return leaves.reduce((sum, leaf) => sum + leaf.bytes.length + leaf.definitions.length + leaf.repetitions.length, 0)
}

describe('a document whose lists make entries without end', () => {
  const emptyDocument = [0x03, 0, 5, 0, 0, 0, 0]

  it.each([
    ['empty documents', emptyDocument],
    ['nulls', [0x0a, 0]],
  ])('is held in bounded memory (%s)', (_, element) => {
    const writer = new ParquetFileWriter({ columns: partColumns([wideList(200)]) })
    const shredder = new Shredder(writer)
    const document = hugeArray(element)
    shredder.add(document, viewOf(document), 0, document.length)
    const misfit = writer.leaves.at(-1)!
    // Of what a document of 16 MB is as JSON there is no way round.
    expect(heldBytes(writer) - misfit.bytes.length).toBeLessThan(64 * MEBIBYTE)
  })

  it('gives the memory back with the page', () => {
    const writer = new ParquetFileWriter({
      columns: partColumns([wideList(3), { name: 'x', type: { kind: 'int32' } }]),
    })
    const shredder = new Shredder(writer)
    const document = hugeArray(emptyDocument)
    shredder.add(document, viewOf(document), 0, document.length)
    expect(heldBytes(writer)).toBeGreaterThan(12 * MEBIBYTE)
    writer.cutFullPages()
    expect(heldBytes(writer)).toBeLessThan(MEBIBYTE)
  })

  it('gives the memory back when what it was for turns out not to fit', () => {
    const writer = new ParquetFileWriter({ columns: partColumns([wideList(3)]) })
    const shredder = new Shredder(writer)
    const document = hugeArray(emptyDocument)
    // The last element becomes a boolean.
    document.set([0x08, 0x61, 0x62, 0x63, 0x64, 0, 1], document.length - 9)
    shredder.add(document, viewOf(document), 0, document.length)
    const misfit = writer.leaves.at(-1)!
    expect(heldBytes(writer) - misfit.bytes.length).toBeLessThan(MEBIBYTE)
  })

  it('has the list in its column up to the bound, and whole in _misfit beyond it', async () => {
    const [fields, most] = [500, Math.floor(MAX_LIST_ENTRIES / 500)]
    const documents = [most, most + 1].map(count => ({
      _id: `${count}`,
      other: new Int32(1),
      list: Array.from({ length: count }, () => ({})),
      after: 'x',
    }))
    const columns = [wideList(fields), { name: 'after', type: { kind: 'string' } } as const]
    const part = partOf(documents, { columns })
    const rows = await parquetReadObjects({
      file: part.buffer,
      compressors,
      columns: ['_id', 'after', '_extra', '_misfit'],
    })
    expect(rows).toEqual([
      { _id: `${most}`, after: 'x', _extra: '{"other":1}', _misfit: null },
      {
        _id: `${most + 1}`,
        after: 'x',
        _extra: '{"other":1}',
        _misfit: JSON.stringify({ list: documents[1]!.list }),
      },
    ])
  })

  it('does not use up what the next one may have', () => {
    const writer = new ParquetFileWriter({ columns: partColumns([wideList(200)]) })
    const shredder = new Shredder(writer)
    const [huge, small] = [hugeArray(emptyDocument), serialize({ list: [{}, {}] })]
    for (const document of [huge, small]) shredder.add(document, viewOf(document), 0, document.length)
    const [list, misfit] = [writer.leaves[1]!, writer.leaves.at(-1)!]
    // One that says that the list of the first is not here, and two for the second's.
    expect(list.entries).toBe(3)
    expect(misfit.entries - misfit.nulls).toBe(1)
  })
})

it('leaves so many that a page for each would be too much are cut into pages together', () => {
  const columns = Array.from({ length: 3000 }, (_, n) => ({ name: `c${n}`, type: { kind: 'int32' } as const }))
  const writer = new ParquetFileWriter({ columns })
  for (let row = 0; row < 5600; row++) for (const leaf of writer.leaves) leaf.absent(0, 0)
  writer.cutFullPages()
  expect(writer.leaves.every(leaf => leaf.entries === 0)).toBe(true)
})
