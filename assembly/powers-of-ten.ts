/**
 * Powers of ten as 128 bits of which the first is set, rounded up: the high word and then the low one. Made when the first is
 * asked for, from exact ones: a table of them in the module would be half as large as all the rest.
 */
const LEAST: i32 = -292
const GREATEST: i32 = 324
const table: usize = heap.alloc(16 * (GREATEST - LEAST + 1))
let isMade: bool = false

/** Words of 32 bits, the lowest first; 10^324 has 34, and 2^1120 / 10^292 more than the four that count. */
const WORDS: usize = 36
/** Before the lowest, as a number may have fewer than are looked at. */
const ZEROS: usize = 5

/** @param k - from LEAST to GREATEST, inclusive */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function powerOfTen(k: i32): usize {
  if (!isMade) make()
  return table + 16 * (k - LEAST)
}

function make(): void {
  const memoryOfWords = heap.alloc(4 * (ZEROS + WORDS))
  const words = memoryOfWords + 4 * ZEROS
  memory.fill(memoryOfWords, 0, 4 * (ZEROS + WORDS))
  store<u32>(words, 1)
  for (let k = 0; k <= GREATEST; k++) {
    put(k, words, false)
    let carry: u64 = 0
    for (let at = words; at < words + 4 * WORDS; at += 4) {
      carry += 10 * <u64>load<u32>(at)
      store<u32>(at, <u32>carry)
      carry >>= 32
    }
  }
  memory.fill(words, 0, 4 * WORDS)
  store<u32>(words + 4 * (WORDS - 1), 1)
  for (let k = -1; k >= LEAST; k--) {
    // Without what is below one each time, which comes to the same as without it once.
    let rest: u64 = 0
    for (let at = words + 4 * (WORDS - 1); at >= words; at -= 4) {
      rest = (rest << 32) | <u64>load<u32>(at)
      store<u32>(at, <u32>(rest / 10))
      rest %= 10
    }
    put(k, words, true)
  }
  heap.free(memoryOfWords)
  isMade = true
}

/** The first 128 bits of the words. @param hasMore - there is more than the words tell */
function put(k: i32, words: usize, hasMore: bool): void {
  let at = words + 4 * (WORDS - 1)
  while (load<u32>(at) == 0) at -= 4
  const shift = <u64>clz(load<u32>(at))
  let high = shifted(at, shift)
  let low = shifted(at - 8, shift)
  let isMore = hasMore || <u32>(<u64>load<u32>(at - 16) << shift) != 0
  for (let below = words; below < at - 16; below += 4) isMore = isMore || load<u32>(below) != 0
  if (isMore && ++low == 0) high++
  const entry = table + 16 * (k - LEAST)
  store<u64>(entry, high)
  store<u64>(entry, low, 8)
}

/** 64 bits of those that begin with the word at `at`, after the first `shift` of them. */
function shifted(at: usize, shift: u64): u64 {
  const two = (<u64>load<u32>(at) << 32) | <u64>load<u32>(at - 4)
  return shift == 0 ? two : (two << shift) | (<u64>load<u32>(at - 8) >> (32 - shift))
}
