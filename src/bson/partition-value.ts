import type { Column } from '../model/column.js'
import type { DatePart } from '../model/part-options.js'
import { dateMs, MAX_DATE_MS } from './date-text.js'
import { valueEnd } from './walk.js'

const MS_PER_DAY = 86_400_000
/** Days whose text is kept: more than a segment may have partitions, and cheap. */
const KEPT_DAYS = 4096

/**
 * Reads the value that a document is partitioned by, as text: what the Parquet column of the field holds. It is null where
 * that is null (missing, null, or a value that does not fit the column) and for the empty text.
 */
export class PartitionValueReader {
  readonly #name: Uint8Array
  readonly #kind: Column['type']['kind']
  readonly #date: DatePart | undefined
  readonly #days = new Map<number, string>()

  /** @param column - of a kind that `checkPartitioning` takes; `date` where it is a timestamp */
  constructor({ name, type }: Column, date: DatePart | undefined) {
    this.#name = Buffer.from(`${name}\0`)
    this.#kind = type.kind
    this.#date = date
  }

  /** @param start - of a document that has passed `checkDocument` */
  read(bytes: Uint8Array, view: DataView, start: number): string | null {
    const last = start + view.getInt32(start, true) - 1
    const name = this.#name
    for (let at = start + 4; at < last; ) {
      const type = bytes[at]!
      let from = at + 1
      let same = 0
      while (same < name.length && bytes[from + same] === name[same]) same++
      if (same === name.length) return this.#text(type, bytes, view, from + same)
      while (bytes[from] !== 0) from++
      at = valueEnd(type, bytes, view, from + 1, last)
    }
    return null
  }

  #text(type: number, bytes: Uint8Array, view: DataView, offset: number): string | null {
    switch (this.#kind) {
      case 'string':
        return type === 0x02 ? utf8Text(bytes, offset + 4, offset + 3 + view.getInt32(offset, true)) : null
      case 'int32':
        return type === 0x10 ? String(view.getInt32(offset, true)) : null
      case 'int64':
        if (type === 0x10) return String(view.getInt32(offset, true))
        return type === 0x12 ? String(view.getBigInt64(offset, true)) : null
      case 'boolean':
        return type === 0x08 ? String(bytes[offset] === 1) : null
      case 'objectId':
        return type === 0x07 ? Buffer.from(bytes.subarray(offset, offset + 12)).toString('hex') : null
      case 'timestamp':
        return type === 0x09 ? this.#dateText(dateMs(view, offset)) : null
      default:
        throw new RangeError(`no partitions by a ${this.#kind}`)
    }
  }

  #dateText(ms: number): string | null {
    if (ms > MAX_DATE_MS || ms < -MAX_DATE_MS) return null
    const day = Math.floor(ms / MS_PER_DAY)
    const known = this.#days.get(day)
    if (known !== undefined) return known
    // `2024-01-05`; years beyond 9999 or before 0 have a sign and six digits, as in plain JSON.
    const text = new Date(day * MS_PER_DAY).toISOString().slice(0, -'T00:00:00.000Z'.length)
    const cut = this.#date === 'year' ? -6 : this.#date === 'month' ? -3 : text.length
    if (this.#days.size === KEPT_DAYS) this.#days.clear()
    this.#days.set(day, text.slice(0, cut))
    return text.slice(0, cut)
  }
}

function utf8Text(bytes: Uint8Array, start: number, end: number): string | null {
  return start === end ? null : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString()
}
