/**
 * The physical schema of an export: which columns a Parquet part has after `_id` and before `_extra` and `_misfit`.
 * It comes from the contract, or from a census where there is none; readers never infer.
 */
export type ColumnType =
  | { readonly kind: 'string' }
  /** BSON int32. */
  | { readonly kind: 'int32' }
  /** BSON int32 and int64. */
  | { readonly kind: 'int64' }
  /** BSON double, int32, and those int64 that a double holds exactly. */
  | { readonly kind: 'double' }
  | { readonly kind: 'boolean' }
  /** BSON date: milliseconds since 1970, UTC. */
  | { readonly kind: 'timestamp' }
  /** BSON Decimal128, int32 and int64 that fit exactly. Precision is 1 to 38. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  /** BSON ObjectId, as 24 hex digits. */
  | { readonly kind: 'objectId' }
  /** Any BSON value, as JSON text of the same mapping as `ndjson.gz`. */
  | { readonly kind: 'json' }
  | { readonly kind: 'list'; readonly element: ColumnType }
  | { readonly kind: 'struct'; readonly fields: readonly Column[] }

export interface Column {
  /** The name of the field in the document and of the column in the part. */
  readonly name: string
  readonly type: ColumnType
}

/** Names of the columns that Lakeferry adds to every Parquet part; no declared column may have one of them. */
export const ID_COLUMN = '_id'
/** JSON text of the fields that the schema doesn't name; null when there are none. */
export const EXTRA_COLUMN = '_extra'
/** JSON text of the declared fields whose value the column can't hold, or that are there and null; null when none. */
export const MISFIT_COLUMN = '_misfit'

/** One line for people and for comparing: `authors list<string>`. */
export function columnText(column: Column): string {
  return `${column.name} ${typeText(column.type)}`
}

export function typeText(type: ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'list':
      return `list<${typeText(type.element)}>`
    case 'struct':
      return `struct<${type.fields.map(columnText).join(', ')}>`
    default:
      return type.kind
  }
}
