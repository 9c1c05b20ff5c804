import type { LeafBuffer } from '../parquet/leaf-buffer.js'
import { ByteSink } from './byte-sink.js'
import { dateMs, MAX_DATE_MS } from './date-text.js'
import { decimal128Scaled } from './decimal128.js'
import { writeExtendedJsonValue } from './extended-json.js'
import { writeJsonValue } from './json-text.js'
import { clearedSink } from './shred-members.js'
import type { ShredNode } from './shred-node.js'
import { MEASURED_BYTES, measuredSize } from './text-size.js'
import { cstringEnd, valueEnd } from './walk.js'

/** The value is in its leaves, and nothing of it is anywhere else. */
export const FITS = 0
/** It is in its leaves except for what the column has no place for: fields it doesn't name, nulls in structs. */
export const PARTLY = 1
/** The column can't hold it. What the leaves have of it by now must be rolled back. */
export const MISFIT = 2

/**
 * Entries that the lists of one document may make, over all leaves. A sub-document without fields is seven bytes of BSON and
 * an entry in each leaf of its struct: without a bound 16 MB of them under 200 leaves would be a gigabyte of levels. With
 * it they are 32 MiB, in at most twice the memory. What is beyond is a misfit, and as JSON it is no larger than it was.
 */
export const MAX_LIST_ENTRIES: number = 16 * 1024 * 1024

/** Takes BSON values apart into the leaves of their columns. Which types a column takes is told in `model/column.ts`. */
export class ValueShredder {
  #text = new ByteSink(4096)
  /** Counts structs. */
  #stamp = 0
  /** Made by the lists of this document. */
  #entries = 0

  /** Called where a document begins. */
  restart(): void {
    this.#entries = 0
  }

  /**
   * Writes the value of type `type` in `bytes[offset, end)`, which is not null.
   *
   * @param repetition - 0 for the first value of a row, else the level of the list that it goes on with
   * @returns {@link FITS}, {@link PARTLY} or {@link MISFIT}
   */
  write(
    node: ShredNode,
    type: number,
    bytes: Uint8Array,
    view: DataView,
    offset: number,
    end: number,
    repetition: number,
  ): number {
    const leaf = node.leaf
    switch (node.kind) {
      case 0: // string
        if (type !== 0x02) return MISFIT
        leaf.byteArray(repetition, bytes, view, offset + 4, end - 1)
        return FITS
      case 1: // int32
        if (type !== 0x10) return MISFIT
        leaf.int32(repetition, view.getInt32(offset, true))
        return FITS
      case 2: // int64
        if (type === 0x12) leaf.words(repetition, view.getInt32(offset, true), view.getInt32(offset + 4, true))
        else if (type === 0x10) leaf.words(repetition, view.getInt32(offset, true), view.getInt32(offset, true) >> 31)
        else return MISFIT
        return FITS
      case 3: // double
        if (type === 0x01) leaf.words(repetition, view.getInt32(offset, true), view.getInt32(offset + 4, true))
        else if (type === 0x10) leaf.double(repetition, view.getInt32(offset, true))
        else if (type === 0x12 && isExactDouble(view, offset)) leaf.double(repetition, int64Number(view, offset))
        else return MISFIT
        return FITS
      case 4: // boolean
        if (type !== 0x08) return MISFIT
        leaf.boolean(repetition, bytes[offset] === 1)
        return FITS
      case 5: {
        // timestamp
        if (type !== 0x09) return MISFIT
        const ms = dateMs(view, offset)
        if (ms > MAX_DATE_MS || ms < -MAX_DATE_MS) return MISFIT
        leaf.words(repetition, view.getInt32(offset, true), view.getInt32(offset + 4, true))
        return FITS
      }
      case 6: {
        // decimal
        const unscaled = scaled(type, view, offset, node.precision, node.scale)
        if (unscaled === undefined) return MISFIT
        leaf.decimal(repetition, unscaled)
        return FITS
      }
      case 7: // objectId
        if (type !== 0x07) return MISFIT
        leaf.hex(repetition, bytes, offset, end)
        return FITS
      case 8: // json
        this.#text.clear()
        if (end - offset >= MEASURED_BYTES) {
          this.#text.reserveExactly(measuredSize(into => writeJsonValue(into, type, bytes, view, offset, end)))
        }
        writeJsonValue(this.#text, type, bytes, view, offset, end)
        this.#moveText(leaf, repetition)
        return FITS
      case 9: // list
        return type === 0x04 ? this.#list(node, bytes, view, offset, end, repetition) : MISFIT
      case 10: // struct
        return type === 0x03 ? this.#struct(node, bytes, view, offset, end, repetition) : MISFIT
      default:
        // ID_KIND
        if (type === 0x02) leaf.byteArray(repetition, bytes, view, offset + 4, end - 1)
        else if (type === 0x07) leaf.hex(repetition, bytes, offset, end)
        else {
          this.#text.clear()
          writeExtendedJsonValue(this.#text, type, bytes, view, offset, end)
          this.#moveText(leaf, repetition)
        }
        return FITS
    }
  }

  #moveText(leaf: LeafBuffer, repetition: number): void {
    const { bytes, words, length } = this.#text
    leaf.byteArray(repetition, bytes, words, 0, length)
    this.#text = clearedSink(this.#text)
  }

  /** Elements in their order, whatever their names: an array's names are not data. */
  #list(node: ShredNode, bytes: Uint8Array, view: DataView, offset: number, end: number, repetition: number): number {
    const element = node.children[0]!
    const last = end - 1
    let at = offset + 4
    let fit = FITS
    if (at === last) node.absent(node.definition, repetition)
    for (let level = repetition; at < last; level = element.repetition) {
      this.#entries += node.leaves.length
      if (this.#entries > MAX_LIST_ENTRIES) return MISFIT
      const type = bytes[at]!
      const value = cstringEnd(bytes, at + 1, last) + 1
      at = valueEnd(type, bytes, view, value, last)
      if (type === 0x0a) {
        element.absent(node.definition + 1, level)
        continue
      }
      const elementFit = this.write(element, type, bytes, view, value, at, level)
      if (elementFit === MISFIT) return MISFIT
      fit |= elementFit
    }
    return fit
  }

  #struct(node: ShredNode, bytes: Uint8Array, view: DataView, offset: number, end: number, repetition: number): number {
    const { children, fields } = node
    const stamp = ++this.#stamp
    const last = end - 1
    let at = offset + 4
    let fit = FITS
    let written = 0
    fields.restart()
    while (at < last) {
      const type = bytes[at]!
      const field = fields.find(bytes, view, at + 1)
      const value = field === undefined ? cstringEnd(bytes, at + 1, last) + 1 : at + 1 + field.size
      at = valueEnd(type, bytes, view, value, last)
      const child = field?.node
      if (child === undefined) {
        fit |= PARTLY
        continue
      }
      // Two values of one field have no place in one row.
      if (child.stamp === stamp) return MISFIT
      child.stamp = stamp
      written++
      if (type === 0x0a) {
        child.absent(node.definition, repetition)
        fit |= PARTLY
        continue
      }
      const childFit = this.write(child, type, bytes, view, value, at, repetition)
      if (childFit === MISFIT) return MISFIT
      fit |= childFit
    }
    if (written < children.length) {
      for (const child of children) if (child.stamp !== stamp) child.absent(node.definition, repetition)
    }
    return fit
  }
}

/** Whether a double holds the int64 at `offset` to the last digit. */
function isExactDouble(view: DataView, offset: number): boolean {
  const high = view.getInt32(offset + 4, true)
  // Within ±2^53.
  if (high >= -0x20_0000 && high < 0x20_0000) return true
  return BigInt(int64Number(view, offset)) === view.getBigInt64(offset, true)
}

/** The nearest double: both products are exact, so only the sum is rounded. */
function int64Number(view: DataView, offset: number): number {
  return view.getInt32(offset + 4, true) * 0x1_0000_0000 + view.getUint32(offset, true)
}

/** The unscaled value of a decimal of this precision and scale, or undefined when it can't have this value exactly. */
function scaled(type: number, view: DataView, offset: number, precision: number, scale: number): bigint | undefined {
  if (type === 0x13) return decimal128Scaled(view, offset, precision, scale)
  let whole: bigint
  if (type === 0x10) whole = BigInt(view.getInt32(offset, true))
  else if (type === 0x12) whole = view.getBigInt64(offset, true)
  else return undefined
  const unscaled = whole * 10n ** BigInt(scale)
  const limit = 10n ** BigInt(precision)
  return unscaled < limit && unscaled > -limit ? unscaled : undefined
}
