/**
 * The distinct values of one column chunk, where there are few. What goes in and when it ends is as in
 * `src/parquet/dictionary.ts`, where the reasons are, down to the hash: equal documents make equal files either way.
 */
@unmanaged
export class Dictionary {
  /** Bytes of each value, or 0 where each begins with its length. */
  width: usize
  /** Entries one after another. */
  bytes: usize
  bytesRoom: usize
  length: usize
  /** Where each entry begins in `bytes`, a word each, and where the last one ends. */
  starts: usize
  /** Words that `starts` has room for. */
  startsRoom: i32
  /** By hash, of {@link SLOT} bytes: the number of an entry plus 1, or 0, and in the upper half the entry's hash. */
  slots: usize
  mask: u32
  entries: i32
  /** Bytes that the entries may have by now. */
  limit: usize
  /** Whether later pages of the chunk do without. */
  closed: bool
}

const MAX_ENTRIES: i32 = 32 * 1024
const SAMPLE_BYTES: usize = 32 * 1024
const FIRST_ENTRIES: i32 = 256
export const SLOT: usize = 8

/** How far one may read beyond an entry. */
export const OVERREAD: usize = 32

export function newDictionary(width: i32): usize {
  const pointer = heap.alloc(offsetof<Dictionary>())
  const dictionary = changetype<Dictionary>(pointer)
  dictionary.width = width
  dictionary.bytesRoom = 1024
  dictionary.bytes = heap.alloc(dictionary.bytesRoom + OVERREAD)
  dictionary.startsRoom = FIRST_ENTRIES
  dictionary.starts = heap.alloc(4 * FIRST_ENTRIES)
  store<u32>(dictionary.starts, 0)
  dictionary.mask = 2 * FIRST_ENTRIES - 1
  dictionary.slots = heap.alloc(2 * FIRST_ENTRIES * SLOT)
  clearDictionary(pointer)
  return pointer
}

/** Begins the dictionary of another chunk. */
export function clearDictionary(pointer: usize): void {
  const dictionary = changetype<Dictionary>(pointer)
  memory.fill(dictionary.slots, 0, (<usize>dictionary.mask + 1) * SLOT)
  dictionary.length = 0
  dictionary.limit = SAMPLE_BYTES
  dictionary.entries = 0
  dictionary.closed = false
}

export function dictionaryEntries(pointer: usize): i32 {
  return changetype<Dictionary>(pointer).entries
}

/** Where the dictionary page is. */
export function dictionaryBytes(pointer: usize): usize {
  return changetype<Dictionary>(pointer).bytes
}

export function dictionaryLength(pointer: usize): i32 {
  return <i32>changetype<Dictionary>(pointer).length
}

/** Makes the entry after the last, in a slot that is free. False when there can be no entry more. */
export function add(dictionary: Dictionary, value: usize, size: usize, hash: u32, slot: u32): bool {
  const index = dictionary.entries
  const from = dictionary.length
  const length = from + size
  if (index === MAX_ENTRIES || length > dictionary.limit) return false
  if (length > dictionary.bytesRoom) {
    dictionary.bytesRoom = 2 * length
    dictionary.bytes = grown(dictionary.bytes, from, dictionary.bytesRoom + OVERREAD)
  }
  memory.copy(dictionary.bytes + from, value, size)
  dictionary.length = length
  store<u32>(dictionary.starts + ((<usize>(index + 1)) << 2), length)
  setSlot(dictionary.slots, slot, index, hash)
  dictionary.entries = index + 1
  if (dictionary.entries === dictionary.startsRoom - 1) growEntries(dictionary)
  return true
}

// @ts-ignore: decorator
@inline
function setSlot(slots: usize, slot: u32, index: i32, hash: u32): void {
  const address = slots + <usize>slot * SLOT
  store<u32>(address, index + 1)
  store<u32>(address, hash, 4)
}

/** Entries take their slots anew in the order of their numbers. */
function growEntries(dictionary: Dictionary): void {
  const room = 2 * dictionary.startsRoom
  dictionary.starts = grown(dictionary.starts, 4 * <usize>dictionary.startsRoom, 4 * <usize>room)
  dictionary.startsRoom = room
  const mask = <u32>(2 * room - 1)
  const slots = heap.alloc(2 * <usize>room * SLOT)
  memory.fill(slots, 0, 2 * <usize>room * SLOT)
  const hashes = heap.alloc(4 * <usize>dictionary.entries)
  const ends = dictionary.slots + (<usize>dictionary.mask + 1) * SLOT
  for (let at = dictionary.slots; at < ends; at += SLOT) {
    const entry = load<u32>(at)
    if (entry !== 0) store<u32>(hashes + ((<usize>(entry - 1)) << 2), load<u32>(at, 4))
  }
  for (let index = 0; index < dictionary.entries; index++) {
    const hash = load<u32>(hashes + ((<usize>index) << 2))
    let slot = hash & mask
    while (load<u32>(slots + <usize>slot * SLOT) !== 0) slot = (slot + 1) & mask
    setSlot(slots, slot, index, hash)
  }
  heap.free(hashes)
  heap.free(dictionary.slots)
  dictionary.slots = slots
  dictionary.mask = mask
}

function grown(pointer: usize, used: usize, room: usize): usize {
  const copy = heap.alloc(room)
  memory.copy(copy, pointer, used)
  heap.free(pointer)
  return copy
}
