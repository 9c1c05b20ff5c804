import type { LeafBuffer } from './leaf-buffer.js'
import type { PageSource } from './page-source.js'
import type { CompactWriter } from './thrift-compact.js'

/**
 * What a reader may use to pass over a column chunk without looking into it: the number of nulls, and the least and
 * greatest value of integers, instants, doubles and booleans. Texts and wide decimals get no bounds: comparing every
 * string costs more than it would save readers who look at whole columns.
 *
 * Source: https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift, `Statistics`, `ColumnOrder`
 */
export class Statistics {
  #nulls = 0
  #bounds: Bounds | undefined
  /**
   * Engines disagree whether a NaN is within bounds (DuckDB and Spark hold it to be the greatest of all), so a chunk
   * with one gets none.
   */
  #nan = false

  /** Takes the values that are in no page yet into account. */
  add(source: PageSource): void {
    this.#nulls += source.nulls
    const page = source.bounds()
    if (page === 'NaN') this.#nan = true
    else if (page) this.#widen(page)
  }

  write(writer: CompactWriter, field: number): void {
    const bounds = this.#nan ? undefined : this.#bounds
    writer.struct(field, () => {
      writer.i64(3, this.#nulls)
      if (!bounds) return
      writer.binary(5, plain(bounds, bounds.max, 0))
      writer.binary(6, plain(bounds, bounds.min, -0))
    })
  }

  #widen(page: Bounds): void {
    const { min, max } = this.#bounds ?? page
    this.#bounds = { bytes: page.bytes, min: lesser(page.min, min), max: greater(page.max, max) }
  }
}

// `Math.min` and `Math.max` take no bigints.
function lesser(a: number | bigint, b: number | bigint): number | bigint {
  if (b < a) return b
  return a
}

function greater(a: number | bigint, b: number | bigint): number | bigint {
  if (b > a) return b
  return a
}

export interface Bounds {
  /** Of one value: 1 for a boolean, 4 for an int32, 8 for an int64 or a double. */
  readonly bytes: 1 | 4 | 8
  /** A bigint exactly for an int64. */
  readonly min: number | bigint
  readonly max: number | bigint
}

export function pageBounds({ schema, view, bytes }: LeafBuffer, count: number): Bounds | 'NaN' | undefined {
  switch (schema.physical) {
    case 'int32':
      return int32Bounds(view, count)
    case 'int64':
      return int64Bounds(view, count)
    case 'double':
      return doubleBounds(view, count)
    case 'boolean':
      return booleanBounds(bytes, count)
    default:
      return undefined
  }
}

function int32Bounds(view: DataView, count: number): Bounds {
  let min = view.getInt32(0, true)
  let max = min
  for (let at = 4; at < 4 * count; at += 4) {
    const value = view.getInt32(at, true)
    if (value < min) min = value
    else if (value > max) max = value
  }
  return { bytes: 4, min, max }
}

/** By halves: a bigint for each value would be the slowest thing in the file. */
function int64Bounds(view: DataView, count: number): Bounds {
  let minAt = 0
  let minHigh = view.getInt32(4, true)
  let minLow = view.getUint32(0, true)
  let maxAt = 0
  let maxHigh = minHigh
  let maxLow = minLow
  for (let at = 8; at < 8 * count; at += 8) {
    const high = view.getInt32(at + 4, true)
    const low = view.getUint32(at, true)
    if (high < minHigh || (high === minHigh && low < minLow)) {
      minAt = at
      minHigh = high
      minLow = low
    }
    if (high > maxHigh || (high === maxHigh && low > maxLow)) {
      maxAt = at
      maxHigh = high
      maxLow = low
    }
  }
  return { bytes: 8, min: view.getBigInt64(minAt, true), max: view.getBigInt64(maxAt, true) }
}

function doubleBounds(view: DataView, count: number): Bounds | 'NaN' {
  let min = view.getFloat64(0, true)
  let max = min
  for (let at = 0; at < 8 * count; at += 8) {
    const value = view.getFloat64(at, true)
    if (Number.isNaN(value)) return 'NaN'
    if (value < min) min = value
    else if (value > max) max = value
  }
  return { bytes: 8, min, max }
}

function booleanBounds(bytes: Uint8Array, count: number): Bounds {
  let values = 0
  let all = 1
  for (let index = 0; index < count; index++) {
    const bit = (bytes[index >>> 3]! >>> (index & 7)) & 1
    values |= bit
    all &= bit
  }
  return { bytes: 1, min: all, max: values }
}

/** @param zero - what a double's zero is written as: a lower bound covers both zeros as -0, an upper one as +0 */
function plain(bounds: Bounds, value: number | bigint, zero: 0 | -0): Uint8Array {
  const view = new DataView(new ArrayBuffer(bounds.bytes))
  if (typeof value === 'bigint') view.setBigInt64(0, value, true)
  else if (bounds.bytes === 8) view.setFloat64(0, value === 0 ? zero : value, true)
  else if (bounds.bytes === 4) view.setInt32(0, value, true)
  else view.setUint8(0, value)
  return new Uint8Array(view.buffer)
}
