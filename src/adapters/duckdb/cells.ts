import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import type { Cell, Row } from '../../ports/query-engine.js'

type Convert = (value: DuckDBValue) => Cell

/** Rows of one chunk, cells as the port has them. */
export function rowsOf(chunk: DuckDBDataChunk, converters: readonly Convert[]): readonly Row[] {
  const columns = converters.map((convert, index) => chunk.getColumnValues(index).map(convert))
  return Array.from({ length: chunk.rowCount }, (_, row) => columns.map(cells => cells[row] ?? null))
}

/** @throws RangeError for a type that no statement of ours gives */
export function converterOf(type: DuckDBType): Convert {
  const convert = valueConverter(type)
  return value => (value === null ? null : convert(value))
}

function valueConverter(type: DuckDBType): Convert {
  if ('valueType' in type && !('keyType' in type)) {
    const item = converterOf(type.valueType as DuckDBType)
    return value => (value as unknown as { items: readonly DuckDBValue[] }).items.map(item)
  }
  if ('entryNames' in type) {
    const names = type.entryNames as readonly string[]
    const fields = (type.entryTypes as readonly DuckDBType[]).map(converterOf)
    return value => {
      const { entries } = value as unknown as { entries: Readonly<Record<string, DuckDBValue>> }
      return Object.fromEntries(names.map((name, index) => [name, fields[index]!(entries[name] ?? null)]))
    }
  }
  if ('width' in type && 'scale' in type) return String
  switch (type.toString()) {
    case 'BOOLEAN':
    case 'INTEGER':
    case 'DOUBLE':
    case 'BIGINT':
    case 'VARCHAR':
      return value => value as Cell
    case 'TIMESTAMP WITH TIME ZONE':
      return value => (value as unknown as { micros: bigint }).micros
    default:
      throw new RangeError(`no cell for ${type.toString()}`)
  }
}
