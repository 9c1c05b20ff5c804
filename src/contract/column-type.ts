import type { ColumnType } from '../model/column.js'
import { nearest, oneOf, refuse, refuseType, text, type YamlMapping, type YamlValue } from './yaml-file.js'

/** ODCS's logical types, without `time`: BSON has no time of day. */
export const LOGICAL_TYPES = ['string', 'integer', 'number', 'boolean', 'date', 'timestamp', 'object', 'array'] as const

export type LogicalType = (typeof LOGICAL_TYPES)[number]

/** The type of a property, before the properties or items within it are read. */
export type OuterType =
  | Exclude<ColumnType, { kind: 'list' | 'struct' }>
  | { readonly kind: 'object' }
  | { readonly kind: 'array' }

/** Physical types, by the aliases of MongoDB's `$type` first, with the logical types they can stand for. */
const PHYSICAL: Readonly<Record<string, { readonly type: OuterType; readonly logical: readonly LogicalType[] }>> = {
  string: { type: { kind: 'string' }, logical: ['string'] },
  objectId: { type: { kind: 'objectId' }, logical: ['string'] },
  int: { type: { kind: 'int32' }, logical: ['integer', 'number'] },
  long: { type: { kind: 'int64' }, logical: ['integer', 'number'] },
  double: { type: { kind: 'double' }, logical: ['number'] },
  bool: { type: { kind: 'boolean' }, logical: ['boolean'] },
  date: { type: { kind: 'timestamp' }, logical: ['date', 'timestamp'] },
  object: { type: { kind: 'object' }, logical: ['object'] },
  array: { type: { kind: 'array' }, logical: ['array'] },
  json: { type: { kind: 'json' }, logical: LOGICAL_TYPES },
}

const SYNONYMS: Readonly<Record<string, string>> = {
  text: 'string',
  objectid: 'objectId',
  int32: 'int',
  integer: 'int',
  int64: 'long',
  bigint: 'long',
  float64: 'double',
  boolean: 'bool',
  timestamp: 'date',
}

const DEFAULTS: Readonly<Record<LogicalType, OuterType>> = {
  string: { kind: 'string' },
  integer: { kind: 'int64' },
  number: { kind: 'double' },
  boolean: { kind: 'boolean' },
  date: { kind: 'timestamp' },
  timestamp: { kind: 'timestamp' },
  object: { kind: 'object' },
  array: { kind: 'array' },
}

/** Widths that ODCS's `logicalTypeOptions.format` names, as far as BSON has them. */
const FORMATS: Readonly<Record<string, OuterType>> = {
  i32: { kind: 'int32' },
  i64: { kind: 'int64' },
  f64: { kind: 'double' },
}

/** Works out the column's type of `logicalType`, `physicalType` and the `format` of `logicalTypeOptions`. */
export function outerType(property: YamlMapping, format: YamlValue | undefined): OuterType {
  const logicalValue = property.get('logicalType')
  const physicalValue = property.get('physicalType')
  const logical = logicalValue && logicalType(logicalValue)
  const physical = physicalValue && physicalType(physicalValue)
  if (!logical && !physical)
    refuse(
      property.value,
      'a property without a type',
      'Write logicalType: string (or integer, number, boolean, timestamp, object, array), or physicalType: json for anything.',
    )
  if (physicalValue && physical && logical && !physical.logical.includes(logical))
    refuse(
      physicalValue,
      `physicalType ${physicalText(physicalValue)} cannot hold logicalType ${logical}`,
      `Leave physicalType out, or change logicalType to ${physical.logical.join(' or ')}.`,
    )
  const type = physical?.type ?? DEFAULTS[logical!]
  return format ? formatted(format, type, physical !== undefined) : type
}

function logicalType(value: YamlValue): LogicalType {
  if (text(value) === 'time')
    refuse(value, 'logicalType time: BSON has no time of day', 'Use string with a pattern, or timestamp.')
  return oneOf(value, LOGICAL_TYPES)
}

function physicalText(value: YamlValue): string {
  return text(value, `one of ${Object.keys(PHYSICAL).join(', ')}, decimal(p,s)`)
}

function physicalType(value: YamlValue): { readonly type: OuterType; readonly logical: readonly LogicalType[] } {
  const written = physicalText(value)
  if (/^decimal/i.test(written)) return { type: decimalType(value, written), logical: ['number'] }
  const name = Object.hasOwn(PHYSICAL, written) ? written : (SYNONYMS[written.toLowerCase()] ?? written.toLowerCase())
  const found = Object.hasOwn(PHYSICAL, name) ? PHYSICAL[name] : undefined
  if (found) return found
  const known = [...Object.keys(PHYSICAL), 'decimal(p,s)']
  const varchar = /^(?:var)?char\((\d+)\)$/i.exec(written)
  if (varchar)
    refuseType(
      value,
      `one of ${known.join(', ')}`,
      `Write physicalType: string and logicalTypeOptions: {maxLength: ${varchar[1]}}.`,
    )
  const near = nearest(written, [...known, ...Object.keys(SYNONYMS)])
  return refuseType(value, `one of ${known.join(', ')}`, near && `Did you mean ${near}?`)
}

function decimalType(value: YamlValue, written: string): OuterType {
  const found = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/i.exec(written)
  if (!found)
    refuseType(value, 'decimal(p,s)', 'Say how many digits there are and how many behind the point: decimal(38,10).')
  const [precision, scale] = [Number(found[1]), Number(found[2])]
  if (precision < 1 || precision > 38 || scale > precision)
    refuse(
      value,
      `${written}: there are 1 to 38 digits, and no more behind the point than in all`,
      'Write decimal(38,10), say.',
    )
  return { kind: 'decimal', precision, scale }
}

function formatted(format: YamlValue, type: OuterType, fixed: boolean): OuterType {
  if (type.kind === 'string' || type.kind === 'objectId')
    refuse(
      format,
      `format ${JSON.stringify(text(format))} is not checked`,
      "Say it as a pattern, such as pattern: '[0-9a-f]{24}'.",
    )
  if (type.kind === 'timestamp')
    refuse(
      format,
      'format: a BSON date has no text format',
      'Leave it out; or, if these are texts, use logicalType: string with a pattern.',
    )
  const name = text(format)
  const wanted = FORMATS[name]
  const integer = type.kind === 'int32' || type.kind === 'int64'
  if (!wanted || (!integer && type.kind !== 'double') || (wanted.kind === 'double') === integer)
    refuseType(format, integer ? 'i32 or i64' : 'f64', 'Use minimum and maximum for narrower or unsigned numbers.')
  if (fixed && wanted.kind !== type.kind)
    refuse(format, `format ${name} and physicalType say different things`, 'Leave one of them out.')
  return wanted
}
