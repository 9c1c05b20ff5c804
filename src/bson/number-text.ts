import type { ByteSink } from './byte-sink.js'

/** Digits of an integer in [0, 2^53], most significant first. Room for 16 must have been reserved. */
function writeDigits(sink: ByteSink, value: number): void {
  if (value >= 1e9) {
    const top = Math.floor(value / 1e9)
    writeDigits(sink, top)
    writePadded(sink, value - top * 1e9, 9)
    return
  }
  let digits = 1
  for (let power = 10; value >= power; power *= 10) digits++
  writePadded(sink, value, digits)
}

/** The last `digits` digits of a non-negative int32, with leading zeros. Room must have been reserved. */
export function writePadded(sink: ByteSink, value: number, digits: number): void {
  const bytes = sink.bytes
  let rest = value | 0
  for (let at = sink.length + digits - 1; at >= sink.length; at--) {
    const tenth = (rest / 10) | 0
    bytes[at] = 0x30 + rest - tenth * 10
    rest = tenth
  }
  sink.length += digits
}

/** Decimal text of any whole number within ±2^53; -0 is `0`. */
export function writeInteger(sink: ByteSink, value: number): void {
  sink.reserve(20)
  if (value < 0) {
    sink.bytes[sink.length++] = 0x2d
    writeDigits(sink, -value)
  } else writeDigits(sink, value)
}

/** The int64 at `offset`, digit for digit. */
export function writeInt64(sink: ByteSink, view: DataView, offset: number): void {
  const high = view.getInt32(offset + 4, true)
  // Within ±2^53 a double is exact.
  if (high >= -0x200000 && high < 0x200000) writeInteger(sink, high * 0x1_0000_0000 + view.getUint32(offset, true))
  else sink.ascii(view.getBigInt64(offset, true).toString())
}
