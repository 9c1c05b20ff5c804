/** Both digits of a number below 100, as they are in memory. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function pair(value: u32): u16 {
  const tens = (value * 103) >> 10
  return <u16>(0x3030 + tens + ((value - 10 * tens) << 8))
}

/** The last `digits` digits, with leading zeros. */
export function writePadded(value: u32, digits: usize, out: usize): usize {
  let rest = value
  let at = out + digits
  while (at >= out + 2) {
    at -= 2
    const above = rest / 100
    store<u16>(at, pair(rest - 100 * above))
    rest = above
  }
  if (at > out) store<u8>(out, <u8>(0x30 + (rest % 10)))
  return out + digits
}

function writeUint32(value: u32, out: usize): usize {
  if (value < 10) {
    store<u8>(out, <u8>(0x30 + value))
    return out + 1
  }
  if (value < 100) {
    store<u16>(out, pair(value))
    return out + 2
  }
  return writePadded(value, digitCount(value), out)
}

function digitCount(value: u32): usize {
  if (value < 10000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4
  if (value < 100000000) return value < 1000000 ? (value < 100000 ? 5 : 6) : value < 10000000 ? 7 : 8
  return value < 1000000000 ? 9 : 10
}

/** @returns where the text ends */
export function writeUint64(value: u64, out: usize): usize {
  if (value <= <u64>u32.MAX_VALUE) return writeUint32(<u32>value, out)
  const top = value / 100000000
  return writePadded(<u32>(value - top * 100000000), 8, writeUint64(top, out))
}

export function writeInt64(value: i64, out: usize): usize {
  if (value >= 0) return writeUint64(value, out)
  store<u8>(out, 0x2d)
  // The least of them is its own negative, and as a number without sign what it should be.
  return writeUint64(<u64>-value, out + 1)
}
