import { type Column, type ColumnType, typeText } from '../model/column.js'
import { type ColumnPath, columnName } from '../model/rule.js'

/** One column of a run as far as its profile looks at it. */
export interface MeasuredColumn {
  readonly path: ColumnPath
  readonly column: string
  readonly type: ColumnType
  readonly typeText: string
  /** Whether its distinct values are counted: of scalars. */
  readonly scalar: boolean
  /** Whether it has a mean. */
  readonly numeric: boolean
}

/** Columns of a profile, at most: each scalar one costs an aggregation. */
export const COLUMNS_MOST = 200

/** A sum of so many digits, and 10^10 documents, fit into the 38 digits that decimals have on every engine. */
const DIGITS_SUMMED = 28

/**
 * The columns and the fields of their objects, in order. Elements of lists are left out: what would be counted of them is
 * no property of a document.
 */
export function measuredColumns(columns: readonly Column[]): readonly MeasuredColumn[] {
  const found: MeasuredColumn[] = []
  const visit = (path: ColumnPath, fields: readonly Column[]): void => {
    for (const { name, type } of fields) {
      if (found.length === COLUMNS_MOST) return
      const own = [...path, name]
      found.push({
        ...{ path: own, column: columnName(own), type, typeText: typeText(type) },
        ...{ scalar: isScalar(type), numeric: isNumeric(type) },
      })
      if (type.kind === 'struct') visit(own, type.fields)
    }
  }
  visit([], columns)
  return found
}

function isScalar({ kind }: ColumnType): boolean {
  return kind !== 'list' && kind !== 'struct' && kind !== 'json'
}

function isNumeric(type: ColumnType): boolean {
  if (type.kind === 'decimal') return type.precision <= DIGITS_SUMMED
  return type.kind === 'int32' || type.kind === 'int64' || type.kind === 'double'
}
