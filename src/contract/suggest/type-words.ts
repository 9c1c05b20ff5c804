import type { ColumnType } from '../../model/column.js'

const LOGICAL: Readonly<Record<ColumnType['kind'], readonly [logical: string | undefined, physical?: string]>> = {
  string: ['string'],
  objectId: ['string', 'objectId'],
  int32: ['integer', 'int'],
  int64: ['integer'],
  double: ['number'],
  decimal: ['number'],
  boolean: ['boolean'],
  timestamp: ['timestamp'],
  list: ['array'],
  struct: ['object'],
  json: [undefined, 'json'],
}

/** `logicalType` and `physicalType` of a column. */
export function typeWords(type: ColumnType): {
  readonly logical: string | undefined
  readonly physical: string | undefined
} {
  const [logical, physical] = LOGICAL[type.kind]
  return { logical, physical: type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : physical }
}
