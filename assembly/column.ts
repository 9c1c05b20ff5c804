import { absent, markLeaf, rollbackLeaf } from './leaf'

/** A column, or a part of one, with the leaves that its values go to: `ShredNode` of src/bson/shred-node.ts. */
export const KIND: usize = 0 // as there
export const LEAF: usize = 4 // the first of its leaves; the only one of a scalar
export const LEAVES: usize = 8 // where the addresses of all are
export const LEAF_COUNT: usize = 12
export const DEFINITION: usize = 16
export const REPETITION: usize = 20
export const CHILDREN: usize = 24 // where their addresses are
export const CHILD_COUNT: usize = 28
export const FIELDS: usize = 32 // the field table of a struct
export const INDEX: usize = 36 // of a column, among all
export const STAMP: usize = 40 // the row or struct that it was last written for; eight bytes, of which no worker runs out
export const COLUMN_SIZE: usize = 48

export const STRING: i32 = 0
export const INT32: i32 = 1
export const INT64: i32 = 2
export const DOUBLE: i32 = 3
export const BOOLEAN: i32 = 4
export const TIMESTAMP: i32 = 5
export const OBJECT_ID: i32 = 7
export const LIST: i32 = 9
export const STRUCT: i32 = 10
/** The `_id` column takes anything, as the text of an id. */
export const ID: i32 = 11
/** A column whose values JavaScript writes. */
export const OUTSIDE: i32 = 12

/** One without leaves and children: those are put into the room for their addresses by the caller. */
export function newColumn(kind: i32, leafCount: i32, childCount: i32, definition: i32, repetition: i32): usize {
  const column = heap.alloc(COLUMN_SIZE)
  memory.fill(column, 0, COLUMN_SIZE)
  store<i32>(column, kind, KIND)
  store<u32>(column, <u32>heap.alloc(4 * max(leafCount, 1)), LEAVES)
  store<i32>(column, leafCount, LEAF_COUNT)
  store<i32>(column, definition, DEFINITION)
  store<i32>(column, repetition, REPETITION)
  store<u32>(column, <u32>heap.alloc(4 * max(childCount, 1)), CHILDREN)
  store<i32>(column, childCount, CHILD_COUNT)
  return column
}

export function setLeaf(column: usize, index: i32, leaf: usize): void {
  store<u32>(load<u32>(column, LEAVES) + 4 * index, <u32>leaf)
  if (index == 0) store<u32>(column, <u32>leaf, LEAF)
}

export function setChild(column: usize, index: i32, child: usize): void {
  store<u32>(load<u32>(column, CHILDREN) + 4 * index, <u32>child)
}

export function setFields(column: usize, table: usize): void {
  store<u32>(column, <u32>table, FIELDS)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function absentIn(column: usize, definition: i32, repetition: i32): void {
  const count = load<i32>(column, LEAF_COUNT)
  if (count == 1) absent(load<u32>(column, LEAF), definition, repetition)
  else absentInAll(column, count, definition, repetition)
}

function absentInAll(column: usize, count: i32, definition: i32, repetition: i32): void {
  const leaves: usize = load<u32>(column, LEAVES)
  for (let index = 0; index < count; index++) absent(load<u32>(leaves + 4 * index), definition, repetition)
}

export function markColumn(column: usize): void {
  const leaves: usize = load<u32>(column, LEAVES)
  for (let index = 0; index < load<i32>(column, LEAF_COUNT); index++) markLeaf(load<u32>(leaves + 4 * index))
}

export function rollbackColumn(column: usize): void {
  const leaves: usize = load<u32>(column, LEAVES)
  for (let index = 0; index < load<i32>(column, LEAF_COUNT); index++) rollbackLeaf(load<u32>(leaves + 4 * index))
}
