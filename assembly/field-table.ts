import { isAt, NAMED_SIZE, setName, SIZE } from './field-name'

/** A field's name as it has been met, and the column that it belongs to. Begins with a field's name. */
export const NODE: usize = NAMED_SIZE // 0 when the schema does not name it
const NEXT: usize = NAMED_SIZE + 4 // the field that came after it the last time
const CHAIN: usize = NAMED_SIZE + 8 // another field of the same slot
const FIELD_SIZE: usize = NAMED_SIZE + 16

const SLOTS: usize = 0
const MASK: usize = 4
const LAST: usize = 8
const STRANGERS: usize = 12
/** Stands before the first field. */
const BEFORE: usize = 16
const TABLE_SIZE: usize = BEFORE + FIELD_SIZE

/** Names that the schema doesn't have are remembered up to here, where names may be data and without end. */
const MAX_STRANGERS: i32 = 512
/** And none that is longer: a name may be as long as a document. */
const MAX_STRANGER_BYTES: i32 = 1024
/** Fields that a document may leave out before the guess at the next is given up. */
const SKIPPED: i32 = 3

/** The fields of one document or struct. Those of the schema are added in their order. */
export function newFieldTable(fields: i32): usize {
  const table = heap.alloc(TABLE_SIZE)
  memory.fill(table, 0, TABLE_SIZE)
  let size = 1
  while (size < 2 * (fields + MAX_STRANGERS)) size *= 2
  const slots = heap.alloc(4 * size)
  memory.fill(slots, 0, 4 * size)
  store<u32>(table, <u32>slots, SLOTS)
  store<i32>(table, size - 1, MASK)
  restart(table)
  return table
}

/** @param name - with its NUL */
export function addField(table: usize, name: usize, size: i32, node: usize): void {
  const field = insert(table, hashOf(name), name, size, node)
  store<u32>(load<u32>(table, LAST), <u32>field, NEXT)
  store<u32>(table, <u32>field, LAST)
}

/** Called where a document begins. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function restart(table: usize): void {
  store<u32>(table, <u32>(table + BEFORE), LAST)
}

/** The field whose name is at `name` and ends by `limit`; 0 for a stranger too many. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function findField(table: usize, name: usize, limit: usize): usize {
  const guess: usize = load<u32>(load<u32>(table, LAST), NEXT)
  if (guess != 0 && isAt(guess, name, limit)) {
    store<u32>(table, <u32>guess, LAST)
    return guess
  }
  return findFurther(table, guess, name, limit)
}

function findFurther(table: usize, from: usize, name: usize, limit: usize): usize {
  let guess = from
  for (let skipped = 0; guess != 0 && skipped < SKIPPED; skipped++) {
    guess = load<u32>(guess, NEXT)
    if (guess != 0 && isAt(guess, name, limit)) {
      store<u32>(table, <u32>guess, LAST)
      return guess
    }
  }
  const found = search(table, name, limit)
  if (found != 0) {
    store<u32>(load<u32>(table, LAST), <u32>found, NEXT)
    store<u32>(table, <u32>found, LAST)
  }
  return found
}

function search(table: usize, name: usize, limit: usize): usize {
  const hash = hashOf(name)
  let field: usize = load<u32>(load<u32>(table, SLOTS) + 4 * (hash & load<u32>(table, MASK)))
  for (; field != 0; field = load<u32>(field, CHAIN)) if (isAt(field, name, limit)) return field
  const strangers = load<i32>(table, STRANGERS)
  if (strangers == MAX_STRANGERS) return 0
  let size = 1
  while (load<u8>(name + size - 1) != 0) size++
  if (size > MAX_STRANGER_BYTES) return 0
  store<i32>(table, strangers + 1, STRANGERS)
  return insert(table, hash, name, size, 0)
}

function insert(table: usize, hash: u32, name: usize, size: i32, node: usize): usize {
  const field = heap.alloc(FIELD_SIZE + size)
  memory.fill(field, 0, FIELD_SIZE)
  setName(field, field + FIELD_SIZE, name, size)
  store<u32>(field, <u32>node, NODE)
  const slot: usize = load<u32>(table, SLOTS) + 4 * (hash & load<u32>(table, MASK))
  store<u32>(field, load<u32>(slot), CHAIN)
  store<u32>(slot, <u32>field)
  return field
}

/** Bytes of a field's name, NUL and all. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function nameSize(field: usize): i32 {
  return load<i32>(field, SIZE)
}

/** FNV-1a over the name without its NUL. How names fall into slots changes nothing but time, and that is bounded. */
function hashOf(name: usize): u32 {
  let hash: u32 = 0x811c9dc5
  for (let byte = <u32>load<u8>(name); byte != 0; byte = load<u8>(++name)) hash = (hash ^ byte) * 0x01000193
  return hash ^ (hash >> 15)
}
