import type { ColumnType } from './column.js'

/** Digits of a decimal, at most, in Parquet and in both engines. */
const MAX_PRECISION = 38

/**
 * The type in which values of both are compared, each of them exactly; undefined when there is none. ObjectIds are text,
 * as `_id` is. Not for lists, objects and JSON: engines compare those differently.
 */
export function commonType(one: ColumnType, other: ColumnType): ColumnType | undefined {
  if (isText(one) && isText(other)) return { kind: 'string' }
  if (one.kind === other.kind && (one.kind === 'double' || one.kind === 'boolean' || one.kind === 'timestamp'))
    return one
  // Not int64: a double cannot hold each of them.
  if ((one.kind === 'int32' && other.kind === 'double') || (one.kind === 'double' && other.kind === 'int32'))
    return { kind: 'double' }
  if (isWhole(one) && isWhole(other)) return one.kind === other.kind ? one : { kind: 'int64' }
  const [left, right] = [asDecimal(one), asDecimal(other)]
  if (!left || !right) return undefined
  const scale = Math.max(left.scale, right.scale)
  const precision = Math.max(left.precision - left.scale, right.precision - right.scale) + scale
  return precision > MAX_PRECISION ? undefined : { kind: 'decimal', precision, scale }
}

function isText({ kind }: ColumnType): boolean {
  return kind === 'string' || kind === 'objectId'
}

function isWhole({ kind }: ColumnType): boolean {
  return kind === 'int32' || kind === 'int64'
}

function asDecimal(type: ColumnType): { readonly precision: number; readonly scale: number } | undefined {
  if (type.kind === 'int32') return { precision: 10, scale: 0 }
  if (type.kind === 'int64') return { precision: 19, scale: 0 }
  return type.kind === 'decimal' ? type : undefined
}
