/**
 * The values of one leaf that are not in a page yet, in linear memory: Parquet's PLAIN encoding and the levels. The struct
 * has a word of four bytes for each of these; JavaScript reads it by the same offsets (`src/hot/layout.ts`).
 */
export const BYTES: usize = 0 // where the values are
export const BYTES_ROOM: usize = 4
export const LENGTH: usize = 8 // bytes of values
export const ENTRIES: usize = 12 // null or not
export const NULLS: usize = 16
export const DEFINITIONS: usize = 20 // a byte for each entry; only once there is a null, but in a list always
export const DEFINITIONS_ROOM: usize = 24
export const REPETITIONS: usize = 28 // a byte for each entry of a leaf that is in a list
export const REPETITIONS_ROOM: usize = 32
export const DEFINITION: usize = 36 // the greatest definition level
export const REPETITION: usize = 40 // the greatest repetition level
export const PHYSICAL: usize = 44 // as in format-codes.ts: 0 boolean, 1 int32, 2 int64, 5 double, 6 byteArray, 7 fixedLengthByteArray
export const MARKED_LENGTH: usize = 48
export const MARKED_ENTRIES: usize = 52
export const MARKED_NULLS: usize = 56
export const LEAF_SIZE: usize = 64

export const BOOLEAN: i32 = 0
export const INT32: i32 = 1
export const INT64: i32 = 2
export const DOUBLE: i32 = 5
export const BYTE_ARRAY: i32 = 6

/**
 * Memory kept between pages, for values and for levels: what pages of the usual size come to, twice at most by growing. One
 * larger document must not be paid for until the end.
 */
const KEPT_BYTES: i32 = 2621440
const KEPT_LEVELS: i32 = 512 * 1024

export function newLeaf(physical: i32, definition: i32, repetition: i32): usize {
  const leaf = heap.alloc(LEAF_SIZE)
  memory.fill(leaf, 0, LEAF_SIZE)
  store<i32>(leaf, physical, PHYSICAL)
  store<i32>(leaf, definition, DEFINITION)
  store<i32>(leaf, repetition, REPETITION)
  store<u32>(leaf, <u32>heap.alloc(1024), BYTES)
  store<i32>(leaf, 1024, BYTES_ROOM)
  store<u32>(leaf, <u32>heap.alloc(256), DEFINITIONS)
  store<i32>(leaf, 256, DEFINITIONS_ROOM)
  if (repetition > 0) {
    store<u32>(leaf, <u32>heap.alloc(256), REPETITIONS)
    store<i32>(leaf, 256, REPETITIONS_ROOM)
  }
  return leaf
}

export function markLeaf(leaf: usize): void {
  store<i32>(leaf, load<i32>(leaf, LENGTH), MARKED_LENGTH)
  store<i32>(leaf, load<i32>(leaf, ENTRIES), MARKED_ENTRIES)
  store<i32>(leaf, load<i32>(leaf, NULLS), MARKED_NULLS)
}

/** Back to the last mark. */
export function rollbackLeaf(leaf: usize): void {
  const length = load<i32>(leaf, MARKED_LENGTH)
  const entries = load<i32>(leaf, MARKED_ENTRIES)
  const nulls = load<i32>(leaf, MARKED_NULLS)
  store<i32>(leaf, length, LENGTH)
  store<i32>(leaf, entries, ENTRIES)
  store<i32>(leaf, nulls, NULLS)
  const bits = (entries - nulls) & 7
  // The rest of a byte of booleans is in the page, where equal rows shall make equal bytes.
  if (bits > 0 && load<i32>(leaf, PHYSICAL) == BOOLEAN) {
    const at: usize = load<u32>(leaf, BYTES) + length - 1
    store<u8>(at, <u8>(<i32>load<u8>(at) & ((1 << bits) - 1)))
  }
  trim(leaf)
}

/** Begins again in the same memory, unless that has grown out of proportion. */
export function clearLeaf(leaf: usize): void {
  store<i32>(leaf, 0, LENGTH)
  store<i32>(leaf, 0, ENTRIES)
  store<i32>(leaf, 0, NULLS)
  markLeaf(leaf)
  trim(leaf)
}

function trim(leaf: usize): void {
  const length = load<i32>(leaf, LENGTH)
  if (load<i32>(leaf, BYTES_ROOM) > KEPT_BYTES && length < KEPT_BYTES / 2) resizeBytes(leaf, max(2 * length, 1024))
  const entries = load<i32>(leaf, ENTRIES)
  if (load<i32>(leaf, DEFINITIONS_ROOM) > KEPT_LEVELS && entries < KEPT_LEVELS / 2) {
    resizeLevels(leaf, max(2 * entries, 256))
  }
}

/** Nothing here: what is missing is told by the definition level. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function absent(leaf: usize, definition: i32, repetition: i32): void {
  const nulls = load<i32>(leaf, NULLS)
  store<i32>(leaf, nulls + 1, NULLS)
  if (nulls == 0 && load<i32>(leaf, REPETITION) == 0) fillDefinitions(leaf)
  const index = load<i32>(leaf, ENTRIES)
  store<i32>(leaf, index + 1, ENTRIES)
  putLevels(leaf, index, definition, repetition)
}

/** Makes an entry with a value of so many bytes and says where it goes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function roomFor(leaf: usize, repetition: i32, size: i32): usize {
  const index = load<i32>(leaf, ENTRIES)
  store<i32>(leaf, index + 1, ENTRIES)
  if (load<i32>(leaf, NULLS) != 0 || load<i32>(leaf, REPETITION) != 0) {
    putLevels(leaf, index, load<i32>(leaf, DEFINITION), repetition)
  }
  const from = load<i32>(leaf, LENGTH)
  const end = from + size
  if (end > load<i32>(leaf, BYTES_ROOM)) resizeBytes(leaf, max(end, 2 * from))
  store<i32>(leaf, end, LENGTH)
  return load<u32>(leaf, BYTES) + from
}

export function putText(leaf: usize, repetition: i32, from: usize, size: i32): void {
  const to = roomFor(leaf, repetition, size + 4)
  store<i32>(to, size)
  if (size > 64) memory.copy(to + 4, from, size)
  else {
    // Words first: a call into the engine costs more than so few bytes.
    let at: usize = 0
    const bytes = <usize>size
    for (; at + 8 <= bytes; at += 8) store<u64>(to + 4 + at, load<u64>(from + at))
    for (; at < bytes; at++) store<u8>(to + 4 + at, load<u8>(from + at))
  }
}

/** The bytes as text of two hex digits each. */
export function putHex(leaf: usize, repetition: i32, from: usize, size: i32): void {
  const to = roomFor(leaf, repetition, 2 * size + 4)
  store<i32>(to, 2 * size)
  for (let at: usize = 0; at < <usize>size; at++) {
    const byte = <u32>load<u8>(from + at)
    store<u16>(to + 4 + 2 * at, <u16>(hexDigit(byte >> 4) | (hexDigit(byte & 15) << 8)))
  }
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function hexDigit(value: u32): u32 {
  return value + 48 + (value > 9 ? 39 : 0)
}

export function putInt32(leaf: usize, repetition: i32, value: i32): void {
  store<i32>(roomFor(leaf, repetition, 4), value)
}

/** Also a double, by its bits: NaNs keep theirs. */
export function putInt64(leaf: usize, repetition: i32, value: i64): void {
  store<i64>(roomFor(leaf, repetition, 8), value)
}

/** Eight to a byte, lowest bit first. */
export function putBoolean(leaf: usize, repetition: i32, value: i32): void {
  const index = load<i32>(leaf, ENTRIES) - load<i32>(leaf, NULLS)
  const bit = 1 << (index & 7)
  // The number of values and not the length says where it goes: a rollback may have left the last byte half full.
  store<i32>(leaf, index >> 3, LENGTH)
  const to = roomFor(leaf, repetition, 1)
  const below = <i32>load<u8>(to) & (bit - 1)
  store<u8>(to, <u8>(value ? below | bit : below))
}

function putLevels(leaf: usize, index: i32, definition: i32, repetition: i32): void {
  if (index >= load<i32>(leaf, DEFINITIONS_ROOM)) resizeLevels(leaf, 2 * index)
  store<u8>(<usize>load<u32>(leaf, DEFINITIONS) + index, <u8>definition)
  if (load<i32>(leaf, REPETITION) > 0) store<u8>(<usize>load<u32>(leaf, REPETITIONS) + index, <u8>repetition)
}

/** Of the entries so far, which are all there. */
function fillDefinitions(leaf: usize): void {
  const entries = load<i32>(leaf, ENTRIES)
  if (entries >= load<i32>(leaf, DEFINITIONS_ROOM)) resizeLevels(leaf, 2 * entries)
  memory.fill(load<u32>(leaf, DEFINITIONS), <u8>load<i32>(leaf, DEFINITION), entries)
}

function resizeBytes(leaf: usize, room: i32): void {
  store<u32>(leaf, <u32>heap.realloc(load<u32>(leaf, BYTES), room), BYTES)
  store<i32>(leaf, room, BYTES_ROOM)
}

function resizeLevels(leaf: usize, room: i32): void {
  store<u32>(leaf, <u32>heap.realloc(load<u32>(leaf, DEFINITIONS), room), DEFINITIONS)
  store<i32>(leaf, room, DEFINITIONS_ROOM)
  if (load<i32>(leaf, REPETITION) == 0) return
  store<u32>(leaf, <u32>heap.realloc(load<u32>(leaf, REPETITIONS), room), REPETITIONS)
  store<i32>(leaf, room, REPETITIONS_ROOM)
}
