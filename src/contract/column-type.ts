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

/** What the same types are called elsewhere, where the name means no less than ours. */
const SYNONYMS: Readonly<Record<string, string>> = {
  text: 'string',
  varchar: 'string',
  nvarchar: 'string',
  'character varying': 'string',
  char: 'string',
  character: 'string',
  objectid: 'objectId',
  int32: 'int',
  integer: 'int',
  int4: 'int',
  int64: 'long',
  bigint: 'long',
  float: 'double',
  float64: 'double',
  float8: 'double',
  'double precision': 'double',
  boolean: 'bool',
  timestamp: 'date',
  timestamptz: 'date',
  timestamp_tz: 'date',
  timestamp_ntz: 'date',
  'timestamp with time zone': 'date',
  datetime: 'date',
  struct: 'object',
  record: 'object',
  jsonb: 'json',
  variant: 'json',
}

const TEXT_LENGTH = /^(string|text|n?varchar|char|character|character varying) ?\( ?(\d{1,9}) ?\)$/i

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
  // What stands within says as much.
  if (!logical && !physical && property.get('properties')) return { kind: 'object' }
  if (!logical && !physical && property.get('items')) return { kind: 'array' }
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

/** Logical types of the standard that no column can be of. */
const NO_COLUMN: Readonly<Record<string, readonly [why: string, next: string]>> = {
  time: ['BSON has no time of day', 'Use string with a pattern or format: time, or timestamp.'],
  map: ['a column has to know the names within it', 'Use object with properties; or physicalType: json for any names.'],
  vector: ['BSON has no vectors', 'Use array with items: {logicalType: number}, minItems and maxItems.'],
}

function logicalType(value: YamlValue): LogicalType {
  const written = text(value)
  const none = Object.hasOwn(NO_COLUMN, written) ? NO_COLUMN[written] : undefined
  if (none) refuse(value, `logicalType ${written}: ${none[0]}`, none[1])
  return oneOf(value, LOGICAL_TYPES)
}

function physicalText(value: YamlValue): string {
  return text(value, `one of ${Object.keys(PHYSICAL).join(', ')}, decimal(p,s)`)
}

function physicalType(value: YamlValue): { readonly type: OuterType; readonly logical: readonly LogicalType[] } {
  const written = physicalText(value)
  if (/^(?:decimal|numeric|number)\b/i.test(written)) return { type: decimalType(value, written), logical: ['number'] }
  const bare = written.replace(TEXT_LENGTH, '$1').toLowerCase()
  const name = Object.hasOwn(PHYSICAL, written) ? written : Object.hasOwn(SYNONYMS, bare) ? SYNONYMS[bare]! : bare
  const found = Object.hasOwn(PHYSICAL, name) ? PHYSICAL[name] : undefined
  if (found) return found
  const known = [...Object.keys(PHYSICAL), 'decimal(p,s)']
  const near = nearest(written, [...known, ...Object.keys(SYNONYMS)])
  return refuseType(value, `one of ${known.join(', ')}`, near && `Did you mean ${near}?`)
}

/** The `20` of `varchar(20)`: no text may be longer. */
export function physicalLength(property: YamlMapping): (YamlValue & { readonly length: number }) | undefined {
  const value = property.get('physicalType')
  const found = value && TEXT_LENGTH.exec(physicalText(value))
  return found ? { ...value, length: Number(found[2]) } : undefined
}

function decimalType(value: YamlValue, written: string): OuterType {
  const found = /^(?:decimal|numeric|number)\(\s*(\d+)\s*,\s*(\d+)\s*\)$/i.exec(written)
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
  // The format of a text is a rule, and does not change the column.
  if (type.kind === 'string' || type.kind === 'objectId') return type
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
