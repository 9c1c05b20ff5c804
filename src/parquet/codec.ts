import { gzipSync } from 'node:zlib'
import type { Compression } from '../model/part-options.js'
import { compressSnappy } from './snappy.js'
import { zstdCompressor } from './zstd.js'

/** What pages are compressed with, and the number that Parquet knows it by. */
export interface PageCodec {
  /** `CompressionCodec` of parquet.thrift. */
  readonly id: number
  /** One page, into a buffer of its own that nobody else has. The same page gives the same bytes. */
  readonly compress: (page: Uint8Array) => Uint8Array
}

/** By default they are of 16 KiB. */
const CHUNK_BYTES = 256 * 1024

/**
 * Data pages of version 1 are compressed with their chunk's codec or not at all, so a page that does not shrink is
 * carried by the codec as it is: each has a way to store bytes, at a cost of a few.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/Compression.md
 *
 * @throws {@link LakeferryError} `CODEC_MISSING` where there is no zstd
 */
export function pageCodec({ parquet, zstdLevel, gzipLevel }: Compression): PageCodec {
  switch (parquet) {
    case 'none':
      // A copy: what is handed in is the scratch that the next page is put together in.
      return { id: 0, compress: page => page.slice() }
    case 'snappy':
      return { id: 1, compress: compressSnappy }
    case 'gzip':
      // Node joins its chunks of output in the end.
      return { id: 2, compress: page => gzipSync(page, { level: gzipLevel, memLevel: 9, chunkSize: CHUNK_BYTES }) }
    case 'zstd':
      return { id: 6, compress: zstdCompressor(zstdLevel) }
  }
}
