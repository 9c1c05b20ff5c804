/**
 * Parquet's hybrid of run lengths and bit packing, for levels of a byte each and dictionary indices of two. Writes what
 * `src/parquet/rle-hybrid.ts` does, where the reasons for its choices are.
 */

const SHORTEST_RUN: i32 = 24

/**
 * A run of {@link SHORTEST_RUN} has eight values, of which the first is at a multiple of this, wherever it begins: so
 * only those need a look.
 */
const STRIDE: i32 = 16

/** What a store of whole words may write beyond the values' own bytes. */
const OVERRUN: usize = 16

/** The last group of eight, filled up with zeros. */
const tail: usize = memory.data(16)

/** Bits that the numbers from 0 to `max` need. */
// @ts-ignore: decorator
@inline
export function bitWidth(max: i32): i32 {
  return 32 - clz(max)
}

/** The room that {@link writeHybrid} needs for so many values. */
export function hybridRoom(count: i32, width: i32): usize {
  return ((<usize>count + 7) >>> 3) * (<usize>width + 5) + 16 + OVERRUN
}

/**
 * Writes `count` values, each below 2^width, and returns the address after them.
 *
 * @param T - u8, of at most 8 bits, or u16, of at most 15
 */
export function writeHybrid<T>(target: usize, values: usize, count: i32, width: i32): usize {
  let out = target
  let packedFrom = 0
  let at = 0
  while (at + 8 <= count) {
    const value = valueAt<T>(values, at)
    if (!areEight<T>(values, at, value)) {
      at += STRIDE
      continue
    }
    let from = at
    while (from > packedFrom && valueAt<T>(values, from - 1) === value) from--
    const end = runEnd<T>(values, at + 8, count, value)
    if (end - from >= SHORTEST_RUN) {
      // Only the last packed group may be short, so a run lends its head to fill the group before it.
      const runFrom = from + (-(from - packedFrom) & 7)
      out = writePacked<T>(out, values, packedFrom, runFrom, width)
      out = writeRun(out, value, end - runFrom, width)
      packedFrom = end
    }
    at = end
  }
  return writePacked<T>(out, values, packedFrom, count, width)
}

/** Writes one run of `count` equal values. */
export function writeRun(target: usize, value: u32, count: i32, width: i32): usize {
  const out = writeVarint(target, <u32>count * 2)
  store<u32>(out, value)
  return out + ((width + 7) >>> 3)
}

// @ts-ignore: decorator
@inline
function valueAt<T>(values: usize, index: i32): u32 {
  return <u32>load<T>(values + <usize>index * sizeof<T>())
}

/** Whether eight values are all `value`. */
// @ts-ignore: decorator
@inline
function areEight<T>(values: usize, index: i32, value: u32): bool {
  const at = values + <usize>index * sizeof<T>()
  if (sizeof<T>() === 1) return load<u64>(at) === <u64>value * 0x0101010101010101
  const four = <u64>value * 0x0001000100010001
  return ((load<u64>(at) ^ four) | (load<u64>(at, 8) ^ four)) === 0
}

function runEnd<T>(values: usize, from: i32, count: i32, value: u32): i32 {
  let end = from
  while (end + 8 <= count && areEight<T>(values, end, value)) end += 8
  while (end < count && valueAt<T>(values, end) === value) end++
  return end
}

/** Groups of eight values, lowest bits first, the last group filled up with zeros. */
function writePacked<T>(target: usize, values: usize, from: i32, end: i32, width: i32): usize {
  if (from === end) return target
  const count = end - from
  let out = writeVarint(target, <u32>(((count + 7) >>> 3) * 2 + 1))
  let at = values + <usize>from * sizeof<T>()
  const full = at + (<usize>count & ~7) * sizeof<T>()
  for (; at < full; at += 8 * sizeof<T>()) {
    packEight<T>(out, at, width)
    out += width
  }
  const rest = <usize>count & 7
  if (rest === 0) return out
  memory.fill(tail, 0, 16)
  memory.copy(tail, full, rest * sizeof<T>())
  packEight<T>(out, tail, width)
  return out + width
}

/** Pairs of neighbours are pushed together, then pairs of pairs. What is stored beyond `width` bytes is overwritten. */
// @ts-ignore: decorator
@inline
function packEight<T>(out: usize, at: usize, width: u64): void {
  if (sizeof<T>() === 1) {
    const values = load<u64>(at)
    const pairs = (values & 0x00ff00ff00ff00ff) | (((values >>> 8) & 0x00ff00ff00ff00ff) << width)
    store<u64>(out, packPairs(pairs, width << 1))
  } else {
    const low = packPairs(load<u64>(at), width)
    const high = packPairs(load<u64>(at, 8), width)
    const half = width << 2
    store<u64>(out, low | (high << half))
    store<u64>(out, high >>> (64 - half), 8)
  }
}

/** Four numbers of so many bits, sixteen apart, next to each other. */
// @ts-ignore: decorator
@inline
function packPairs(values: u64, bits: u64): u64 {
  const pairs = (values & 0x0000ffff0000ffff) | (((values >>> 16) & 0x0000ffff0000ffff) << bits)
  return (pairs & 0xffffffff) | ((pairs >>> 32) << (bits << 1))
}

function writeVarint(target: usize, value: u32): usize {
  let out = target
  let rest = value
  while (rest >= 0x80) {
    store<u8>(out++, rest | 0x80)
    rest >>>= 7
  }
  store<u8>(out++, rest)
  return out
}
