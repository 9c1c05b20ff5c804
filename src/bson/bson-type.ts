/**
 * The element types of BSON (bsonspec.org/spec.html, version 1.1) under the names that MongoDB's `$type` knows them by.
 *
 * The inner loops of this room write the numbers out (`case 0x02: // string`): V8 makes a jump table of literals only.
 */
export const BsonType = {
  double: 0x01,
  string: 0x02,
  object: 0x03,
  array: 0x04,
  binData: 0x05,
  undefined: 0x06,
  objectId: 0x07,
  bool: 0x08,
  date: 0x09,
  null: 0x0a,
  regex: 0x0b,
  dbPointer: 0x0c,
  javascript: 0x0d,
  symbol: 0x0e,
  javascriptWithScope: 0x0f,
  int: 0x10,
  timestamp: 0x11,
  long: 0x12,
  decimal: 0x13,
  maxKey: 0x7f,
  minKey: 0xff,
} as const

/** The subtypes of binary that are written differently. */
export const BinarySubtype = { generic: 0x00, oldBinary: 0x02, uuid: 0x04 } as const

const ALIASES: ReadonlyMap<number, string> = new Map(Object.entries(BsonType).map(([alias, type]) => [type, alias]))

/** The alias of `$type`: `string`, `int`, `long`, …; `0x1f` for a type that BSON does not have. */
export function bsonTypeAlias(type: number): string {
  return ALIASES.get(type) ?? `0x${type.toString(16).padStart(2, '0')}`
}
