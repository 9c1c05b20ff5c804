import type { ColumnType } from '../model/column.js'
import { flag, mapping, refuse, refuseType, text, type YamlMapping, type YamlValue } from './yaml-file.js'

const TEXT_OPTIONS = ['pattern', 'minLength', 'maxLength', 'format']
export const RANGE_OPTIONS: readonly string[] = ['minimum', 'exclusiveMinimum', 'maximum', 'exclusiveMaximum', 'format']
const NUMBER_OPTIONS = [...RANGE_OPTIONS, 'multipleOf']
const OPTIONS: Readonly<Record<ColumnType['kind'], readonly string[]>> = {
  string: TEXT_OPTIONS,
  objectId: TEXT_OPTIONS,
  int32: NUMBER_OPTIONS,
  int64: NUMBER_OPTIONS,
  double: NUMBER_OPTIONS,
  decimal: NUMBER_OPTIONS,
  timestamp: [...RANGE_OPTIONS, 'timezone', 'defaultTimezone'],
  boolean: [],
  list: ['minItems', 'maxItems', 'uniqueItems'],
  struct: [],
  json: [],
}

/** Options of the standard that are not checked, and what to write instead. */
const REFUSED: Readonly<Record<string, string>> = {
  enum: 'Write enum: [{value: … }] at the property itself, or quality metric invalidValues.',
  minProperties: 'Write required: true on the properties that must be there.',
  maxProperties: 'Leave it out: fields that the contract does not name are in _extra.',
  required: 'Write required: true on each of those properties.',
}

export const TYPE_OPTIONS: readonly string[] = [...new Set([...Object.values(OPTIONS).flat(), ...Object.keys(REFUSED)])]

/** Reads `logicalTypeOptions`, refusing what the type of the column has no use for. */
export function readOptions(value: YamlValue, kind: ColumnType['kind'] | 'object' | 'array'): YamlMapping {
  const columnKind = kind === 'object' ? 'struct' : kind === 'array' ? 'list' : kind
  const known = OPTIONS[columnKind]
  const options = mapping(value, TYPE_OPTIONS)
  for (const key of options.keys()) {
    if (known.includes(key)) continue
    const option = options.get(key)!
    const instead = REFUSED[key]
    value.file.part(() =>
      instead === undefined
        ? refuse(
            option,
            `${key} says nothing about ${kind}`,
            known.length > 0 ? `Known for it: ${known.join(', ')}.` : 'Leave it out.',
          )
        : refuse(option, `${key} is not checked`, instead),
    )
  }
  return options
}

/** BSON dates are instants: a time zone can only be UTC. */
export function checkTimezone(options: YamlMapping): void {
  const timezone = options.get('timezone')
  if (timezone && !flag(timezone)) refuse(timezone, 'timezone: false, but BSON dates are instants', 'Leave it out.')
  const zone = options.get('defaultTimezone')
  if (zone && !['UTC', 'Etc/UTC', 'Z'].includes(text(zone)))
    refuseType(zone, 'UTC', 'BSON dates are instants in UTC: leave it out.')
}
