/**
 * The field names seen in one document or embedded document that have no path of their own: an open-addressed table that
 * is emptied by counting a generation up. One for each level of nesting.
 */
const GENERATION: usize = 0
const COUNT: usize = 4
const MASK: usize = 8
const TABLE: usize = 12 // slots of generation, hash and where the name begins
const SET_SIZE: usize = 16
const SLOT_SIZE: usize = 12

const SMALL: i32 = 64
/** Slots that a set keeps from one document to the next. */
const MAX_KEPT: i32 = 8192

/** An empty set. */
export function newNameSet(): usize {
  const set = heap.alloc(SET_SIZE)
  store<u32>(set, 0, TABLE)
  allocateTable(set, SMALL)
  store<u32>(set, 1, GENERATION)
  store<i32>(set, 0, COUNT)
  return set
}

export function freeNameSet(set: usize): void {
  heap.free(load<u32>(set, TABLE))
  heap.free(set)
}

export function clearNameSet(set: usize): void {
  if (load<i32>(set, MASK) >= MAX_KEPT) {
    heap.free(load<u32>(set, TABLE))
    allocateTable(set, SMALL)
  }
  store<i32>(set, 0, COUNT)
  const generation = load<u32>(set, GENERATION) + 1
  if (generation == u32.MAX_VALUE) {
    memory.fill(load<u32>(set, TABLE), 0, SLOT_SIZE * (load<i32>(set, MASK) + 1))
    store<u32>(set, 1, GENERATION)
  } else store<u32>(set, generation, GENERATION)
}

/** Adds the NUL-terminated name at `name`, whose bytes hash to `hash`. False when it is there already. */
export function addName(set: usize, name: usize, hash: u32): bool {
  const mask = load<u32>(set, MASK)
  const table: usize = load<u32>(set, TABLE)
  const generation = load<u32>(set, GENERATION)
  let slot = (hash ^ (hash >> 15)) & mask
  for (;;) {
    const at = table + SLOT_SIZE * slot
    if (load<u32>(at) != generation) break
    if (load<u32>(at, 4) == hash && isSameName(load<u32>(at, 8), name)) return false
    slot = (slot + 1) & mask
  }
  const at = table + SLOT_SIZE * slot
  store<u32>(at, generation)
  store<u32>(at, hash, 4)
  store<u32>(at, <u32>name, 8)
  const count = load<i32>(set, COUNT) + 1
  store<i32>(set, count, COUNT)
  if (8 * <u64>count > 5 * <u64>(mask + 1)) grow(set)
  return true
}

function allocateTable(set: usize, slots: i32): void {
  const table = heap.alloc(SLOT_SIZE * slots)
  memory.fill(table, 0, SLOT_SIZE * slots)
  store<u32>(set, <u32>table, TABLE)
  store<i32>(set, slots - 1, MASK)
}

function grow(set: usize): void {
  const old: usize = load<u32>(set, TABLE)
  const slots = load<i32>(set, MASK) + 1
  const generation = load<u32>(set, GENERATION)
  allocateTable(set, 2 * slots)
  const table: usize = load<u32>(set, TABLE)
  const mask = load<u32>(set, MASK)
  for (let from = old, end = old + SLOT_SIZE * slots; from < end; from += SLOT_SIZE) {
    if (load<u32>(from) != generation) continue
    const hash = load<u32>(from, 4)
    let slot = (hash ^ (hash >> 15)) & mask
    while (load<u32>(table + SLOT_SIZE * slot) == generation) slot = (slot + 1) & mask
    memory.copy(table + SLOT_SIZE * slot, from, SLOT_SIZE)
  }
  heap.free(old)
}

function isSameName(a: usize, b: usize): bool {
  let at: usize = 0
  while (load<u8>(a + at) == load<u8>(b + at)) {
    if (load<u8>(a + at) == 0) return true
    at++
  }
  return false
}
