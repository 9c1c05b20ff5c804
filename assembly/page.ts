import { Dictionary } from './dictionary'
import { encode } from './dictionary-encode'
import { BYTES, DEFINITION, DEFINITIONS, ENTRIES, LENGTH, NULLS, REPETITION, REPETITIONS } from './leaf'
import { bitWidth, hybridRoom, writeHybrid, writeRun } from './rle-hybrid'

/** Memory kept from page to page: a page of one large value must not be paid for until the end. */
const KEPT_BYTES: usize = 4 * 1024 * 1024
const FIRST_PAGE: usize = 64 * 1024
const FIRST_INDICES: usize = 64 * 1024

/** Where uncompressed data pages are put together: repetition levels, definition levels, values. One for all leaves. */
let page: usize = 0
let pageRoom: usize = 0
/** Of two bytes each: a dictionary never has more than 2^15 entries. */
let indices: usize = 0
let indicesRoom: usize = 0
let isIndexed: bool = false

/**
 * Makes a page of what is in the leaf and says how long it is. Valid until the next one, or until it is released.
 *
 * @param dictionary - 0 for a leaf that has none
 */
export function makePage(leaf: usize, dictionary: usize): i32 {
  const count = load<i32>(leaf, ENTRIES) - load<i32>(leaf, NULLS)
  isIndexed = false
  if (dictionary !== 0 && count > 0) {
    const values = changetype<Dictionary>(dictionary)
    if (!values.closed) {
      needIndices(<usize>count * 2)
      isIndexed = encode(values, leaf, indices)
      if (isIndexed) return indexPage(leaf, count, values.entries)
    }
  }
  return plainPage(leaf)
}

export function pageAt(): usize {
  return page
}

export function pageIsIndexed(): i32 {
  return isIndexed
}

/** The last page is done with: gives memory back that has grown out of proportion. */
export function releasePage(): void {
  if (pageRoom > KEPT_BYTES) {
    heap.free(page)
    pageRoom = 0
  }
  if (indicesRoom > KEPT_BYTES) {
    heap.free(indices)
    indicesRoom = 0
  }
}

function plainPage(leaf: usize): i32 {
  const length = load<usize>(leaf, LENGTH)
  const at = writeLevels(leaf, length)
  memory.copy(at, load<usize>(leaf, BYTES), length)
  return <i32>(at + length - page)
}

function indexPage(leaf: usize, count: i32, entries: i32): i32 {
  // At least one: not every reader knows that a dictionary of one entry needs no bits.
  const width = max(bitWidth(entries - 1), 1)
  const at = writeLevels(leaf, 1 + hybridRoom(count, width))
  store<u8>(at, width)
  return <i32>(writeHybrid<u16>(at + 1, indices, count, width) - page)
}

/** Writes both kinds of levels, leaves room for so many bytes of values, and says where those begin. */
function writeLevels(leaf: usize, room: usize): usize {
  const entries = load<i32>(leaf, ENTRIES)
  const repetition = load<i32>(leaf, REPETITION)
  const definition = load<i32>(leaf, DEFINITION)
  const repetitionWidth = bitWidth(repetition)
  const definitionWidth = bitWidth(definition)
  needPage(8 + hybridRoom(entries, repetitionWidth) + hybridRoom(entries, definitionWidth) + room)
  let start = page
  if (repetition > 0) {
    const end = writeHybrid<u8>(start + 4, load<usize>(leaf, REPETITIONS), entries, repetitionWidth)
    store<u32>(start, end - start - 4)
    start = end
  }
  // All there is the most frequent case, and needs no look at each.
  const end =
    load<i32>(leaf, NULLS) === 0
      ? writeRun(start + 4, definition, entries, definitionWidth)
      : writeHybrid<u8>(start + 4, load<usize>(leaf, DEFINITIONS), entries, definitionWidth)
  store<u32>(start, end - start - 4)
  return end
}

/** What was in the page before is lost. */
function needPage(room: usize): void {
  if (room <= pageRoom) return
  if (pageRoom > 0) heap.free(page)
  pageRoom = max(room, max(2 * pageRoom, FIRST_PAGE))
  page = heap.alloc(pageRoom)
}

function needIndices(room: usize): void {
  if (room <= indicesRoom) return
  if (indicesRoom > 0) heap.free(indices)
  indicesRoom = max(room, max(2 * indicesRoom, FIRST_INDICES))
  indices = heap.alloc(indicesRoom)
}
