import { CompactReader } from './thrift-reader.js'

/** At the end of a file: the footer's length, 4 bytes little-endian, and the magic word. */
export const PARQUET_TAIL_BYTES = 8

const MAGIC = 0x31524150 // PAR1, little-endian
/** `num_rows` of FileMetaData. */
const NUM_ROWS = 3

/**
 * How many bytes before a file's last eight are its footer.
 *
 * @param tail - the last {@link PARQUET_TAIL_BYTES} bytes
 * @throws RangeError when they end no Parquet file
 */
export function footerLength(tail: Uint8Array): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  if (tail.length !== PARQUET_TAIL_BYTES || view.getUint32(4, true) !== MAGIC)
    throw new RangeError('it does not end as a Parquet file does')
  return view.getUint32(0, true)
}

/**
 * Rows of a Parquet file, by its footer.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 *
 * @throws RangeError when these bytes are no footer
 */
export function footerRows(footer: Uint8Array): number {
  const rows = new CompactReader(footer).integerField(NUM_ROWS)
  if (rows === undefined || rows < 0n) throw new RangeError('its footer tells no number of rows')
  return Number(rows)
}
