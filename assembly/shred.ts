import { absentIn, ID, INDEX, KIND, LIST, markColumn, OUTSIDE, rollbackColumn, STAMP, STRUCT } from './column'
import { addField, findField, nameSize, newFieldTable, NODE, restart } from './field-table'
import { FITS, MISFIT, restartValues, TEXT_WANTED, writeValue } from './shred-value'
import { cstringEnd, valueEnd } from './walk'

/**
 * Takes documents apart into the leaves of a Parquet schema, one row each: the inner loop of `Shredder` of
 * src/bson/shred.ts. What it has no words for it writes down for JavaScript, in the order of the fields: six words each
 * of what is to be done, the column's number, the type, and where name, value and the value's end are.
 */
export const TO_EXTRA: u32 = 0 // the field as JSON in `_extra`
export const TO_MISFIT: u32 = 1 // the field as JSON in `_misfit`
export const TO_COLUMN: u32 = 2 // the value in its column, which is JavaScript's
export const TO_ID: u32 = 3 // the value as the text of an id
const NOTE_SIZE: usize = 24

let notes: usize = heap.alloc(NOTE_SIZE * 64)
let notesRoom: i32 = 64
let noteCount: i32 = 0

let fields: usize = 0
let columns: usize = 0
let columnCount: i32 = 0
/** Of the columns that are ours. */
let inside: i32 = 0
/** Counts rows of all files. */
let stamp: u64 = 0

/** A schema of so many columns begins; they are added in their order. */
export function setUpColumns(count: i32): void {
  fields = newFieldTable(count)
  columns = heap.alloc(4 * max(count, 1))
  columnCount = 0
  inside = 0
}

export function addColumn(column: usize, name: usize, nameSize: i32): void {
  store<i32>(column, columnCount, INDEX)
  store<u32>(columns + 4 * columnCount, <u32>column)
  columnCount++
  if (load<i32>(column, KIND) != OUTSIDE) inside++
  addField(fields, name, nameSize, column)
}

export function notesAt(): usize {
  return notes
}

/**
 * Adds the document in `[start, end)`, which has been checked, as a row.
 *
 * @returns how many notes there are, or -1 where a field is there twice
 */
export function shredDocument(start: i32, end: i32): i32 {
  const mine = ++stamp
  const last = end - 1
  let at = start + 4
  let written = 0
  noteCount = 0
  restart(fields)
  restartValues()
  while (at < last) {
    const type = <i32>load<u8>(at)
    const name = at + 1
    const field = findField(fields, name, last)
    const value = field == 0 ? cstringEnd(name) : name + nameSize(field)
    at = valueEnd(type, value)
    const column: usize = field == 0 ? 0 : load<u32>(field, NODE)
    if (column == 0) {
      note(TO_EXTRA, 0, type, name, value, at)
      continue
    }
    if (load<u64>(column, STAMP) == mine) return -1
    store<u64>(column, mine, STAMP)
    const kind = load<i32>(column, KIND)
    if (kind == OUTSIDE) {
      note(TO_COLUMN, load<i32>(column, INDEX), type, name, value, at)
      continue
    }
    written++
    const isNested = kind == LIST || kind == STRUCT
    // A scalar misfit is told before anything of it is written.
    if (isNested) markColumn(column)
    const fit = type == 0x0a && kind != ID ? MISFIT : writeValue(column, type, value, at, 0)
    if (fit == FITS) continue
    if (fit == MISFIT) {
      if (isNested) rollbackColumn(column)
      absentIn(column, 0, 0)
      note(TO_MISFIT, 0, type, name, value, at)
    } else note(fit == TEXT_WANTED ? TO_ID : TO_EXTRA, 0, type, name, value, at)
  }
  if (written < inside) fillMissing(mine)
  return noteCount
}

function fillMissing(mine: u64): void {
  for (let index = 0; index < columnCount; index++) {
    const column: usize = load<u32>(columns + 4 * index)
    if (load<u64>(column, STAMP) != mine && load<i32>(column, KIND) != OUTSIDE) absentIn(column, 0, 0)
  }
}

function note(what: u32, column: i32, type: i32, name: i32, value: i32, end: i32): void {
  if (noteCount == notesRoom) {
    notesRoom *= 2
    notes = heap.realloc(notes, NOTE_SIZE * notesRoom)
  }
  const at = notes + NOTE_SIZE * noteCount
  noteCount++
  store<u32>(at, what)
  store<i32>(at, column, 4)
  store<i32>(at, type, 8)
  store<i32>(at, name, 12)
  store<i32>(at, value, 16)
  store<i32>(at, end, 20)
}
