import { ThriftReader, type ThriftStruct } from './thrift-reader.js'

export interface Page {
  readonly kind: 'data' | 'dictionary'
  readonly values: number
  readonly encoding: number
  readonly uncompressedBytes: number
}

export interface Chunk {
  readonly metadata: ThriftStruct
  readonly pages: readonly Page[]
}

/** The chunks of each row group with their pages, found by walking the file; and that they lie where the footer says. */
export function walkChunks(file: Uint8Array): Chunk[][] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const footerAt = file.length - 8 - view.getUint32(file.length - 8, true)
  const footer = new ThriftReader(file, footerAt).struct()
  let at = 4
  const groups = (footer[4] as ThriftStruct[]).map(group => {
    const begin = at
    const chunks = (group[1] as ThriftStruct[]).map(chunk => {
      const metadata = chunk[3] as ThriftStruct
      const first = at
      const pages: Page[] = []
      let uncompressed = 0
      while (at < first + (metadata[7] as number)) {
        if (pages.length === (metadata[11] === undefined ? 0 : 1)) expectEqual(at, metadata[9])
        const reader = new ThriftReader(file, at)
        const header = reader.struct()
        const data = (header[5] ?? header[7]) as ThriftStruct
        pages.push({
          kind: header[1] === 0 ? 'data' : 'dictionary',
          values: data[1] as number,
          encoding: data[2] as number,
          uncompressedBytes: header[2] as number,
        })
        uncompressed += reader.offset - at + (header[2] as number)
        at = reader.offset + (header[3] as number)
      }
      expectEqual(at, first + (metadata[7] as number))
      expectEqual(metadata[11] ?? metadata[9], first)
      expectEqual(uncompressed, metadata[6])
      return { metadata, pages }
    })
    expectEqual(group[5], begin)
    expectEqual(group[6], at - begin)
    return chunks
  })
  expectEqual(at, footerAt)
  return groups
}

function expectEqual(actual: unknown, wanted: unknown): void {
  if (actual !== wanted) throw new Error(`the file has ${String(actual)} where ${String(wanted)} was to be`)
}
