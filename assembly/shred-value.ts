import {
  absentIn,
  BOOLEAN,
  CHILD_COUNT,
  CHILDREN,
  DEFINITION,
  DOUBLE,
  FIELDS,
  ID,
  INT32,
  INT64,
  KIND,
  LEAF,
  LEAF_COUNT,
  LIST,
  OBJECT_ID,
  REPETITION,
  STAMP,
  STRING,
  STRUCT,
  TIMESTAMP,
} from './column'
import { findField, nameSize, NODE, restart } from './field-table'
import { putBoolean, putHex, putInt32, putInt64, putText } from './leaf'
import { cstringEnd, valueEnd } from './walk'

// Takes BSON values apart into the leaves of their columns, as `ValueShredder` of src/bson/shred-value.ts does, whose
// comments say what is meant.

/** The value is in its leaves, and nothing of it is anywhere else. */
export const FITS: i32 = 0
/** It is in its leaves except for what the column has no place for. */
export const PARTLY: i32 = 1
/** The column can't hold it. What the leaves have of it by now must be rolled back. */
export const MISFIT: i32 = 2
/** Its text is JavaScript's to write. */
export const TEXT_WANTED: i32 = 4

/** Entries that the lists of one document may make, over all leaves. */
const MAX_LIST_ENTRIES: i32 = 16 * 1024 * 1024
const MAX_DATE_MS: i64 = 8640000000000000

/** Counts structs. */
let stamp: u64 = 0
/** Made by the lists of this document. */
let entries: i32 = 0

// @ts-ignore: a decorator of AssemblyScript
@inline
export function restartValues(): void {
  entries = 0
}

/** Writes the value of type `type` in `[at, end)`, which is not null. */
export function writeValue(column: usize, type: i32, at: i32, end: i32, repetition: i32): i32 {
  const leaf: usize = load<u32>(column, LEAF)
  switch (load<i32>(column, KIND)) {
    case STRING:
      if (type != 0x02) return MISFIT
      putText(leaf, repetition, at + 4, end - at - 5)
      return FITS
    case INT32:
      if (type != 0x10) return MISFIT
      putInt32(leaf, repetition, load<i32>(at))
      return FITS
    case INT64:
      if (type == 0x12) putInt64(leaf, repetition, load<i64>(at))
      else if (type == 0x10) putInt64(leaf, repetition, load<i32>(at))
      else return MISFIT
      return FITS
    case DOUBLE:
      return writeDouble(leaf, type, at, repetition)
    case BOOLEAN:
      if (type != 0x08) return MISFIT
      putBoolean(leaf, repetition, load<u8>(at) == 1 ? 1 : 0)
      return FITS
    case TIMESTAMP: {
      if (type != 0x09) return MISFIT
      const ms = load<i64>(at)
      if (ms > MAX_DATE_MS || ms < -MAX_DATE_MS) return MISFIT
      putInt64(leaf, repetition, ms)
      return FITS
    }
    case OBJECT_ID:
      if (type != 0x07) return MISFIT
      putHex(leaf, repetition, at, 12)
      return FITS
    case LIST:
      return type == 0x04 ? writeList(column, at, end, repetition) : MISFIT
    case STRUCT:
      return type == 0x03 ? writeStruct(column, at, end, repetition) : MISFIT
    case ID:
      if (type == 0x02) putText(leaf, repetition, at + 4, end - at - 5)
      else if (type == 0x07) putHex(leaf, repetition, at, 12)
      else return TEXT_WANTED
      return FITS
    default:
      return MISFIT
  }
}

function writeDouble(leaf: usize, type: i32, at: i32, repetition: i32): i32 {
  if (type == 0x01) putInt64(leaf, repetition, load<i64>(at))
  else if (type == 0x10) putInt64(leaf, repetition, reinterpret<i64>(<f64>load<i32>(at)))
  else if (type == 0x12) {
    const value = load<i64>(at)
    const double = <f64>value
    // To the last digit; 2^63 itself is no int64.
    if (double >= 9223372036854775808.0 || <i64>double != value) return MISFIT
    putInt64(leaf, repetition, reinterpret<i64>(double))
  } else return MISFIT
  return FITS
}

/** Elements in their order, whatever their names: an array's names are not data. */
function writeList(column: usize, start: i32, end: i32, repetition: i32): i32 {
  const element: usize = load<u32>(load<u32>(column, CHILDREN))
  const last = end - 1
  const leaves = load<i32>(column, LEAF_COUNT)
  let at = start + 4
  let fit = FITS
  let level = repetition
  if (at == last) absentIn(column, load<i32>(column, DEFINITION), repetition)
  while (at < last) {
    entries += leaves
    if (entries > MAX_LIST_ENTRIES) return MISFIT
    const type = <i32>load<u8>(at)
    const value = cstringEnd(at + 1)
    at = valueEnd(type, value)
    if (type == 0x0a) absentIn(element, load<i32>(column, DEFINITION) + 1, level)
    else {
      const elementFit = writeValue(element, type, value, at, level)
      if (elementFit == MISFIT) return MISFIT
      fit |= elementFit
    }
    level = load<i32>(element, REPETITION)
  }
  return fit
}

function writeStruct(column: usize, start: i32, end: i32, repetition: i32): i32 {
  const fields: usize = load<u32>(column, FIELDS)
  const definition = load<i32>(column, DEFINITION)
  const mine = ++stamp
  const last = end - 1
  let at = start + 4
  let fit = FITS
  let written = 0
  restart(fields)
  while (at < last) {
    const type = <i32>load<u8>(at)
    const field = findField(fields, at + 1, last)
    const value = field == 0 ? cstringEnd(at + 1) : at + 1 + nameSize(field)
    at = valueEnd(type, value)
    const child: usize = field == 0 ? 0 : load<u32>(field, NODE)
    if (child == 0) {
      fit |= PARTLY
      continue
    }
    // Two values of one field have no place in one row.
    if (load<u64>(child, STAMP) == mine) return MISFIT
    store<u64>(child, mine, STAMP)
    written++
    if (type == 0x0a) {
      absentIn(child, definition, repetition)
      fit |= PARTLY
      continue
    }
    const childFit = writeValue(child, type, value, at, repetition)
    if (childFit == MISFIT) return MISFIT
    fit |= childFit
  }
  const count = load<i32>(column, CHILD_COUNT)
  if (written < count) {
    const children: usize = load<u32>(column, CHILDREN)
    for (let index = 0; index < count; index++) {
      const child: usize = load<u32>(children + 4 * index)
      if (load<u64>(child, STAMP) != mine) absentIn(child, definition, repetition)
    }
  }
  return fit
}
